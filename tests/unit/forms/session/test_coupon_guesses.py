"""Nobody finds a coupon code by trying."""

from lambdas.catalog.coupon import Coupon, Discount
from lambdas.forms.session.coupon_guesses import OF_SOURCE
from lambdas.forms.shop import Shop
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.table import RecordTable
from tests.unit.forms.browser import Browser
from tests.unit.forms.conftest import to_payment


def price(browser: Browser, code: str) -> int:
    return browser.post("/forms/hosting/price?page=payment", {**browser.shown.inputs, "coupon": code}).status


def test_codes_are_not_found_out_by_trying(browser: Browser, shop: Shop, records: RecordTable) -> None:
    CouponRecords(records).add(Coupon(coupon_code="TENTH", class_id=1, discount=Discount(value=1_000)))
    to_payment(browser)
    assert [price(browser, f"guess{number}") for number in range(OF_SOURCE.most)] == [200] * OF_SOURCE.most

    assert price(browser, "one-more") == 429
    assert price(browser, "tenth") == 429  # a right one is not told from a wrong one
    assert price(browser, "") == 200
    assert browser.send(coupon="tenth").status == 429


def test_a_right_code_uses_nothing_up(browser: Browser, shop: Shop, records: RecordTable) -> None:
    CouponRecords(records).add(Coupon(coupon_code="TENTH", class_id=1, discount=Discount(value=1_000)))
    to_payment(browser)

    assert {price(browser, "tenth") for _ in range(OF_SOURCE.most + 5)} == {200}
