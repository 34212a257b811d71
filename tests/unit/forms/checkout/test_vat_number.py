"""A buyer whose VAT number the register does not confirm is charged the tax, and reads why."""

from dataclasses import dataclass, field, replace

import pytest

from lambdas.catalog.pricing import CatalogPricing
from lambdas.catalog.seller import load_sellers
from lambdas.catalog.tax import load_taxes
from lambdas.catalog.tax_port import Taxes
from lambdas.forms.shop import Shop
from lambdas.orders.model.order import Order
from lambdas.rate_limits.failures import Limit
from lambdas.records.table import RecordTable
from lambdas.runtime.telemetry import metrics
from lambdas.vat.ask_limits import AskLimits, VatLimits
from lambdas.vat.checked_taxes import CheckedTaxes, choose_taxes
from lambdas.vat.checks import VatChecks
from lambdas.vat.register import Answer
from lambdas.vat.sandbox import CONSULTATION, INVALID_NUMBER, UNANSWERED_NUMBER, SandboxRegister
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id, to_contact, with_card

VALID_NUMBER = "DE136695976"
OTHER_NUMBERS = ["DE129273398", "DE811569869"]
UNCHECKED = "We could not check your VAT number just now, so tax is charged."
COMPANY = {
    "orders_as": "company", "company": "Ada GmbH", "first": "Ada", "last": "Lovelace", "address": "Hauptstr. 1",
    "city": "Berlin", "zip": "10115", "country": "DE",
}  # fmt: skip


def taxed_by(shop: Shop, taxes: Taxes) -> Shop:
    pricing = shop.service.pricing
    assert isinstance(pricing, CatalogPricing)
    return replace(shop, service=replace(shop.service, pricing=replace(pricing, taxes=taxes)))


@pytest.fixture
def browser(shop: Shop, records: RecordTable) -> Browser:
    asks = AskLimits(shop.windows, VatLimits())
    return Browser(taxed_by(shop, choose_taxes("sandbox", load_taxes(), records, load_sellers(), asks)))


@dataclass
class CountedRegister(SandboxRegister):
    asked: list[str] = field(default_factory=list)

    def ask(self, number: str, requester: str) -> Answer:
        self.asked.append(number)
        return super().ask(number, requester)


@pytest.fixture
def register() -> CountedRegister:
    return CountedRegister()


@pytest.fixture
def narrow(shop: Shop, records: RecordTable, register: CountedRegister) -> Shop:
    """It asks for two numbers of one address an hour, and for three in all."""
    limits = VatLimits(source=Limit(most=2, seconds=3_600), caller=Limit(most=3, seconds=3_600))
    checks = VatChecks(records, register, AskLimits(shop.windows, limits))
    return taxed_by(shop, CheckedTaxes(load_taxes(), checks, load_sellers()))


def previewed(browser: Browser, number: str) -> Page:
    """The prices beside the page with this number typed, before anything is saved."""
    return browser.post("/forms/hosting/price?page=contact", {**browser.shown.inputs, **COMPANY, "vat_id": number})


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
    assert tax.vat_check.endswith(f" {CONSULTATION}")


def test_without_an_answer_the_order_goes_on_with_the_tax(browser: Browser) -> None:
    page = to_payment(browser, UNANSWERED_NUMBER)
    assert UNCHECKED in page.text
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


def test_one_address_has_only_so_many_numbers_asked_for_however_many_orders_it_begins(
    narrow: Shop, register: CountedRegister
) -> None:
    for number in OTHER_NUMBERS:
        assert UNCHECKED not in to_payment(Browser(narrow), number).text
    page = to_payment(again := Browser(narrow), VALID_NUMBER)

    assert UNCHECKED in page.text
    with_card(again)
    again.send()
    order = order_of(again)
    assert (order.is_lead, order.total_cents) == (False, 117_81)
    assert register.asked == OTHER_NUMBERS
    assert UNCHECKED not in to_payment(Browser(narrow), OTHER_NUMBERS[0]).text  # known, so nobody is asked
    assert UNCHECKED not in to_payment(Browser(narrow, source="192.0.2.8"), VALID_NUMBER).text


def test_prices_are_looked_at_within_the_same_limit(narrow: Shop, register: CountedRegister) -> None:
    to_contact(browser := Browser(narrow, source="2001:db8::1"))
    for number in OTHER_NUMBERS:
        assert UNCHECKED not in previewed(browser, number).text
    to_contact(of_the_same_network := Browser(narrow, source="2001:db8::ffff:2"))

    assert UNCHECKED in previewed(of_the_same_network, VALID_NUMBER).text
    assert register.asked == OTHER_NUMBERS


def test_visitors_with_a_new_address_each_time_are_counted_together(
    narrow: Shop, register: CountedRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(metrics, "add_metric", lambda name, *_, **__: counted.append(name))
    numbers = [*OTHER_NUMBERS, VALID_NUMBER, "DE811193231"]
    for at, number in enumerate(numbers):
        to_contact(browser := Browser(narrow, source=f"192.0.2.{at}"))
        page = previewed(browser, number)

    assert UNCHECKED in page.text
    assert register.asked == numbers[:3]
    assert counted.count("VatChecksRefused") == 1
