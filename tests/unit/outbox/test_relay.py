"""The relay passes on every change in order, and begins again at the first it could not pass on."""

from collections.abc import Sequence
from typing import Any

import pytest

from lambdas.orders import progress
from lambdas.orders.machine import Answer, Machine
from lambdas.orders.order import Order, Wait
from lambdas.orders.ports import OrderStore
from lambdas.orders.store import order_item
from lambdas.outbox import relay as outbox
from tests.build import CONTACT, NOW, an_order
from tests.fakes import FakeBus, FakeCounts, FakeMachine, InMemoryOrderStore
from tests.logs import logged


def relay(
    records: Sequence[dict[str, Any]],
    machine: Machine,
    bus: FakeBus,
    orders: OrderStore | None = None,
    counts: FakeCounts | None = None,
) -> str | None:
    return outbox.relay(records, machine, bus, orders or InMemoryOrderStore(), counts or FakeCounts())


def record(sequence: int, new: Order | None, old: Order | None = None) -> dict[str, Any]:
    """A stream record as DynamoDB writes it, with both images."""
    images = {"NewImage": new, "OldImage": old}
    named = new or old
    assert named
    return {
        "eventName": "REMOVE" if new is None else "MODIFY" if old else "INSERT",
        "dynamodb": {
            "SequenceNumber": str(sequence),
            "Keys": {"pk": {"S": named.order_id}, "sk": {"S": "order"}},
            **{name: order_item(order) for name, order in images.items() if order},
        },
    }


def lead(order_id: str, **changes: Any) -> Order:
    return an_order(order_id=order_id, **changes)


def submitted(order: Order) -> Order:
    return progress.submitted(order, now=NOW, hold=None).changed(revision=order.revision + 1)


def waiting(order: Order, **tokens: str) -> Order:
    waits = {key: Wait(token=token, since=NOW, due_at=NOW, owner="x") for key, token in tokens.items()}
    return order.changed(waits=waits)


def told(bus: FakeBus) -> list[str]:
    return [f"{event.order_id} {event.name}" for event in bus.accepted]


def test_a_lead_is_told_and_starts_no_machine() -> None:
    machine, bus = FakeMachine(), FakeBus()

    assert relay([record(1, lead("1001"))], machine, bus) is None
    assert machine.started == []
    assert told(bus) == ["1001 OrderCreated"]


def test_a_submit_starts_the_machine_of_its_order() -> None:
    machine = FakeMachine()

    assert relay([record(1, submitted(lead("1001")), lead("1001"))], machine, FakeBus()) is None
    assert machine.started == ["1001"]


def test_changes_are_told_in_the_order_of_the_stream() -> None:
    machine, bus = FakeMachine(), FakeBus()
    first, second = lead("1001"), lead("1002")
    relay([record(1, first), record(2, second), record(3, submitted(first), first)], machine, bus)

    assert machine.started == ["1001"]
    assert told(bus) == [
        "1001 OrderCreated",
        "1002 OrderCreated",
        "1001 OrderSubmitted",
        "1001 OrderStepEntered",
    ]


def test_a_change_answers_the_waits_that_it_took_off() -> None:
    machine = FakeMachine()
    parked = waiting(lead("1001", machine_run=1), leads="t-1")  # by an earlier version
    relay([record(1, submitted(parked), parked)], machine, FakeBus())

    assert machine.answered == [("t-1", Answer.GO_ON)]
    assert machine.started == []


def test_a_cancel_wakes_all_waits() -> None:
    machine = FakeMachine()
    parked = waiting(submitted(lead("1001")), **{"101": "t-1", "102": "t-2"})
    relay([record(1, progress.canceled(parked, now=NOW, because="x"), parked)], machine, FakeBus())

    assert machine.answered == [("t-1", Answer.CANCELED), ("t-2", Answer.CANCELED)]


def test_an_order_that_its_time_to_live_removed_says_nothing_and_is_counted_out() -> None:
    machine, bus, counts = FakeMachine(), FakeBus(), FakeCounts()

    assert relay([record(1, None, lead("1001"))], machine, bus, counts=counts) is None
    assert (machine.started, machine.answered, bus.accepted) == ([], [], [])
    assert counts.followed == [(11, None)]


def test_every_change_is_counted_and_one_that_cannot_be_comes_again() -> None:
    machine, bus, counts = FakeMachine(), FakeBus(), FakeCounts(fails_on={"1003"})
    first, third = lead("1001"), lead("1003")
    batch = [
        record(1, first),
        record(2, submitted(first), first),
        record(3, submitted(third), third),
        record(4, lead("1004")),
    ]

    assert relay(batch, machine, bus, counts=counts) == "3"
    assert counts.followed == [(None, 11), (11, 12)]
    assert "1003" in machine.started  # nobody waits for a number
    assert "1003 OrderSubmitted" not in told(bus)


def test_the_first_record_that_fails_is_reported_and_nothing_after_it_is_passed_on() -> None:
    machine, bus = FakeMachine(fails_on={"1002"}), FakeBus()
    batch = [record(number, submitted(lead(f"100{number}"))) for number in (1, 2, 3)]

    assert relay(batch, machine, bus) == "2"
    assert machine.started == ["1001"]
    assert told(bus) == ["1001 OrderCreated"]


def test_a_record_that_cannot_be_read_is_reported_without_its_content(caplog: pytest.LogCaptureFixture) -> None:
    broken = record(2, lead("1002"))
    del broken["dynamodb"]["NewImage"]["hash"]

    assert relay([record(1, lead("1001")), broken], FakeMachine(), FakeBus()) == "2"
    assert CONTACT["email"] not in logged(caplog)


def test_the_first_event_the_bus_did_not_take_names_where_to_begin_again() -> None:
    machine, bus = FakeMachine(), FakeBus(refuses=2)
    first = lead("1001")
    batch = [record(1, first), record(2, submitted(first), first), record(3, lead("1003"))]

    assert relay(batch, machine, bus) == "2"


def test_a_refused_event_before_a_failed_record_is_where_to_begin_again() -> None:
    machine, bus = FakeMachine(fails_on={"1003"}), FakeBus(refuses=0)
    batch = [record(number, submitted(lead(f"100{number}"))) for number in (1, 2, 3)]

    assert relay(batch, machine, bus) == "1"


def test_a_repeated_batch_tells_the_same_events_under_the_same_ids() -> None:
    machine, bus = FakeMachine(), FakeBus()
    batch = [record(1, lead("1001")), record(2, submitted(lead("1001")), lead("1001"))]
    for _ in range(2):
        assert relay(batch, machine, bus) is None

    half = len(bus.accepted) // 2
    assert bus.accepted[:half] == bus.accepted[half:]


def test_an_empty_batch_is_fine() -> None:
    assert relay([], FakeMachine(), FakeBus()) is None
