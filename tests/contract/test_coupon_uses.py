"""What counts uses of coupons: the in-memory twin, DynamoDB as the engine, dynalite and moto have it."""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambdas.catalog.coupon import Coupon, Coupons, CouponUses
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.coupons.use import CouponUseRecords
from lambdas.records.table import RecordTable
from tests.contract.conftest import DYNAMO
from tests.support.build import NOW
from tests.support.coupons import InMemoryCoupons, a_coupon
from tests.support.tables import make_table

KINDS = ["in memory", *DYNAMO]


class Place:
    """Coupons and their uses, and a way to put a coupon there."""

    def __init__(self, coupons: Coupons, uses: CouponUses, add: Callable[[Coupon], str]) -> None:
        self.coupons, self.uses, self._add = coupons, uses, add

    def coupon(self, **changes: Any) -> str:
        return self._add(a_coupon(**changes))

    def total_uses(self) -> int:
        found = self.coupons.find(1, "SAVE10")
        assert found is not None
        return found.total_uses


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "in memory":
        kept = InMemoryCoupons()

        def keep(coupon: Coupon) -> str:
            kept.coupons[coupon.coupon_id] = coupon
            return coupon.coupon_id

        yield Place(kept, kept, keep)
        return
    real = request.param != "moto"
    if not real:
        request.getfixturevalue("socket_disabled")
    with nullcontext() if real else mock_aws():
        client = (
            request.getfixturevalue(f"{request.param}_dynamodb")
            if real
            else boto3.client("dynamodb", region_name="us-east-1")
        )
        table = RecordTable(make_table(client, f"records-{secrets.token_hex(4)}"), client)
        records = CouponRecords(table)
        yield Place(records, CouponUseRecords(table), lambda coupon: records.add(coupon).coupon_id)


def test_a_code_is_found_in_its_brand_in_whatever_case(place: Place) -> None:
    coupon_id = place.coupon()

    found = place.coupons.find(1, " save10")
    assert found == a_coupon(coupon_id=coupon_id)
    assert place.coupons.find(2, "SAVE10") is None
    assert place.coupons.find(1, "SAVE11") is None
    assert place.coupons.find(1, "") is None


def test_an_order_uses_a_coupon_once_however_often_it_asks(place: Place) -> None:
    coupon_id = place.coupon()

    assert [place.uses.redeem(coupon_id, "1001", now=NOW) for _ in range(3)] == [True] * 3
    assert place.total_uses() == 1
    assert place.uses.is_used_by(coupon_id, "1001")
    assert not place.uses.is_used_by(coupon_id, "1002")


def test_a_limit_holds_and_whoever_has_a_use_keeps_it(place: Place) -> None:
    coupon_id = place.coupon(max_uses=2)
    asked = [place.uses.redeem(coupon_id, order_id, now=NOW) for order_id in ("1001", "1002", "1003", "1001")]

    assert asked == [True, True, False, True]
    assert place.total_uses() == 2


@pytest.mark.parametrize("coupon", [{"active": False}, {"start": NOW + 1}, {"expire": NOW - 1}])
def test_one_that_does_not_count_now_is_not_used(place: Place, coupon: dict[str, Any]) -> None:
    coupon_id = place.coupon(**coupon)

    assert not place.uses.redeem(coupon_id, "1001", now=NOW)
    assert place.total_uses() == 0


@pytest.mark.parametrize("coupon", [{}, {"start": NOW}, {"expire": NOW}, {"expire": 0}])
def test_its_dates_are_both_inclusive(place: Place, coupon: dict[str, Any]) -> None:
    assert place.uses.redeem(place.coupon(**coupon), "1001", now=NOW)


def test_a_use_is_given_back_once_and_may_be_taken_again(place: Place) -> None:
    coupon_id = place.coupon(max_uses=1)
    place.uses.redeem(coupon_id, "1001", now=NOW)

    assert place.uses.give_back("1002") == ()
    assert place.uses.give_back("1001") == (coupon_id,)
    assert place.uses.give_back("1001") == ()
    assert place.total_uses() == 0
    assert place.uses.redeem(coupon_id, "1002", now=NOW)
    assert not place.uses.redeem(coupon_id, "1001", now=NOW)
    place.uses.give_back("1002")
    assert place.uses.redeem(coupon_id, "1001", now=NOW)
    assert place.total_uses() == 1


def test_what_is_to_be_kept_is_not_given_back(place: Place) -> None:
    first = place.coupon()
    second = place.coupon(coupon_id="2", coupon_code="OTHER")
    for coupon_id in (first, second):
        place.uses.redeem(coupon_id, "1001", now=NOW)

    assert place.uses.give_back("1001", keep=[second]) == (first,)
    assert place.uses.is_used_by(second, "1001")


@pytest.mark.engine
@pytest.mark.parametrize("place", ["engine"], indirect=True)
def test_of_many_orders_at_once_as_many_get_the_coupon_as_may(place: Place) -> None:
    coupon_id = place.coupon(max_uses=3)
    with ThreadPoolExecutor(12) as pool:
        got = list(pool.map(lambda number: place.uses.redeem(coupon_id, str(number), now=NOW), range(1001, 1013)))

    assert (got.count(True), place.total_uses()) == (3, 3)
