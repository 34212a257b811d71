"""The file of brands is valid, and what cannot be shown or read is refused when it is read, with the place and the cure."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.catalog.brands.brand import MOST_LOGO_BYTES, load_brands
from lambdas.catalog.brands.colours import AA, DARK_PAPERS, LIGHT_PAPERS, contrast, ink_on, readable_like, unreadable

BRAND = """[[brands]]
brand_id = 1
name = "Seaside"
accent = "#1d4ed8"
logo = "seaside.png"
notes = ["Seaside Lda, Lisboa"]
i18n.de.notes = ["Seaside Lda, Lissabon"]
"""


def png(width: int = 300, height: int = 60, size: int = 100) -> bytes:
    begin = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", width, height)
    return begin.ljust(size, b"\0")


def written(folder: Path, text: str = BRAND, logo: bytes | None = None) -> Path:
    (folder / "logos").mkdir(parents=True)
    (folder / "logos" / "seaside.png").write_bytes(png() if logo is None else logo)
    file = folder / "brands.toml"
    file.write_text(text)
    return file


def test_a_file_is_read_with_its_logos(tmp_path: Path) -> None:
    brands = load_brands(written(tmp_path))

    assert (found := brands.of(1)) is not None
    assert (found.name, found.in_language("de").notes) == ("Seaside", ("Seaside Lda, Lissabon",))
    assert (logo := brands.logo_of(found)) is not None
    assert (logo.width, logo.height, logo.content) == (300, 60, png())
    assert brands.of(2) is None


def test_ours_are_samples() -> None:
    assert load_brands().sample
    assert len(load_brands().brands) == 2


@pytest.mark.parametrize(
    ("was", "now", "why"),
    [
        ('"Seaside"', '""', r"brands\.0\.name"),
        ('"Seaside"', '"Sea\\nside"', r"brands\.0\.name"),
        ('"Seaside"', '"<b>Seaside</b>"', r"brands\.0\.name"),
        ("#1d4ed8", "blue", r"brands\.0\.accent"),
        ("#1d4ed8", "#1d4ed8;}body{x:y", r"brands\.0\.accent"),
        ("seaside.png", "../../secret.png", r"brands\.0\.logo"),
        ("seaside.png", "other.png", r"brand 1: logo logos/other\.png is not there: put it beside brands\.toml"),
        ("\nnotes =", '\nterms = "http://seaside.example"\nnotes =', r"brands\.0\.terms"),
        ("\nnotes =", '\nterms = "javascript:alert(1)"\nnotes =', r"brands\.0\.terms"),
        ("\nnotes =", '\ncolour = "red"\nnotes =', r"brands\.0\.colour"),
        ("i18n.de.notes", "i18n.de.note", r"i18n\.de\.note: there is no such text"),
    ],
)
def test_a_broken_one_is_refused(tmp_path: Path, was: str, now: str, why: str) -> None:
    assert was in BRAND
    with pytest.raises(ValueError, match=why):
        load_brands(written(tmp_path, BRAND.replace(was, now)))


def test_a_brand_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="brand 1 is there 2 times; leave one"):
        load_brands(written(tmp_path, BRAND + BRAND))


@pytest.mark.parametrize(
    ("logo", "why"),
    [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "is no PNG, and nothing else is shown",
        ),
        (b"\xff\xd8\xff\xe0" + bytes(100), "is no PNG"),
        (png()[:30], "is no PNG"),
        (png(size=MOST_LOGO_BYTES + 1), "has 20001 bytes, and 20000 at most"),
        (png(width=0), "is 0 by 60 pixels"),
        (png(height=5_000), "is 300 by 5000 pixels: it may have 1 to 1200 each way"),
    ],
)
def test_a_logo_that_cannot_be_shown_is_refused(tmp_path: Path, logo: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=rf"brand 1: logo logos/seaside\.png {why}"):
        load_brands(written(tmp_path, logo=logo))


@pytest.mark.parametrize(
    ("field", "colour"), [("accent", "#ffcc00"), ("accent_dark", "#003300"), ("accent", "#808080")]
)
def test_a_colour_that_cannot_be_read_is_refused_with_one_that_can(tmp_path: Path, field: str, colour: str) -> None:
    papers = LIGHT_PAPERS if field == "accent" else DARK_PAPERS
    text = f'[[brands]]\nbrand_id = 7\nname = "Seaside"\n{field} = "{colour}"\n'

    with pytest.raises(ValueError, match=rf"brand 7: {field} {colour} gives text on #") as refused:
        load_brands(written(tmp_path, text))

    better = readable_like(colour, papers)
    assert f"take {better}" in str(refused.value)
    assert load_brands(written(tmp_path / "again", text.replace(colour, better))).of(7) is not None


def test_contrast_is_that_of_wcag() -> None:
    """Values of its own examples. https://webaim.org/resources/contrastchecker"""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#0000ff", "#ffffff") == pytest.approx(8.59, abs=0.01)


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), st.sampled_from([LIGHT_PAPERS, DARK_PAPERS]))
def test_every_colour_has_a_readable_one_near_it_and_a_readable_ink(colour: str, papers: tuple[str, str]) -> None:
    assert contrast(ink_on(colour), colour) >= AA
    better = readable_like(colour, papers)
    assert not list(unreadable(better, papers))
    assert all(contrast(better, paper) >= AA for paper in papers)
