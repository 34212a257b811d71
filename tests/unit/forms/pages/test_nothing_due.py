"""Where nothing is due, nobody is asked how they pay, and nobody is sent to enter a card."""

import pytest

from lambdas.catalog.coupon import Coupon, Discount
from lambdas.forms.shop import Shop
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.table import RecordTable
from tests.unit.forms.browser import Browser
from tests.unit.forms.conftest import the_order_id, to_payment, with_card

AGREED = {"terms": "1", "terms_signature": "Ada Lovelace"}


@pytest.fixture(autouse=True)
def _coupons(records: RecordTable) -> None:
    for code, percent in (("FREE", 10_000), ("TENTH", 1_000)):
        CouponRecords(records).add(
            Coupon(
                coupon_code=code, class_id=1, discount=Discount(value=percent), setup_discount=Discount(value=percent)
            )
        )


def order_of(browser: Browser, shop: Shop) -> Order:
    return shop.service.get(order_id=the_order_id(browser, shop))


def is_asked(browser: Browser) -> bool:
    return "payment" in browser.shown.read.offered or "How do you want to pay" in browser.shown.text


def test_a_coupon_that_leaves_nothing_to_pay_leaves_nothing_to_choose(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    assert is_asked(browser)
    page = browser.send(**AGREED, coupon="free", payment="enter:card")

    assert (page.status, page.path) == (409, "/forms/hosting/payment")  # what the page showed was another price
    assert not is_asked(browser)
    assert "Nothing is due now, so there is nothing to pay." in page.text
    assert 'data-button="Order with obligation to pay"' in page.body  # it renews at a price
    assert "Order and pay" not in page.text
    browser.send(**AGREED)
    order = order_of(browser, shop)
    assert (order.step_status, order.total_cents, order.hold) == (StepStatus.ORDINARY, 0, None)
    assert "payment_type" not in order.info


def test_whatever_a_browser_sends_for_it_is_left_alone(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    browser.send(**AGREED, coupon="free", payment="enter:card")
    page = browser.send(**AGREED, payment="enter:card")

    assert page.path.startswith("/orders/"), page.path
    assert order_of(browser, shop).step_status is StepStatus.ORDINARY


def test_a_card_that_was_entered_before_the_coupon_is_not_held(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    with_card(browser)
    browser.send(**AGREED, coupon="free")
    assert not is_asked(browser)
    browser.send(**AGREED)

    assert order_of(browser, shop).hold is None
    assert order_of(browser, shop).step_status is StepStatus.ORDINARY


def test_who_takes_the_coupon_out_again_is_asked_how_they_pay(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    browser.send(**AGREED, coupon="free", payment="enter:card")
    page = browser.send(**AGREED, coupon="")

    assert page.status == 422
    assert is_asked(browser)
    assert order_of(browser, shop).is_lead


def test_the_price_that_comes_with_typing_says_that_nothing_is_due(browser: Browser) -> None:
    to_payment(browser)
    bodies = [
        browser.post("/forms/hosting/price?page=payment", {**browser.shown.inputs, "coupon": code}).body
        for code in ("free", "tenth", "")
    ]

    assert ["data-free" in body for body in bodies] == [True, False, False]


def test_what_costs_something_is_asked_for(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    browser.send(**AGREED, coupon="tenth", payment="nonsense")

    assert is_asked(browser)
    assert order_of(browser, shop).is_lead
