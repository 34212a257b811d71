"""The function that keeps holds: it looks at what is due, and one hold that fails stops no other."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.orders.decisions import hold_clock
from lambdas.orders.decisions.deadlines import next_look_at, with_overdue_marked
from lambdas.orders.model.hold_clock import Trouble
from lambdas.orders.model.order import Hold, Order
from lambdas.orders.store import DynamoOrderStore
from lambdas.orders.table.entries import FoundOrder, UnreadableOrder
from lambdas.payments.holds.keeping import HoldKeeper, Kept
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.clients.client import ClientRecords
from lambdas.records.table import RecordTable
from lambdas.watch import holds
from lambdas.watch.holds import keep_due
from tests.support.build import CARD, CONTACT, NOW, a_submitted_order, hold_key
from tests.support.tables import make_order_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

DAY = 86_400


@dataclass
class Context:
    left: int = 240_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left


def held(order_id: str = "1001", *, held_at: int = NOW, **changes: object) -> Order:
    hold = Hold(
        transaction_id="t",
        key="k",
        method="card",
        amount_cents=995,
        currency="USD",
        held_at=held_at,
        capture_before=held_at + 7 * DAY,
    )
    return a_submitted_order().changed(**{"order_id": order_id, "hold": hold, "looked_at": NOW, **changes})


def test_only_what_is_due_is_kept_and_a_failure_stops_no_other() -> None:
    asked = list[str]()

    def keep(order_id: str) -> Kept:
        asked.append(order_id)
        if order_id == "1002":
            raise ValueError("broken")
        return Kept.RENEWED

    found: list[FoundOrder] = [
        UnreadableOrder(order_id="1000", order_queue_id=1, step_id=12, why="broken"),
        held("1001", held_at=NOW - 6 * DAY),
        held("1002", held_at=NOW - 6 * DAY),
        held("1003"),
        held("1004", held_at=NOW - 4 * DAY),
    ]
    assert keep_due(found, keep, NOW, Context()) == {Kept.RENEWED: 2}
    assert asked == ["1001", "1002", "1004"]


def test_a_run_without_time_leaves_the_rest_to_the_next() -> None:
    due = held(held_at=NOW - 6 * DAY)
    assert keep_due([due], lambda _: Kept.RENEWED, NOW, Context(left=1_000)) == {}


def test_a_young_order_is_in_no_index_because_of_its_hold() -> None:
    """Most orders are captured within the hour, and an entry of an index costs two writes."""
    young = held(looked_at=None)

    assert next_look_at(young) is None
    assert next_look_at(young.changed(activity=NOW + 3_601)) == NOW + 7 * DAY // 2
    assert next_look_at(hold_clock.begun(young, NOW + 300)) == NOW + 7 * DAY // 2
    assert hold_clock.begun(held(), NOW) == held()


def test_work_on_a_hold_that_nobody_needs_any_more_is_dropped() -> None:
    late = held(held_at=NOW - 6 * DAY)
    given = hold_clock.given_to_person(late, Trouble.ASKED, NOW, is_held=True)
    assert list(given.waits) == ["hold_103"]
    assert given.hold is not None
    captured = given.changed(hold=given.hold.changed(captured=True))

    assert with_overdue_marked(captured, NOW + 9 * DAY).waits == {}
    assert next_look_at(with_overdue_marked(captured, NOW + 9 * DAY)) is None
    assert with_overdue_marked(given, NOW + 2 * DAY).waits["hold_103"].overdue


def test_a_provider_vouches_for_less_than_the_hold_lives() -> None:
    """PayPal: 29 days, but three of honour."""
    order = held()
    assert order.hold is not None
    paypal = order.hold.changed(capture_before=NOW + 29 * DAY, honoured_until=NOW + 3 * DAY)

    assert hold_clock.mark_at(paypal, hold_clock.LATE) == NOW + 3 * DAY * 80 // 100


def test_the_function_keeps_what_its_tables_say_is_due(
    dynamodb: "DynamoDBClient", records: RecordTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the index of deadlines, with the stage's own gateway and the deployed queue's rules."""
    store = DynamoOrderStore(make_order_table(dynamodb, "orders-of-holds"), dynamodb)
    gateway = SandboxGateway(records.name, records.client, now=lambda: NOW)
    order = a_submitted_order(info={**CONTACT, **CARD}, looked_at=NOW)
    asked: dict[str, Any] = {"token": "tok_approve", "amount_cents": 995, "currency": "USD", "order_id": order.order_id}
    money = gateway.authorize(key=hold_key(order), **asked)
    hold = Hold(
        transaction_id=money.transaction_id,
        key=money.key,
        method="card",
        amount_cents=995,
        currency="USD",
        capture_before=money.capture_before,
    )
    store.create(order.changed(hold=hold), [], NOW)
    later = NOW + 6 * DAY
    late = SandboxGateway(records.name, records.client, now=lambda: later)
    keeper = HoldKeeper(store, late, ClientRecords(records), holds._holds_of, lambda: later)
    monkeypatch.setattr(holds, "_keeper", lambda: keeper)
    monkeypatch.setattr(holds, "_now", lambda: later)

    assert holds.handler({}, Context())["renewed"] == 1
    assert holds.handler({}, Context()) == dict.fromkeys((each.value for each in Kept), 0)
    renewed = store.get(order.order_id).hold
    assert renewed is not None
    assert renewed.capture_before == later + 7 * DAY
