"""A bank account is debited under a mandate: its text is on the last page, and the order keeps which one was accepted."""

import pytest

from lambdas.forms.checkout.mandate import mandate_text
from lambdas.forms.shop import Shop
from lambdas.orders.mandate import is_mandated
from lambdas.orders.model.order import Order
from lambdas.records.clients.client import Client
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.runtime.passwords import hash_password
from tests.support.build import Clock
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id, to_payment

AGREED = {"terms": "1", "terms_signature": "Ada Lovelace"}
PASSWORD = "correct horse battery staple"


@pytest.fixture
def account(shop: Shop) -> str:
    """What a client chooses to pay by the bank account that they have stored."""
    known = {"first": "Grace", "last": "Hopper", "email": "grace@example.com", "country": "GB"}
    client = Client(
        client_id="100", brand_id=1, created_at=1, uber_login="grace", password_hash=hash_password(PASSWORD), **known
    )
    method = PaymentMethod(kind=MethodKind.BANK_ACCOUNT, token="ach_later", bank="A bank", last_four="6789")
    return f"stored:{shop.methods.add(shop.clients.add(client), method, is_default=True)}"


def on_last_page(browser: Browser) -> Page:
    to_payment(browser)
    browser.open("/forms/hosting/sign-in")
    return browser.send(login="grace", password=PASSWORD)


def order_of(browser: Browser, shop: Shop) -> Order:
    return shop.service.get(order_id=the_order_id(browser, shop))


def test_the_text_that_was_shown_is_kept_with_when_and_from_where(
    browser: Browser, shop: Shop, account: str, clock: Clock
) -> None:
    page = on_last_page(browser)
    order = order_of(browser, shop)
    browser.send(**AGREED, payment=account)

    sent = order_of(browser, shop)
    mandate = sent.info["mandate"]
    assert not sent.is_lead
    assert mandate["text"] in page.text
    assert mandate["text"].startswith("By ordering you authorize ")
    assert f"to debit this account for ${order.total_cents / 100:.2f}, the first charge" in mandate["text"]
    assert (mandate["language"], mandate["accepted_at"], mandate["ip_address"]) == ("en", clock(), browser.source)
    assert is_mandated(sent.info)
    assert not is_mandated({**sent.info, "billing_info_id": "another"})


def test_who_pays_in_another_way_gives_none(browser: Browser, shop: Shop, account: str) -> None:
    on_last_page(browser)
    browser.send(**AGREED, payment="account")

    assert not order_of(browser, shop).is_lead
    assert "mandate" not in order_of(browser, shop).info


def test_in_euros_it_is_the_one_of_sepa(browser: Browser, shop: Shop, account: str) -> None:
    to_payment(browser)
    text = mandate_text(shop, order_of(browser, shop).changed(currency="EUR"))

    assert "and your bank to debit it as instructed" in text
    assert "within 8 weeks" in text
