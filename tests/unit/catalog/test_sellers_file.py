"""The file of sellers is valid, and a broken one is refused when it is read, with what is wrong."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from lambdas.catalog.seller import load_sellers

SELLER = """[[brands]]
brand_id = 1
name = "Seaside"
address = "Rua do Mar 1"
city = "Lisboa"
country = "PT"
time_zone = "Europe/Lisbon"
invoices = "FT-"
credit_notes = "NC-"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "sellers.toml"
    file.write_text(text)
    return file


def test_a_file_is_read(tmp_path: Path) -> None:
    sellers = load_sellers(written(tmp_path, SELLER))

    assert (found := sellers.of(1)) is not None
    assert (found.name, found.invoices, found.credit_notes) == ("Seaside", "FT-", "NC-")
    assert sellers.of(2) is None


@pytest.mark.parametrize(
    ("was", "now", "where"),
    [
        ('"Seaside"', '""', r"brands\.0\.name"),
        ('"Seaside"', '"Sea\\nside"', r"brands\.0\.name"),
        ('"Rua do Mar 1"', '""', r"brands\.0\.address"),
        ('"PT"', '"Portugal"', r"brands\.0\.country"),
        ('"FT-"', '"FT20"', r"brands\.0\.invoices"),  # FT20 and 26 would read as FT2 and 026
        ('"FT-"', '"=FT-"', r"brands\.0\.invoices"),
        ('"FT-"', '""', r"brands\.0\.invoices"),
        ("city", "town", r"brands\.0\.(city|town)"),
        ('"NC-"', '"FT-"', "2 series begin with 'FT-'"),
    ],
)
def test_a_seller_that_cannot_be_is_refused(tmp_path: Path, was: str, now: str, where: str) -> None:
    with pytest.raises(ValidationError, match=where):
        load_sellers(written(tmp_path, SELLER.replace(was, now)))


def test_brands_and_their_series_are_different(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="brand 1 has 2 sellers"):
        load_sellers(written(tmp_path, SELLER + SELLER.replace("FT-", "A-").replace("NC-", "B-")))
    (tmp_path / "other").mkdir()
    with pytest.raises(ValidationError, match="would be alike"):
        load_sellers(written(tmp_path / "other", SELLER + SELLER.replace("brand_id = 1", "brand_id = 2")))
