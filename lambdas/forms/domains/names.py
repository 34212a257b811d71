"""The domain names that somebody typed or pasted: words, addresses, names in any script. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lambdas.catalog.domains import registrable
from lambdas.languages.texts import _
from lambdas.orders.contact.hosts import ascii_name, in_ascii, in_letters, pasted, words
from lambdas.orders.contact.unfit import UnfitError

_MOST_SHOWN = 60  # characters of what is no name


@dataclass(frozen=True)
class Named:
    """A name in ASCII, or `shown` as it was typed with the reason why it is no name that is sold."""

    shown: str
    name: str = ""
    why: str = ""


def named(text: str, endings: Collection[str]) -> tuple[Named, ...]:
    """Each name once, in the order of the text. A word without an ending is asked for with each of them. Raises UnfitError."""
    found = [each for word in words(text) for each in _of_word(word, endings)]
    return tuple({each.name or each.shown: each for each in found}.values())


def is_sold(name: str, endings: Collection[str]) -> bool:
    """Whether it is a name as a page offers it. What browsers send may be anything."""
    try:
        return bool(name) and ascii_name(name) == name == registrable(name, endings)
    except UnfitError:
        return False


def said_endings(endings: Collection[str]) -> str:
    return ", ".join(f".{in_letters(ending)}" for ending in endings)


def _of_word(word: str, endings: Collection[str]) -> Iterator[Named]:
    try:
        typed = pasted(word).strip(".")
        if "." not in in_ascii(typed):
            yield from (_sold(ascii_name(f"{typed}.{ending}")) for ending in endings)
            return
        name = ascii_name(typed)
    except UnfitError:
        why = _("This is no domain name. Use letters, digits and hyphens, as in example.com")
        yield Named(word[:_MOST_SHOWN], why=why)
        return
    if found := registrable(name, endings):
        yield _sold(found)
    elif name in endings:
        yield Named(in_letters(name), why=_("Enter a name before this ending, as in example.com"))
    else:
        yield Named(
            in_letters(name), why=_("We do not sell this ending. We sell {endings}", endings=said_endings(endings))
        )


def _sold(name: str) -> Named:
    return Named(in_letters(name), name)
