"""Brands: under which name, in which colours and with which terms a stage sells. The fields are explained in brands.toml."""

import struct
import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from lambdas.catalog.brands.colours import AA, DARK_PAPERS, LIGHT_PAPERS, readable_like, unreadable
from lambdas.languages.translated import Translated
from lambdas.runtime.models import Frozen

BRANDS_FILE = Path(__file__).parents[1] / "brands.toml"
LOGOS = "logos"  # the folder beside the file
MOST_LOGO_BYTES, MOST_LOGO_PIXELS = 20_000, 1_200
_PNG_BEGINS, _SMALLEST_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", 45

_Line = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\r\n\t<>\"]*$")]
_Note = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\r\n\t]*$")]
_Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
_Address = Annotated[str, Field(pattern=r"^(https://[^\s\"<>]+)?$")]


class Logo(Frozen):
    """A picture (PNG) that was checked. `width` and `height` in pixels."""

    content: bytes = Field(repr=False)
    width: int
    height: int


class Brand(Translated):
    """`accent`: the colour of buttons and links, and `accent_dark` in the dark. `logo`: a file of `logos/`, empty for none.

    `language`: for those who ask for no language that is offered. `notes`: stand below its pages and mails, as the law wants it.
    """

    model_config = ConfigDict(extra="forbid")

    brand_id: int = Field(gt=0)
    name: _Line
    accent: _Colour = "#1f6f5c"
    accent_dark: _Colour = "#7fd1b6"
    logo: Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9-]{0,59}\.[a-z0-9]{1,5})?$")] = ""
    language: Annotated[str, Field(pattern=r"^([a-z]{2,3})?$")] = ""
    terms: _Address = ""
    notes: Annotated[tuple[_Note, ...], Field(max_length=5)] = ()

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        for field, papers in (("accent", LIGHT_PAPERS), ("accent_dark", DARK_PAPERS)):
            accent = getattr(self, field)
            for ground, found in unreadable(accent, papers):
                raise ValueError(
                    f"brand {self.brand_id}: {field} {accent} gives text on {ground} a contrast of {found:.1f} to 1, and it "
                    f"needs {AA} (WCAG 2.2, 1.4.3); take {readable_like(accent, papers)}, or another one that can be read"
                )
        return self


class Brands(Frozen):
    """All brands. `sample`: they are nobody's, and a stage that keeps its data refuses them. `logos`: by file."""

    model_config = ConfigDict(extra="forbid")

    sample: bool = False
    brands: tuple[Brand, ...] = ()
    logos: Mapping[str, Logo] = Field(default={}, repr=False)

    @model_validator(mode="after")
    def _are_different(self) -> Self:
        for brand_id, uses in Counter(brand.brand_id for brand in self.brands).items():
            if uses > 1:
                raise ValueError(f"brand {brand_id} is there {uses} times; leave one")
        return self

    def of(self, brand_id: int) -> Brand | None:
        return next((brand for brand in self.brands if brand.brand_id == brand_id), None)

    def logo_of(self, brand: Brand) -> Logo | None:
        return self.logos.get(brand.logo)


@cache
def load_brands(file: Path = BRANDS_FILE) -> Brands:
    """The brands with their logos. Raises ValueError for a logo that cannot be shown."""
    brands = Brands.model_validate(tomllib.loads(file.read_text("utf-8")) | {"logos": {}})
    logos = {brand.logo: _logo(brand, file.parent / LOGOS / brand.logo) for brand in brands.brands if brand.logo}
    return brands.changed(logos=logos)


def _logo(brand: Brand, file: Path) -> Logo:
    """A PNG: one kind, because a SVG is a document that may hold scripts and addresses of others."""
    place = f"brand {brand.brand_id}: logo {LOGOS}/{file.name}"
    if not file.is_file():
        raise ValueError(f"{place} is not there: put it beside {BRANDS_FILE.name}, or take the line away")
    content = file.read_bytes()
    if not content.startswith(_PNG_BEGINS) or len(content) < _SMALLEST_PNG:
        raise ValueError(f"{place} is no PNG, and nothing else is shown: save it as one")
    if len(content) > MOST_LOGO_BYTES:
        raise ValueError(
            f"{place} has {len(content)} bytes, and {MOST_LOGO_BYTES} at most keep pages fast: make it smaller"
        )
    width, height = struct.unpack(">II", content[16:24])
    if not (0 < width <= MOST_LOGO_PIXELS and 0 < height <= MOST_LOGO_PIXELS):
        raise ValueError(f"{place} is {width} by {height} pixels: it may have 1 to {MOST_LOGO_PIXELS} each way")
    return Logo(content=content, width=width, height=height)
