"""Coupons in the record table: codes are unique in a brand, and nobody's change is lost."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.catalog.coupon import Coupon, OptionDiscount
from lambdas.catalog.coupon_errors import CouponBusyError, CouponCodeTakenError, CouponNotFoundError
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.coupons.use import CouponUseRecords
from lambdas.records.table import RecordTable
from tests.support.build import NOW
from tests.support.coupons import a_coupon, amount, percent


@pytest.fixture
def coupons(records: RecordTable) -> CouponRecords:
    return CouponRecords(records)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdas.runtime.retry_budget.sleep", lambda _: None)


def having(**changes: Any) -> Callable[[Coupon], Coupon]:
    return lambda before: before.model_copy(update=changes)


class Rival:
    """A client before whose transactions somebody else does something, as often as it is told."""

    def __init__(self, client: Any, does: Callable[[], object], times: int = 1) -> None:
        self._client, self._does, self._left = client, does, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **request: Any) -> Any:
        self._left -= 1
        if self._left >= 0:
            self._does()
        return self._client.transact_write_items(**request)


def test_a_coupon_comes_back_as_it_was_added(coupons: CouponRecords) -> None:
    coupon = a_coupon(
        coupon_id="",
        plan_id="2",
        descriptions={"de_DE": "Zehn Prozent"},
        start=NOW,
        expire=NOW + 5,
        vip=True,
        recurring=True,
        discount=percent("12.5"),
        setup_discount=amount(500),
        max_uses=7,
        options={"101": OptionDiscount(recurring=amount(1))},
    )
    added = coupons.add(coupon)

    assert added == coupon.model_copy(update={"coupon_id": "1"})
    assert coupons.get("1") == added
    assert coupons.get("2") is None


def test_a_refused_code_takes_no_number(coupons: CouponRecords) -> None:
    first = coupons.add(a_coupon(coupon_code="SAVE10"))
    with pytest.raises(CouponCodeTakenError):
        coupons.add(a_coupon(coupon_code="save10"))

    assert int(coupons.add(a_coupon(coupon_code="OTHER")).coupon_id) == int(first.coupon_id) + 1


def test_a_code_is_taken_once_in_a_brand(coupons: CouponRecords) -> None:
    coupons.add(a_coupon())

    with pytest.raises(CouponCodeTakenError, match="coupon_code: another coupon of brand 1"):
        coupons.add(a_coupon())
    other_brand = coupons.add(a_coupon(class_id=2))
    assert coupons.find(2, "SAVE10") == other_brand
    assert [coupon.class_id for coupon in coupons.every()] == [1, 2]


def test_a_new_code_frees_the_old_one(coupons: CouponRecords) -> None:
    first = coupons.add(a_coupon()).coupon_id
    coupons.update(first, having(coupon_code="SPRING"))

    assert coupons.find(1, "SAVE10") is None
    second = coupons.add(a_coupon()).coupon_id
    with pytest.raises(CouponCodeTakenError):
        coupons.update(second, having(coupon_code="SPRING"))
    assert (found := coupons.find(1, "SPRING")) is not None
    assert found.coupon_id == first
    assert (kept := coupons.find(1, "SAVE10")) is not None
    assert kept.coupon_id == second


def test_a_change_is_decided_anew_if_somebody_else_came_first(records: RecordTable, coupons: CouponRecords) -> None:
    coupon_id = coupons.add(a_coupon()).coupon_id
    client: Any = Rival(records.client, lambda: coupons.update(coupon_id, having(max_uses=5)))

    changed = CouponRecords(RecordTable(records.name, client)).update(coupon_id, having(description="New"))

    assert (changed.max_uses, changed.description, changed.revision) == (5, "New", 3)
    assert coupons.get(coupon_id) == changed


def test_a_change_that_never_comes_through_says_so(records: RecordTable, coupons: CouponRecords) -> None:
    coupon_id = coupons.add(a_coupon()).coupon_id
    client: Any = Rival(records.client, lambda: coupons.update(coupon_id, having(max_uses=5)), times=100)

    with pytest.raises(CouponBusyError, match="try the same again in a minute"):
        CouponRecords(RecordTable(records.name, client)).update(coupon_id, having(description="New"))
    assert (found := coupons.get(coupon_id)) is not None
    assert found.description == "Ten percent"


def test_a_change_touches_neither_uses_nor_clients(records: RecordTable, coupons: CouponRecords) -> None:
    coupon_id = coupons.add(a_coupon()).coupon_id

    def meanwhile() -> None:
        CouponUseRecords(records).redeem(coupon_id, "1001", now=NOW)
        coupons.add_clients(coupon_id, ["101"])

    client: Any = Rival(records.client, meanwhile)
    CouponRecords(RecordTable(records.name, client)).update(coupon_id, having(description="New"))

    assert (found := coupons.get(coupon_id)) is not None
    assert (found.description, found.total_uses, found.clients) == ("New", 1, ("101",))


def test_clients_are_added_and_deleted_and_it_may_be_repeated(coupons: CouponRecords) -> None:
    coupon_id = coupons.add(a_coupon()).coupon_id

    for _ in range(2):
        assert coupons.add_clients(coupon_id, ["1002", "101"]).clients == ("101", "1002")
    for _ in range(2):
        assert coupons.delete_clients(coupon_id, ["101", "7"]).clients == ("1002",)
    assert coupons.delete_clients(coupon_id, ["1002"]).clients == ()


@pytest.mark.parametrize("change", ["update", "add_clients", "delete_clients"])
def test_a_coupon_that_is_not_there_cannot_be_changed(coupons: CouponRecords, change: str) -> None:
    with pytest.raises(CouponNotFoundError, match="could not get coupon info"):
        getattr(coupons, change)("9", having() if change == "update" else ["101"])
    assert list(coupons.every()) == []


def test_a_use_waits_for_a_transaction_that_is_open_on_its_coupon(records: RecordTable, coupons: CouponRecords) -> None:
    coupon_id = coupons.add(a_coupon()).coupon_id

    def conflict() -> None:
        answer: Any = {
            "Error": {"Code": "TransactionCanceledException", "Message": "conflict"},
            "CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict"}],
        }
        raise records.client.exceptions.TransactionCanceledException(answer, "TransactWriteItems")

    client: Any = Rival(records.client, conflict, times=3)
    assert CouponUseRecords(RecordTable(records.name, client)).redeem(coupon_id, "1001", now=NOW)
    client = Rival(records.client, conflict, times=100)
    with pytest.raises(CouponBusyError):
        CouponUseRecords(RecordTable(records.name, client)).redeem(coupon_id, "1002", now=NOW)


def test_of_two_that_give_back_at_once_one_does(records: RecordTable, coupons: CouponRecords) -> None:
    coupon_id = coupons.add(a_coupon()).coupon_id
    uses = CouponUseRecords(records)
    uses.redeem(coupon_id, "1001", now=NOW)
    client: Any = Rival(records.client, lambda: uses.give_back("1001"))

    assert CouponUseRecords(RecordTable(records.name, client)).give_back("1001") == ()
    assert (found := coupons.get(coupon_id)) is not None
    assert found.total_uses == 0
