"""The way to pay that a client chose stays chosen, whatever brings the last page back: no other card is charged by mistake."""

import pytest

from lambdas.forms.shop import Shop
from lambdas.records.clients.client import Client
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.runtime.passwords import hash_password
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id, to_payment

AGREED = {"terms": "1", "terms_signature": "Ada Lovelace"}
PASSWORD = "correct horse battery staple"


@pytest.fixture
def chosen(browser: Browser, shop: Shop) -> str:
    """A client with two cards is signed in on the last page; the choice is the one that the page does not choose itself."""
    hashed = hash_password(PASSWORD)
    shop.clients.add(Client(client_id="100", brand_id=1, created_at=1, uber_login="grace", password_hash=hashed))
    for last_four in ("1111", "2222"):
        card = PaymentMethod(kind=MethodKind.CARD, token="tok_approve", last_four=last_four, expiry="1230")
        shop.methods.add("100", card, is_default=last_four == "1111")
    to_payment(browser)
    browser.open("/forms/hosting/sign-in")
    page = browser.send(login="grace", password=PASSWORD)
    return next(way for way in page.read.offered["payment"] if way not in (page.inputs["payment"], "enter:card"))


def price_changes(browser: Browser, shop: Shop) -> None:
    order = shop.service.get(order_id=the_order_id(browser, shop))
    shop.service.update(order, {"info": {"pack1": {"period": 1}}})


@pytest.mark.parametrize("other", ["account", ""])
def test_it_stays_when_the_price_changed(browser: Browser, shop: Shop, chosen: str, other: str) -> None:
    price_changes(browser, shop)

    page = browser.send(**AGREED, payment=other or chosen)

    assert (page.status, page.inputs["payment"]) == (409, other or chosen)


@pytest.mark.parametrize("other", ["account", ""])
def test_it_stays_when_the_client_goes_back_and_comes_again(
    browser: Browser, shop: Shop, chosen: str, other: str
) -> None:
    browser.send(payment=other or chosen, go="contact")

    page = browser.send()

    assert (page.path, page.inputs["payment"]) == ("/forms/hosting/payment", other or chosen)


def test_what_was_never_offered_is_not_chosen_by_going_back(browser: Browser, shop: Shop, chosen: str) -> None:
    mine = browser.shown.inputs["payment"]
    for payment in ("stored:77", "entered", "", "enter:card", "nothing"):
        browser.send(payment=payment, go="contact")
        page: Page = browser.send()
        assert (page.status, page.inputs["payment"]) == (200, mine), payment
