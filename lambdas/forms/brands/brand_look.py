"""How the pages of each brand look: their name, colours, logo and foot."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from http import HTTPStatus
from pathlib import Path

from lambdas.catalog.brands.brand import Brand, Brands, Logo
from lambdas.catalog.brands.colours import DARK_PAPERS, LIGHT_PAPERS, Papers, ink_on, tint_of
from lambdas.languages.language import spoken
from lambdas.web.http import Answer
from lambdas.web.templates import FOR_EVER

_STYLE = Path(__file__).parents[1] / "static" / "form.css"
_PATH = "/forms/static"
BRAND = "brand"  # of the list of forms: /forms?brand=2
_LOGO_HEIGHT = 32  # as form.css draws it


@dataclass(frozen=True)
class BrandLook:
    """`company`: the name where there is no brand. `is_only`: the stage has no other one."""

    company: str = ""
    brand: Brand | None = None
    logo: Logo | None = None
    is_only: bool = True

    @property
    def name(self) -> str:
        return self._spoken.name if self._spoken else self.company

    @property
    def notes(self) -> tuple[str, ...]:
        return self._spoken.notes if self._spoken else ()

    @property
    def terms(self) -> str:
        return self._spoken.terms if self._spoken else ""

    @property
    def language(self) -> str:
        return self.brand.language if self.brand else ""

    @property
    def forms_path(self) -> str:
        """The path of the list of its forms."""
        return f"/forms?{BRAND}={self.brand.brand_id}" if self.brand and not self.is_only else "/forms"

    @property
    def logo_width(self) -> int:
        """In CSS pixels, as its height is that of form.css."""
        return round(self.logo.width * _LOGO_HEIGHT / self.logo.height) if self.logo else 0

    @cached_property
    def style(self) -> str:
        """The style sheet of its pages: one file, so that a brand costs no request."""
        return _style().decode() + (_colours(self.brand) if self.brand else "")

    @cached_property
    def style_path(self) -> str:
        return _path("form", self.style.encode(), "css")

    @cached_property
    def logo_path(self) -> str:
        return _path("logo", self.logo.content, "png") if self.logo else ""

    @property
    def _spoken(self) -> Brand | None:
        return self.brand and self.brand.in_language(spoken().tag)


@dataclass(frozen=True)
class BrandLooks:
    """Of a stage. `company`: the stage's owner, who heads pages that are of no brand."""

    brands: Brands = field(default_factory=Brands)
    company: str = ""

    def of(self, brand_id: int) -> BrandLook:
        """The look of a brand; the owner's if there is no such brand any more."""
        return self._by_id.get(brand_id, self._owner)

    @property
    def usual(self) -> BrandLook:
        """Of pages that belong to no brand: that of the only one, or else the owner's."""
        return next(iter(self._by_id.values())) if len(self._by_id) == 1 else self._owner

    def file(self, hashed_name: str) -> Answer | None:
        """A style sheet or logo by the last part of its path."""
        path = f"{_PATH}/{hashed_name}"
        for look in (*self._by_id.values(), self._owner):
            if path == look.style_path:
                return Answer(HTTPStatus.OK, look.style, "text/css; charset=utf-8", cache=FOR_EVER)
            if look.logo and path == look.logo_path:
                return Answer(HTTPStatus.OK, content_type="image/png", content=look.logo.content, cache=FOR_EVER)
        return None

    @cached_property
    def _owner(self) -> BrandLook:
        return BrandLook(self.company)

    @cached_property
    def _by_id(self) -> Mapping[int, BrandLook]:
        all_, only = self.brands.brands, len(self.brands.brands) == 1
        return {each.brand_id: BrandLook(self.company, each, self.brands.logo_of(each), only) for each in all_}


def _colours(brand: Brand) -> str:
    """Declarations that take the place of those of form.css; the policy of the pages allows no style in a page."""
    light, dark = _palette(brand.accent, LIGHT_PAPERS), _palette(brand.accent_dark, DARK_PAPERS)
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"


def _palette(accent: str, papers: Papers) -> str:
    return f"--accent: {accent}; --accent-ink: {ink_on(accent)}; --tint: {tint_of(accent, papers)};"


@cache
def _style() -> bytes:
    return _STYLE.read_bytes()


def _path(stem: str, content: bytes, suffix: str) -> str:
    return f"{_PATH}/{stem}-{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
