"""A buyer whose VAT number the register does not confirm is charged the tax, and reads why."""

from dataclasses import replace

import pytest

from lambdas.catalog.pricing import CatalogPricing
from lambdas.catalog.seller import load_sellers
from lambdas.catalog.tax import load_taxes
from lambdas.forms.shop import Shop
from lambdas.orders.model.order import Order
from lambdas.records.table import RecordTable
from lambdas.vat.checked_taxes import choose_taxes
from lambdas.vat.sandbox import INVALID_NUMBER, UNANSWERED_NUMBER
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id, to_contact, with_card

VALID_NUMBER = "DE136695976"
COMPANY = {
    "orders_as": "company", "company": "Ada GmbH", "first": "Ada", "last": "Lovelace", "address": "Hauptstr. 1",
    "city": "Berlin", "zip": "10115", "country": "DE",
}  # fmt: skip


@pytest.fixture
def browser(shop: Shop, records: RecordTable) -> Browser:
    pricing = shop.service.pricing
    assert isinstance(pricing, CatalogPricing)
    taxes = choose_taxes("sandbox", load_taxes(), records, load_sellers())
    return Browser(replace(shop, service=replace(shop.service, pricing=replace(pricing, taxes=taxes))))


def to_payment(browser: Browser, number: str) -> Page:
    to_contact(browser)
    page = browser.send(**COMPANY, vat_id=number)
    assert page.path.endswith("/payment"), page.text
    return page


def order_of(browser: Browser) -> Order:
    return browser.shop.service.get(order_id=the_order_id(browser, browser.shop))


def test_a_confirmed_number_takes_the_tax_off_and_the_order_has_the_proof(browser: Browser) -> None:
    page = to_payment(browser, VALID_NUMBER)
    with_card(browser)
    browser.send()

    assert "so tax is charged" not in page.text
    (tax,) = order_of(browser).priced[0].taxes
    assert (tax.cents, tax.reverse_charge, tax.vat_check.split()[0]) == (0, True, "valid")
    assert tax.vat_check.endswith(f"SANDBOX-{VALID_NUMBER}")


def test_without_an_answer_the_order_goes_on_with_the_tax(browser: Browser) -> None:
    page = to_payment(browser, UNANSWERED_NUMBER)
    assert "We could not check your VAT number just now, so tax is charged." in page.text
    with_card(browser)
    browser.send()

    order = order_of(browser)
    assert not order.is_lead
    assert (order.total_cents, order.priced[0].taxes[0].vat_check.split()[0]) == (
        117_81,
        "unavailable",
    )  # 99.00 and 19 %


def test_a_number_that_is_not_registered_waits_for_its_correction(browser: Browser) -> None:
    page = to_payment(browser, INVALID_NUMBER)
    assert "Your VAT number is not in the register of VAT numbers (VIES), so tax is charged." in page.text
    with_card(browser)
    refused = browser.send()

    assert order_of(browser).is_lead
    assert "VAT number" in refused.text
    browser.open("/forms/hosting/contact")
    assert browser.send(vat_id="").path.endswith("/payment")
    with_card(browser)
    browser.send()
    assert not order_of(browser).is_lead
