"""What is paid with, and how much: stored methods, coupons, and a price that is the one that is held."""

from lambdas.catalog.coupon import Coupon, Discount
from lambdas.forms.shop import Shop
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.table import RecordTable
from tests.unit.forms.browser import Browser, provider_answers
from tests.unit.forms.conftest import CARD, the_order_id, to_payment, with_card

AGREED = {"terms": "1", "terms_signature": "Ada Lovelace"}


def order_of(browser: Browser, shop: Shop) -> Order:
    return shop.service.get(order_id=the_order_id(browser, shop))


def test_the_price_shown_is_what_is_held(browser: Browser, shop: Shop, records: RecordTable) -> None:
    CouponRecords(records).add(Coupon(coupon_code="TENTH", class_id=1, discount=Discount(value=1_000)))
    to_payment(browser)
    page = browser.send(**AGREED, coupon="tenth", payment="enter:card")
    page = browser.open(provider_answers(page, token="tok_approve", **CARD))
    assert "First charge $89.10" in page.text
    browser.send()

    order = order_of(browser, shop)
    assert order.hold is not None
    assert order.hold.amount_cents == 8910


def test_a_coupon_that_does_not_fit_is_said_and_holds_the_order_up_until_it_is_removed(
    browser: Browser, shop: Shop
) -> None:
    to_payment(browser)
    page = browser.send(coupon="NOPE")

    assert (page.status, "We do not know this code" in page.text) == (422, True)
    assert order_of(browser, shop).info.get("coupon", "") == ""
    browser.open("/forms/hosting/payment")
    with_card(browser)
    browser.send()
    assert order_of(browser, shop).step_status is StepStatus.ORDINARY
