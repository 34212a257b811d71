"""What a coupon takes off, whom it fits, and how often: cents come out whole, and lines add up to the total."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.catalog.coupon import Charge, Coupon, Discount, OptionDiscount, normal_code
from lambdas.orders.ports import Sale
from tests.support.build import NOW
from tests.support.coupons import SALE, a_coupon, amount, percent, pricing_with

CENTS = st.integers(0, 10_000_000)
DISCOUNTS = st.builds(Discount, value=st.integers(0, 10_000), is_amount=st.just(False)) | st.builds(
    Discount, value=CENTS, is_amount=st.just(True)
)
SPO_IDS = st.sampled_from(["100", "101", "110"])
COUPONS = st.builds(
    a_coupon,
    discount=DISCOUNTS,
    setup_discount=DISCOUNTS,
    options=st.dictionaries(SPO_IDS, st.builds(OptionDiscount, recurring=DISCOUNTS, setup=DISCOUNTS)),
)
CHARGES = st.lists(st.builds(Charge, SPO_IDS | st.just(""), CENTS, CENTS), max_size=5, unique_by=lambda c: c.spo_id)


@given(COUPONS, CHARGES)
def test_it_takes_off_whole_cents_never_less_than_nothing_nor_more_than_there_is(
    coupon: Coupon, charges: list[Charge]
) -> None:
    recurring, setup = coupon.off(charges)

    assert 0 <= recurring <= sum(charge.recurring_cents for charge in charges)
    assert 0 <= setup <= sum(charge.setup_cents for charge in charges)


@given(COUPONS, st.lists(CHARGES, max_size=4))
def test_the_amounts_of_an_orders_coupon_are_taken_once_however_many_packs_there_are(
    coupon: Coupon, packs: list[list[Charge]]
) -> None:
    amounts = [coupon.discount, *(option.recurring for option in coupon.options.values())]
    taken, left = 0, coupon
    for charges in packs:
        taken += left.off(charges)[0]
        left = left.after(charges)

    if all(discount.is_amount for discount in amounts):
        assert taken <= sum(discount.value for discount in amounts)
    assert taken <= sum(charge.recurring_cents for charges in packs for charge in charges)


PLANS = st.fixed_dictionaries(
    {"plan_id": st.sampled_from(["1", "2", "3", "4"]), "quantity": st.integers(1, 50)},
    optional={
        "options": st.fixed_dictionaries({"31": st.sampled_from(["100", "101"])}),
        "price": st.integers(0, 10_000).map(str),
        "setup_qs": st.sampled_from(["0", "1"]),
        "coupon": st.sampled_from(["save10", "other"]),
    },
)


@given(COUPONS, COUPONS, st.lists(PLANS, max_size=4), st.sampled_from(["SAVE10", "OTHER", "none", ""]))
def test_lines_add_up_to_the_total_and_a_coupon_never_makes_anything_dearer(
    first: Coupon, second: Coupon, plans: list[dict[str, Any]], of_order: str
) -> None:
    other = second.model_copy(update={"coupon_id": "2", "coupon_code": "OTHER"})
    info = {"coupon": of_order, **{f"pack{number}": pack for number, pack in enumerate(plans, 1)}}
    listed = pricing_with().price(info, SALE)

    for before, after in zip(listed, pricing_with(first, other).price(info, SALE), strict=True):
        assert (after.recurring_cents, after.setup_cents) == (before.recurring_cents, before.setup_cents)
        assert 0 <= after.first_recurring_cents <= before.recurring_cents
        assert 0 <= after.net_setup_cents <= before.setup_cents
        assert after.first_charge_cents + after.discount_cents == before.first_charge_cents


@pytest.mark.parametrize(
    ("cents", "rate", "off"),
    [(995, "10", 100), (994, "10", 99), (5, "10", 1), (4, "10", 0), (1, "50", 1), (999, "33.33", 333), (7, "100", 7)],
)
def test_a_percentage_is_rounded_half_up(cents: int, rate: str, off: int) -> None:
    assert a_coupon(discount=percent(rate)).off([Charge("", cents, 0)]) == (off, 0)


def test_a_line_is_rounded_once_not_part_by_part() -> None:
    parts = [Charge("", 5, 0), Charge("101", 5, 0), Charge("110", 5, 0)]  # half a cent each
    options = {"101": OptionDiscount(recurring=percent("10")), "110": OptionDiscount(recurring=percent("10"))}

    assert a_coupon(options=options).off(parts) == (2, 0)


def test_an_option_with_a_discount_of_its_own_is_not_discounted_by_the_coupons() -> None:
    options = {"101": OptionDiscount(recurring=amount(500), setup=percent("50"))}
    coupon = a_coupon(discount=percent("100"), setup_discount=amount(10), options=options)

    assert coupon.off([Charge("", 1000, 5), Charge("101", 3000, 200), Charge("110", 100, 0)]) == (1100 + 500, 5 + 100)


@pytest.mark.parametrize(
    ("coupon", "sale", "fits"),
    [
        ({}, {}, True),
        ({"active": False}, {}, False),
        ({"class_id": 2}, {}, False),
        ({"class_id": 2}, {"brand_id": 2}, True),
        ({"start": NOW}, {}, True),
        ({"start": NOW + 1}, {}, False),
        ({"expire": NOW}, {}, True),
        ({"expire": NOW - 1}, {}, False),
        ({"vip": True}, {}, False),
        ({"vip": True}, {"client_id": "101"}, True),
        ({"clients": ("101", "102")}, {}, False),
        ({"clients": ("101", "102")}, {"client_id": "102"}, True),
        ({"clients": ("101", "102")}, {"client_id": "103"}, False),
    ],
)
def test_whom_it_fits(coupon: dict[str, Any], sale: dict[str, Any], fits: bool) -> None:
    asked = Sale(**{"brand_id": 1, "client_id": None, "now": NOW, "currency": "USD", **sale})

    assert a_coupon(**coupon).fits(asked) is fits


@pytest.mark.parametrize(("written", "kept"), [(" save10 ", "SAVE10"), ("größe", "GRÖSSE"), ("x" * 65, ""), ("", "")])
def test_a_code_is_kept_in_upper_case(written: str, kept: str) -> None:
    assert normal_code(written) == kept
