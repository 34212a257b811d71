"""Names of hosts and domains, as people write them: one, or several apart by commas, blanks or lines."""

import re

_APART = re.compile(r"[\s,;]+")
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}$)({_LABEL}\.)+(?![0-9]+$){_LABEL}")


def host_names(text: str) -> tuple[str, ...]:
    """What is written there, in lower case, without the dot at a name's end."""
    return tuple(name.rstrip(".") for name in _APART.split(text.strip().lower()) if name.rstrip("."))


def is_host_name(name: str) -> bool:
    """Whether it is a name below some domain, such as www.example.com; an address such as 192.0.2.1 is none."""
    return _NAME.fullmatch(name) is not None
