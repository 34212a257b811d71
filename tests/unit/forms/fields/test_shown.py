"""What a page shows people beside or in a field: telephone numbers of their country, names in their letters."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.forms.fields.field import Given
from lambdas.orders.contact.hosts import host, in_letters
from lambdas.orders.contact.places import countries
from lambdas.orders.contact.telephone import example_of, is_telephone, telephone
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.model.info import merge
from tests.unit.forms.browser import Browser
from tests.unit.forms.conftest import to_contact
from tests.unit.forms.fields.test_fields import PLANS, a_form


def test_the_example_of_every_country_is_a_number_that_is_taken_there() -> None:
    for country in countries():
        example = example_of(country)
        assert telephone(example, country) == example, country
        assert is_telephone(example), country
    assert example_of("DE").startswith("+49 ")
    assert example_of("") == "+44 20 7946 0018"


def test_a_page_shows_the_example_of_the_country_and_follows_it(browser: Browser) -> None:
    to_contact(browser)
    assert f"For example {example_of('')}" in browser.shown.text

    assert (
        f'data-hint="phone">For example {example_of("JP")}<'
        in browser.ask("GET", "/forms/hosting/address?page=contact&country=JP").body
    )
    page = browser.send(country="DE")
    assert page.status == 422
    assert f"For example {example_of('DE')}" in browser.open("/forms/hosting/contact").text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("https://Bücher.example/katalog?q=1", "bücher.example"),
        ("http://www.例え.テスト:8080", "www.例え.テスト"),
        ("xn--bcher-kva.example", "bücher.example"),
        ("www.example.com", "www.example.com"),
    ],
)
def test_a_pasted_address_comes_back_as_its_name_in_letters(typed: str, shown: str) -> None:
    field: Any = a_form({"kind": "hosts", "name": "site", "label": "Site"}).fields[0]
    info = {"pack1": {"plan_id": "1"}}
    written = merge(info, field.read({"site": typed}, Given(info, PLANS, "USD")))

    assert field.typed(Given(written, PLANS, "USD")) == {"site": shown}
    assert written["pack1"]["desserv"].isascii()
    assert merge(written, field.read({"site": shown}, Given(written, PLANS, "USD"))) == written


@given(st.text("abcüéßøπж例え한ـ-.x1", max_size=20))
def test_letters_lead_back_to_the_same_name(typed: str) -> None:
    try:
        name = host(typed)
    except UnfitError:
        return
    assert host(in_letters(name)) == name
