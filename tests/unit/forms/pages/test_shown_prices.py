"""The button charges what the page showed, or nothing: then the page comes again with the price of now and asks once more."""

from lambdas.catalog.coupon import Coupon, Discount
from lambdas.forms.shop import Shop
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.table import RecordTable
from tests.unit.forms.browser import Browser
from tests.unit.forms.conftest import FixedKeys, the_order_id, to_payment, with_card


def test_an_order_changed_behind_the_page_is_not_charged_until_it_was_seen(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    with_card(browser)
    order_id = the_order_id(browser, shop)
    shop.service.update(shop.service.get(order_id=order_id), {"info": {"pack1": {"period": 1}}})

    page = browser.send()

    assert (page.status, page.inputs.get("terms"), page.inputs["terms_signature"]) == (409, None, "")
    assert "The price changed: the first charge was $99.00 on the page you sent, and is $9.95 now." in page.text
    assert "<del>$99.00</del> <ins>$9.95</ins>" in page.body
    lead = shop.service.get(order_id=order_id)
    assert (lead.is_lead, lead.hold, lead.attempt) == (True, None, None)
    browser.send(terms="1", terms_signature="Ada Lovelace")
    hold = shop.service.get(order_id=order_id).hold
    assert hold is not None
    assert hold.amount_cents == 995


def test_a_coupon_typed_at_the_button_is_shown_before_it_is_charged(
    browser: Browser, shop: Shop, records: RecordTable
) -> None:
    CouponRecords(records).add(Coupon(coupon_code="TENTH", class_id=1, discount=Discount(value=1_000)))
    to_payment(browser)
    with_card(browser)

    page = browser.send(coupon="tenth")

    assert (page.status, page.inputs["coupon"]) == (409, "tenth")
    assert "<ins>$89.10</ins>" in page.body
    assert shop.service.get(order_id=the_order_id(browser, shop)).hold is None


def test_a_page_that_does_not_say_what_it_showed_charges_nothing(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    shown = with_card(browser)
    for seen in ("", shown.inputs["seen"].replace("9900.", "100."), "x"):
        assert browser.post("/forms/hosting/payment", {**shown.inputs, "seen": seen}).status == 409

    assert shop.service.get(order_id=the_order_id(browser, shop)).hold is None


def test_what_a_page_showed_before_the_secret_was_rotated_is_still_what_is_charged(
    browser: Browser, shop: Shop
) -> None:
    to_payment(browser)
    with_card(browser)
    keys = shop.signer.keys
    assert isinstance(keys, FixedKeys)
    keys.keys = (b"the next key of the forms", *keys.keys)

    browser.send(terms="1", terms_signature="Ada Lovelace")

    hold = shop.service.get(order_id=the_order_id(browser, shop)).hold
    assert hold is not None
    assert hold.amount_cents == 9900


def test_a_stamp_that_somebody_made_themselves_charges_nothing(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    with_card(browser)
    keys = shop.signer.keys
    assert isinstance(keys, FixedKeys)
    keys.keys = (b"a key that signed none of the pages",)

    page = browser.send(terms="1", terms_signature="Ada Lovelace")

    assert page.status in (403, 409)
    assert shop.service.get(order_id=the_order_id(browser, shop)).hold is None
