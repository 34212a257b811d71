"""A coupon code that gives no discount is refused at its field, with the cause, and nothing is ordered at the full price."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.catalog.coupon import Coupon, Discount
from lambdas.forms.form import Form
from lambdas.forms.shop import Shop
from lambdas.orders.model.order import Order
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.coupons.use import CouponUseRecords
from lambdas.records.table import RecordTable
from tests.support.build import Clock
from tests.unit.forms.browser import Browser, provider_answers
from tests.unit.forms.conftest import CARD, the_order_id, to_payment, with_card

HALF = Discount(value=5_000)
AGREED = {"terms": "1", "terms_signature": "Ada Lovelace"}


def make(records: RecordTable, now: Callable[[], int], **more: Any) -> None:
    fields = {"coupon_code": "HALF", "class_id": 1, "discount": HALF, **more}
    coupon = CouponRecords(records).add(Coupon.model_validate(fields))
    if coupon.clients:
        CouponRecords(records).add_clients(coupon.coupon_id, coupon.clients)
    if coupon.max_uses:
        CouponUseRecords(records).redeem(coupon.coupon_id, "77", now=now())


def order_of(browser: Browser, shop: Shop) -> Order:
    return shop.service.get(order_id=the_order_id(browser, shop))


@pytest.mark.parametrize(
    ("coupon", "cause"),
    [
        ({"coupon_code": "OTHER"}, "We do not know this code"),
        ({"active": False}, "no longer works"),
        ({"start": 4_000_000_000}, "does not work yet"),
        ({"expire": 1}, "has expired"),
        ({"max_uses": 1}, "used as often as it may be"),
        ({"vip": True}, "for existing clients. Sign in"),
        ({"clients": ("77",)}, "for particular clients"),
        ({"plan_id": "2"}, "not for what you chose"),
        ({"discount": Discount(), "setup_discount": HALF}, "takes nothing off"),
    ],
)
def test_a_code_without_a_discount_is_refused_at_its_field_and_the_order_waits(
    browser: Browser, shop: Shop, records: RecordTable, coupon: dict[str, Any], cause: str
) -> None:
    make(records, shop.service.now, **coupon)
    to_payment(browser)
    with_card(browser)
    page = browser.send(coupon="half", **AGREED, payment="entered")

    assert page.status == 422
    assert 'href="#coupon"' in page.body
    assert cause in page.text
    assert page.inputs["coupon"] == "half"
    assert order_of(browser, shop).is_lead
    assert order_of(browser, shop).hold is None
    assert browser.send(coupon="").path.startswith("/orders/")


def test_a_code_that_expires_after_it_was_taken_is_refused_too(
    browser: Browser, shop: Shop, records: RecordTable, clock: Clock
) -> None:
    make(records, clock, expire=clock() + 600)
    to_payment(browser)
    led = browser.send(coupon="half", **AGREED, payment="enter:card")
    browser.open(provider_answers(led, token="tok_approve", **CARD))
    clock.time += 601
    page = browser.send()
    assert "A coupon can no longer be used" in page.text
    assert "This code has expired." in page.text
    page = browser.send(**AGREED)

    assert (page.status, 'href="#coupon"' in page.body) == (422, True)
    assert order_of(browser, shop).is_lead


def test_a_right_code_counts_and_nothing_is_said_of_it(
    browser: Browser, shop: Shop, records: RecordTable, clock: Clock
) -> None:
    make(records, clock)
    to_payment(browser)
    browser.send(coupon="half", **AGREED, payment="enter:card")

    page = browser.open("/forms/hosting/payment")
    assert "There is a problem" not in page.text
    assert "aria-invalid" not in page.body
    assert order_of(browser, shop).total_cents == 4_950


def test_the_price_beside_the_form_says_the_cause_before_anything_is_sent(
    browser: Browser, records: RecordTable, clock: Clock
) -> None:
    make(records, clock, expire=1)
    to_payment(browser)
    price = browser.ask("POST", "/forms/hosting/price?page=payment")
    assert price.status == 403
    answer = browser.post("/forms/hosting/price?page=payment", {**browser.shown.inputs, "coupon": "half"})

    assert "This code has expired." in answer.body


def test_a_code_of_an_earlier_page_is_refused_on_the_last_one(
    browser: Browser, shop: Shop, records: RecordTable, clock: Clock
) -> None:
    """The form asks for the code on its first page, and it expires before the order is sent."""
    form = shop.forms["hosting"]
    code = form.last.fields[0]
    last = form.last.model_copy(update={"fields": form.last.fields[1:]})
    first = form.first.model_copy(update={"fields": (*form.first.fields, code)})
    moved = form.model_copy(update={"pages": (first, *form.pages[1:-1], last)})
    object.__setattr__(shop, "forms", {**shop.forms, "hosting": Form.model_validate(moved.model_dump())})
    make(records, clock, expire=clock() + 600)
    browser.open("/forms/hosting")
    assert browser.send(plan="1:12", email="ada@example.com", coupon="typo").status == 422
    browser.send(coupon="half")
    browser.send(site="www.example.com")
    browser.send(orders_as="person", first="Ada", last="L", address="1 Road", city="London", country="GB")
    with_card(browser)
    clock.time += 601
    browser.send()
    page = browser.send(**AGREED)

    assert page.status == 422
    assert "Code half: This code has expired. Change or remove it under Choose your hosting" in page.text
    assert order_of(browser, shop).is_lead
