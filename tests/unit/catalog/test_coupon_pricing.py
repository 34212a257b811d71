"""Coupons on packs and on whole orders."""

from typing import Any

import pytest

from lambdas.catalog.pricing import CatalogPricing
from lambdas.orders.model.packs import PricedPack
from lambdas.orders.ports import Sale
from tests.support.build import NOW
from tests.support.coupons import SALE, a_coupon, amount, percent, pricing_with

HOSTING, SERVER = {"plan_id": "1"}, {"plan_id": "2"}  # 9.95 a month; 149.00 a month and 99.00 set-up


def discounts(pricing: CatalogPricing, info: dict[str, Any], sale: Sale = SALE) -> list[tuple[int, int]]:
    return [(pack.recurring_discount_cents, pack.setup_discount_cents) for pack in pricing.price(info, sale)]


def one(info: dict[str, Any], **coupon: Any) -> PricedPack:
    (pack,) = pricing_with(a_coupon(**coupon)).price(info, SALE)
    return pack


def test_a_packs_coupon_is_for_that_pack_and_the_orders_for_all() -> None:
    pricing = pricing_with(a_coupon())

    assert discounts(pricing, {"pack1": {**HOSTING, "coupon": "save10"}, "pack2": HOSTING}) == [(100, 0), (0, 0)]
    assert discounts(pricing, {"coupon": "Save10 ", "pack1": HOSTING, "pack2": HOSTING}) == [(100, 0), (100, 0)]


def test_a_packs_own_coupon_wins_and_they_do_not_add_up() -> None:
    pricing = pricing_with(a_coupon(), a_coupon(coupon_id="2", coupon_code="HALF", discount=percent("50")))
    info = {"coupon": "HALF", "pack1": {**HOSTING, "coupon": "SAVE10"}, "pack2": {**HOSTING, "coupon": "unknown"}}

    assert discounts(pricing, info) == [(100, 0), (498, 0)]
    assert [pack.coupon and pack.coupon.coupon_id for pack in pricing.price(info, SALE)] == ["1", "2"]


def test_an_orders_amount_is_taken_once_from_the_first_packs_it_covers() -> None:
    pricing = pricing_with(a_coupon(discount=amount(1500), setup_discount=amount(10_000)))

    assert discounts(pricing, {"coupon": "SAVE10", "pack1": HOSTING, "pack2": SERVER, "pack3": SERVER}) == [
        (995, 0),
        (505, 9900),
        (0, 100),
    ]


def test_a_packs_amount_is_taken_from_each_pack_that_names_it() -> None:
    pack = {**SERVER, "coupon": "SAVE10"}

    assert discounts(pricing_with(a_coupon(discount=amount(1500))), {"pack1": pack, "pack2": pack}) == [
        (1500, 0),
        (1500, 0),
    ]


def test_a_coupon_of_one_plan_is_for_packs_of_that_plan() -> None:
    pricing = pricing_with(a_coupon(plan_id="2"))

    assert discounts(pricing, {"coupon": "SAVE10", "pack1": HOSTING, "pack2": SERVER}) == [(0, 0), (1490, 0)]


@pytest.mark.parametrize(
    "coupon",
    [
        {"active": False},
        {"class_id": 2},
        {"plan_id": "2"},
        {"expire": NOW - 1},
        {"vip": True},
        {"max_uses": 3, "total_uses": 3},
        {"coupon_code": "OTHER"},
    ],
)
def test_one_that_does_not_fit_is_ignored(coupon: dict[str, Any]) -> None:
    pack = one({"pack1": {**HOSTING, "coupon": "SAVE10"}}, **coupon)

    assert (pack.coupon, pack.first_charge_cents) == (None, 995)


def test_a_used_up_one_still_counts_for_the_order_that_used_it() -> None:
    pricing = pricing_with(a_coupon(max_uses=1))
    assert pricing.uses.redeem("1", "1001", now=NOW)
    info = {"coupon": "SAVE10", "pack1": HOSTING}

    def of_order(order_id: str) -> Sale:
        return Sale(brand_id=1, client_id=None, now=NOW, currency="USD", order_id=order_id)

    assert discounts(pricing, info, of_order("1001")) == [(100, 0)]
    assert discounts(pricing, info, of_order("1002")) == [(0, 0)]


@pytest.mark.parametrize(("recurring", "renewal"), [(False, 995), (True, 895)])
def test_later_periods_cost_less_only_if_it_recurs(recurring: bool, renewal: int) -> None:
    pack = one({"pack1": {**HOSTING, "coupon": "SAVE10"}}, recurring=recurring)

    assert (pack.first_recurring_cents, pack.renewal_cents) == (895, renewal)


def test_a_percentage_is_of_what_the_caller_named_as_price() -> None:
    assert one({"pack1": {**HOSTING, "price": "20", "quantity": 3, "coupon": "SAVE10"}}).recurring_discount_cents == 600


@pytest.mark.parametrize("coupon", [{"coupon_code": "SAVE10", "coupon_id": "1"}, "SAVE10", {"coupon_code": ["x"]}, []])
def test_a_coupon_may_be_said_as_the_object_that_was_read_back(coupon: Any) -> None:
    fits = coupon not in ([], {"coupon_code": ["x"]})

    assert (one({"pack1": {**HOSTING, "coupon": coupon}}).coupon is not None) is fits
