"""E-mail addresses, and text that is fit for a header."""

import re
from collections.abc import Iterator

_ADDRESS = re.compile(r"[^@\s,;:<>()\[\]\"\\]{1,64}@[^@\s,;:<>()\[\]\"\\]{1,255}")


def is_address(value: str) -> bool:
    """One plain address, without a name around it."""
    return _ADDRESS.fullmatch(value) is not None


def addresses_in(text: str | None) -> tuple[str, ...]:
    """The parts of a list written with commas or semicolons, each once. They are not checked."""
    parts = (part.strip() for part in re.split(r"[,;]", text or ""))
    return tuple(dict.fromkeys(part for part in parts if part))


def one_line(value: str) -> str:
    """Without line breaks and control characters, with single spaces."""
    return " ".join("".join(_printable(value)).split())


def _printable(value: str) -> Iterator[str]:
    return (letter if letter.isprintable() else " " for letter in value)
