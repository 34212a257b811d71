"""The frame that all pages of one answer have: their brand, and the languages to choose from."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

from lambdas.forms.brands.brand_look import BrandLook
from lambdas.forms.session.languages import SWITCH, path_in
from lambdas.languages.language import language
from lambdas.web.http import WebRequest


@dataclass(frozen=True)
class Look:
    """`languages`: tag and own name of each one that is offered. `switch`: the name of the buttons that change it."""

    languages: tuple[tuple[str, str], ...] = ()
    request: WebRequest | None = None
    switch: str = SWITCH
    brand: BrandLook = field(default_factory=BrandLook)

    def path_in(self, tag: str) -> str:
        return path_in(self.request, tag) if self.request else f"?lang={tag}"


_PLAIN = Look()
_LOOK: ContextVar[Look] = ContextVar("look", default=_PLAIN)


def look() -> Look:
    return _LOOK.get()


@contextmanager
def looking(request: WebRequest | None, offered: Sequence[str], brand: BrandLook) -> Iterator[None]:
    """Draw pages of this brand with a choice of these languages inside the block."""
    before = _LOOK.set(Look(tuple((tag, language(tag).name) for tag in offered), request, brand=brand))
    try:
        yield
    finally:
        _LOOK.reset(before)


def show_brand(brand: BrandLook) -> None:
    """Draw the pages of this answer from here on as this brand's: what its address names was looked up."""
    _LOOK.set(replace(look(), brand=brand))
