"""The file of taxes is valid, and a broken one is refused when it is read, with what is wrong."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from lambdas.catalog.plan import load_plans
from lambdas.catalog.tax import load_taxes

GROUP = "[groups.eu]\nNL = 'NL[0-9]{9}B[0-9]{2}'\n"
BRAND = '[[brands]]\nbrand_id = 1\ncountry = "NL"\nreverse_charge = "%s"\ntaxes = [%s]\n'
TAX = '{ tax_id = "1", country = "DE", name = "VAT", rate = "19" }'


def written(folder: Path, taxes: str = TAX, group: str = "eu", more: str = "") -> Path:
    file = folder / "taxes.toml"
    file.write_text(BRAND % (group, taxes) + more + GROUP)
    return file


def test_each_tax_of_the_sample_is_on_plans_that_there_are() -> None:
    taxes = [tax for brand in load_taxes().brands for tax in brand.taxes]

    assert taxes
    assert {plan for tax in taxes for plan in tax.plans} <= load_plans().keys()


def test_a_file_is_read(tmp_path: Path) -> None:
    (brand,) = load_taxes(written(tmp_path)).brands

    assert (brand.country, brand.taxes[0].rate) == ("NL", "19")


@pytest.mark.parametrize(
    ("was", "now", "where"),
    [
        ('"19"', '"0"', "percent as text, above 0"),
        ('"19"', '"100.1"', "percent as text"),
        ('"19"', '"-1"', "percent as text"),
        ('"19"', '"19,5"', "percent as text"),
        ('"19"', '"9.97501"', "percent as text"),
        ('"19"', "19", r"taxes\.0\.rate"),  # a number would be binary
        ('"DE"', '"Germany"', r"taxes\.0\.country"),
        ('"VAT"', '""', r"taxes\.0\.name"),
        ("rate =", "rates =", r"taxes\.0\.rates"),
    ],
)
def test_a_tax_that_cannot_be_is_refused(tmp_path: Path, was: str, now: str, where: str) -> None:
    with pytest.raises(ValidationError, match=where):
        load_taxes(written(tmp_path, TAX.replace(was, now)))


def test_an_id_stands_for_one_tax_and_one_brand(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="more than once"):
        load_taxes(written(tmp_path, f"{TAX}, {TAX}"))
    tmp_path.joinpath("brands").mkdir()
    with pytest.raises(ValidationError, match="more than once"):
        load_taxes(written(tmp_path / "brands", more=BRAND % ("eu", "")))


def test_a_reverse_charge_is_among_countries_of_a_group_the_brand_is_in(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"must be a group of its country \(eu\)"):
        load_taxes(written(tmp_path, group="efta"))


def test_the_form_of_a_vat_number_is_a_pattern(tmp_path: Path) -> None:
    file = written(tmp_path)
    file.write_text(file.read_text().replace("NL[0-9]", "NL("))

    with pytest.raises(ValidationError, match=r"groups\.eu\.NL"):
        load_taxes(file)
