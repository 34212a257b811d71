"""What is paid with, and how much: stored methods, coupons, and a price that is the one that is held."""

from lambdas.catalog.coupon import Coupon, Discount
from lambdas.forms.door import Door
from lambdas.orders.order import Order
from lambdas.orders.steps import StepStatus
from lambdas.records.client import Client, ClientRecords
from lambdas.records.coupon import CouponRecords
from lambdas.records.link import LinkPurpose
from lambdas.records.payment_method import MethodKind, PaymentMethod
from lambdas.records.table import RecordTable
from tests.unit.forms.browser import Browser, provider_answers
from tests.unit.forms.conftest import CARD, the_order_id, to_payment, with_card

AGREED = {"terms": "1", "terms_signature": "Ada Lovelace"}


def order_of(browser: Browser, door: Door) -> Order:
    return door.service.get(order_id=the_order_id(browser, door))


def test_a_stored_method_is_offered_to_the_client_who_signed_in_and_to_nobody_with_a_link_alone(
    browser: Browser, door: Door, records: RecordTable
) -> None:
    ClientRecords(records).add(Client(client_id="100", brand_id=1, created_at=1))
    stored = PaymentMethod(kind=MethodKind.CARD, token="tok_approve", brand="Visa", last_four="1111")
    number = door.methods.add("100", stored, is_default=True)
    to_payment(browser)
    order = door.service.update(order_of(browser, door), {"client_id": "100"})
    assert "ending in 1111" not in browser.open("/forms/hosting/payment").text

    (token,) = browser.cookies.values()
    link = door.links.find(token, LinkPurpose.VISIT)
    assert link is not None
    door.links.sign_in(link, "100")
    assert "Visa ending in 1111" in browser.open("/forms/hosting/payment").text
    browser.send(**AGREED, payment=f"stored:{number}")
    order = order_of(browser, door)
    assert (order.info["billing_info_id"], order.hold is not None) == (number, True)


def test_the_price_shown_is_what_is_held(browser: Browser, door: Door, records: RecordTable) -> None:
    CouponRecords(records).add(Coupon(coupon_code="TENTH", class_id=1, discount=Discount(value=1_000)))
    to_payment(browser)
    page = browser.send(**AGREED, coupon="tenth", payment="enter:card")
    page = browser.open(provider_answers(page, token="tok_approve", **CARD))
    assert "First charge $89.10" in page.text
    browser.send()

    order = order_of(browser, door)
    assert order.hold is not None
    assert order.hold.amount_cents == 8910


def test_a_coupon_that_does_not_fit_is_said_and_holds_nothing_up(browser: Browser, door: Door) -> None:
    to_payment(browser)
    browser.send(coupon="NOPE")

    assert "This code takes nothing off what you chose." in browser.open("/forms/hosting/payment").text
    with_card(browser)
    browser.send()
    assert order_of(browser, door).step_status is StepStatus.ORDINARY
