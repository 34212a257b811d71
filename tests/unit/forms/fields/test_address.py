"""The address as its country has it: which fields, in which order, what they are called, and what they accept."""

from typing import Any

import pytest

from infra.generate.address_formats import formats_json
from lambdas.catalog.plan import load_plans
from lambdas.forms.fields.address import PARTS
from lambdas.forms.fields.field import Given
from lambdas.forms.fields.filled import fields_of, read_page, typed_of
from lambdas.forms.form import Form, load_forms
from lambdas.orders.contact.address_format import FORMATS_FILE, check_postcode
from lambdas.orders.contact.places import countries
from lambdas.orders.contact.unfit import UnfitError
from tests.unit.forms.fields.test_fields import a_form

PLANS = load_plans()
FORM = a_form(
    {"kind": "country", "name": "country", "label": "Country"},
    {"kind": "text", "name": "address", "label": "Street", "lines": 2},
    {"kind": "text", "name": "city", "label": "Town or city"},
    {"kind": "region", "name": "state", "label": "State or province"},
    {"kind": "text", "name": "zip", "label": "Postal code"},
)
ALL = {"address": "1 Street", "city": "Town", "state": "", "zip": ""}


def in_country(country: str) -> Given:
    return Given({"country": country}, PLANS, "USD")


def errors(country: str, **typed: str) -> dict[str, str]:
    return dict(read_page(FORM, FORM.first, {**ALL, "country": country, **typed}, in_country("")).errors)


@pytest.mark.parametrize(
    ("country", "labels"),
    [
        ("DE", ["Country", "Street", "Postal code", "Town or city"]),
        ("US", ["Country", "Street", "Town or city", "State", "ZIP code"]),
        ("GB", ["Country", "Street", "Town or city", "Postal code"]),
        ("IN", ["Country", "Street", "Town or city", "PIN code", "State"]),
        ("IE", ["Country", "Street", "Town or city", "County", "Eircode"]),
        ("AE", ["Country", "Street", "Emirate", "Town or city"]),
        ("JP", ["Country", "Street", "Prefecture", "Postal code", "Town or city"]),
        ("", ["Country", "Street", "Town or city", "State or province", "Postal code"]),
    ],
)
def test_fields_follow_the_country(country: str, labels: list[str]) -> None:
    assert [field.label for field in fields_of(FORM.first, in_country(country))] == labels


@pytest.mark.parametrize(
    ("country", "typed", "wanted"),
    [
        ("DE", {"zip": "10115"}, {}),
        ("DE", {"zip": "1011"}, {"zip": "Enter a postal code in the correct format, like 26133"}),
        ("DE", {}, {"zip": "Enter your postal code"}),
        ("US", {"state": "CA", "zip": "94103-1234"}, {}),
        ("US", {"state": "AE", "zip": "09009", "city": "APO"}, {}),
        ("US", {"state": "CA", "zip": "ABC"}, {"zip": "Enter a ZIP code in the correct format, like 95014"}),
        ("US", {"zip": "94103"}, {"state": "Select your state"}),
        ("AE", {}, {"state": "Enter your emirate"}),
        ("AE", {"state": "Dubai", "zip": "12345", "city": ""}, {}),
        ("IE", {}, {}),
        ("NL", {"zip": "1234ab"}, {}),
        ("IN", {"state": "DL", "zip": "110 034"}, {}),
        ("BR", {"state": "SP", "zip": "01310100"}, {}),
        ("JP", {"state": "13", "zip": "\u3012154\u20110023", "city": ""}, {}),
        ("GB", {"zip": "sw1y4le"}, {}),
        ("AQ", {"zip": "anything"}, {}),
    ],
)
def test_an_address_is_judged_by_its_country(country: str, typed: dict[str, str], wanted: dict[str, str]) -> None:
    assert errors(country, **typed) == wanted


def test_what_a_country_has_not_leaves_the_order() -> None:
    given = Given({"country": "US", "state": "CA", "zip": "94103", "city": "X", "address": "1"}, PLANS, "USD")
    changes = read_page(
        FORM, FORM.first, {**typed_of(FORM.first, given), "country": "AE", "state": "Dubai"}, given
    ).changes

    assert (changes["country"], changes["zip"], changes["state"]) == ("AE", "", "Dubai")


@pytest.mark.parametrize("form", load_forms().values(), ids=lambda form: form.name)
def test_the_country_comes_before_the_address(form: Form) -> None:
    keys = [field.key for field in form.fields]

    assert keys.index("country") < min(keys.index(part) for part in PARTS)
    assert keys.index("country") < keys.index("phone")


def test_formats_are_those_of_the_library() -> None:
    assert FORMATS_FILE.read_text("utf-8") == formats_json()


@pytest.mark.parametrize("country", countries())
def test_the_example_of_a_refused_postal_code_is_accepted(country: str) -> None:
    try:
        check_postcode("?", country)
    except UnfitError as unfit:
        check_postcode(str(unfit.values["example"]), country)


AUTOFILL: dict[str, Any] = {
    "email": "email", "first": "given-name", "last": "family-name", "company": "organization", "phone": "tel",
    "address": "street-address", "city": "address-level2", "state": "address-level1", "zip": "postal-code", "country": "country",
}  # fmt: skip


@pytest.mark.parametrize("form", load_forms().values(), ids=lambda form: form.name)
def test_browsers_can_fill_in_who_somebody_is_and_nothing_else(form: Form) -> None:
    given = Given({"country": "US", "orders_as": "company", "pack1": {"plan_id": "2", "period": 1}}, PLANS, "USD")
    found = {
        each.name: each.autocomplete for page in form.pages for field in page.fields for each in field.inputs(given)
    }

    assert {name: value for name, value in found.items() if value and not name.endswith("_signature")} == {
        name: AUTOFILL[name] for name in found if name in AUTOFILL
    }
    assert {value for name, value in found.items() if name.endswith("_signature")} == {"name"}
