"""The languages there are, and which one of them a request or a mail speaks."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gettext import NullTranslations

SOURCE = "en"  # the language of the texts in the code
_HERE = Path(__file__).parent
FOLDERS = [_HERE]  # tests add one of their own
CATALOG, FORMATS = "buyers.mo", "formats.json"


def known_languages() -> tuple[str, ...]:
    """Tags of the languages whose catalog is complete, the source's first. An incomplete one is never compiled."""
    found = {file.parent.name for folder in FOLDERS for file in folder.glob(f"*/{CATALOG}")}
    return (SOURCE, *sorted(found))


def offered_languages(tags: tuple[str, ...]) -> tuple[str, ...]:
    """The languages of a stage. Raises ValueError for one that is named twice, or that has no complete translation."""
    known = known_languages()
    if unknown := [tag for tag in tags if tag not in known]:
        raise ValueError(
            f"has {', '.join(unknown)}, which has no complete translation; name some of {', '.join(known)}, or complete "
            "translations/ and run make texts"
        )
    if len(tags) != len(set(tags)):
        raise ValueError("must name each language once")
    return tags


@dataclass(frozen=True)
class Language:
    """`tag`: as BCP 47 names it. `direction`: `ltr` or `rtl`. `name`: its own name. `formats`: the rest of its file."""

    tag: str
    direction: str
    name: str
    formats: Mapping[str, Any]
    catalog: "NullTranslations"

    @property
    def is_source(self) -> bool:
        return self.tag == SOURCE


@cache
def language(tag: str) -> Language:
    """The language of this tag, read once. Raises KeyError if there is none."""
    place = next((folder / tag for folder in FOLDERS if (folder / tag / FORMATS).is_file()), None)
    if place is None or not tag.isalpha():
        raise KeyError(tag)
    formats = json.loads((place / FORMATS).read_text("utf-8"))
    return Language(tag, formats["direction"], formats["name"], formats, _catalog(place / CATALOG))


def _catalog(file: Path) -> "NullTranslations":
    from gettext import GNUTranslations, NullTranslations

    if not file.is_file():
        return NullTranslations()
    with file.open("rb") as content:
        return GNUTranslations(content)


_SPOKEN: ContextVar[str] = ContextVar("spoken", default=SOURCE)


def spoken() -> Language:
    """The language of what is being written now; English by default."""
    return language(_SPOKEN.get())


@contextmanager
def speaking(tag: str) -> Iterator[Language]:
    """Write in this language inside the block."""
    found = language(tag)
    before = _SPOKEN.set(tag)
    try:
        yield found
    finally:
        _SPOKEN.reset(before)
