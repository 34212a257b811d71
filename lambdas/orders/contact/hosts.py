"""Names of hosts and domains as the DNS and its registries know them: IDNA 2008, judged by `idna`
(https://github.com/kjd/idna), kept in their ASCII form, such as `xn--bcher-kva.example`."""

import re

from lambdas.languages.texts import N_
from lambdas.orders.contact.text import narrow
from lambdas.orders.contact.unfit import UnfitError

_APART = re.compile(r"[\s,;]+")
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_BEHIND = re.compile(r"[/?#].*$|:[0-9]{0,5}$", re.DOTALL)  # a path; a port
_A_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # a name's last part never is one: it would be an address (RFC 3696, 2)
_RESERVED = re.compile(
    r"(?!xn).{2}--"
)  # names with other letters before two hyphens are none's to have (RFC 5891, 4.2.3.1)
MAX_NAMES = 10_000
_LONGEST = 500  # as it is typed: a name has 253 at most, in ASCII
_EXAMPLE = "must be a name such as www.example.com"
_ADVICE = N_("{label} must be in the correct format, like www.example.com")


def host(value: str) -> str:
    """The name in its ASCII form; of an address that was pasted, its host. Empty stays empty. Raises UnfitError."""
    return ascii_name(pasted(value)) if narrow(value).strip() else ""


def pasted(value: str) -> str:
    """Of an address that was pasted, its host, as it is written there; anything else as it is. Raises UnfitError."""
    return _BEHIND.sub("", _BEHIND.sub("", _SCHEME.sub("", narrow(value).strip(), count=1)))


def words(text: str) -> list[str]:
    """The words of a text, apart by commas, blanks or lines. Raises UnfitError."""
    return [word for word in _APART.split(narrow(text)) if word]


def hosts(text: str, most: int = MAX_NAMES) -> tuple[str, ...]:
    """The names that are written there, apart by commas, blanks or lines, `most` at most. Raises UnfitError."""
    stated = words(text)
    if len(stated) > most:
        raise UnfitError(f"names more than {most}", N_("{label} must be {most} names or fewer"), most=most)
    return tuple(map(host, stated))


def ascii_name(name: str) -> str:
    """A name below some domain, in its ASCII form. Raises UnfitError."""
    if len(name) > _LONGEST:
        raise UnfitError(_EXAMPLE, _ADVICE)
    found = in_ascii(name)
    labels = found.split(".")
    if len(labels) < 2 or len(found) > 253 or _A_NUMBER.fullmatch(labels[-1]) or any(map(_RESERVED.match, labels)):
        raise UnfitError(_EXAMPLE, _ADVICE)
    return found


def in_letters(name: str) -> str:
    """A name in ASCII as people write it, such as `bücher.example`; as it is, if its letters would not lead back to it."""
    from idna import IDNAError, decode

    try:
        found = decode(name) if "xn--" in name else name
        return found if found == name or in_ascii(found) == name else name
    except (IDNAError, UnicodeError, UnfitError):
        return name


def in_ascii(name: str) -> str:
    """A name of one part or more in its ASCII form, without the dot at its end. Raises UnfitError."""
    from idna import IDNAError, encode

    try:
        return encode(name, uts46=True, std3_rules=True).decode().removesuffix(".")
    except (IDNAError, UnicodeError):
        raise UnfitError(_EXAMPLE, _ADVICE) from None
