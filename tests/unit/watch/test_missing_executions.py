"""Orders that no execution walks are found by the sweep, whatever became of the status events."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lambdas.orders.decisions import progress
from lambdas.orders.decisions.deadlines import UNWOUND_WITHIN_SECONDS
from lambdas.orders.decisions.operator import restart
from lambdas.orders.model.executions import Execution, execution_name
from lambdas.orders.model.order import Order
from lambdas.orders.model.waits import MACHINE_WAIT
from lambdas.watch.missing_executions import CHECKED_PER_SWEEP, SWEEP_SECONDS, ExecutionCheck
from lambdas.watch.sweeper import sweep
from tests.support.build import NOW, a_submitted_order, an_order, the_default_queue
from tests.support.fakes import FakeMachine, InMemoryOrderStore
from tests.unit.watch.test_sweeper import an_attempt

DAY = 86_400


class Ended:
    """Lists of executions that ended early, by status."""

    def __init__(self, **found: list[tuple[str, int]]) -> None:
        self.found = found

    def get_paginator(self, _: str) -> "Ended":
        return self

    def paginate(self, *, statusFilter: str, **_: Any) -> list[dict[str, Any]]:
        moments = ((name, datetime.fromtimestamp(at, UTC)) for name, at in self.found.get(statusFilter, []))
        return [{"executions": [{"name": name, "startDate": at, "stopDate": at}]} for name, at in moments]


def compared(store: InMemoryOrderStore, machine: FakeMachine, now: int, **ended: list[tuple[str, int]]) -> int:
    client: Any = Ended(**ended)
    return ExecutionCheck(store, machine, client, {"1": "arn"}, {1: the_default_queue()}, now).mark()


def stored(*orders: Order) -> InMemoryOrderStore:
    store = InMemoryOrderStore()
    for order in orders:
        store.create(order, (), NOW)
    return store


def an_execution(order: Order, status: str) -> dict[str, Execution]:
    name = execution_name(order)
    return {name: Execution(name=name, status=status, started_at=NOW)}


@pytest.mark.parametrize("status", ["ABORTED", "FAILED", "TIMED_OUT", "SUCCEEDED"])
def test_an_order_under_way_whose_execution_ended_is_found_once(status: str) -> None:
    order = a_submitted_order()
    store, machine = stored(order), FakeMachine(ended=an_execution(order, status))

    assert compared(store, machine, NOW) == 1
    found = store.get("1001")
    assert found.machine_stopped_at == NOW
    assert found.waits[MACHINE_WAIT].owner == restart.OWNER
    assert compared(store, machine, NOW + SWEEP_SECONDS) == 0


def test_an_order_that_was_never_started_is_found_when_it_should_have_been() -> None:
    store, machine = stored(a_submitted_order()), FakeMachine()

    assert compared(store, machine, NOW + 1) == 0
    assert compared(store, machine, NOW + restart.STARTS_WITHIN_SECONDS) == 1
    assert store.get("1001").machine_stopped_because == "its machine was not started"


def test_a_canceled_order_that_is_not_unwound_is_found_by_its_execution() -> None:
    order = progress.canceled(a_submitted_order(), now=NOW, because="x")
    machine = FakeMachine(ended=an_execution(order, "FAILED"))

    assert compared(stored(order), machine, NOW, FAILED=[(execution_name(order), NOW)]) == 1
    assert compared(stored(order), machine, NOW + 2 * DAY) == 1  # too long ago to be listed, and not unwound
    unwound = order.changed(unwound_at=NOW)
    assert compared(stored(unwound), machine, NOW, FAILED=[(execution_name(order), NOW), ("by-hand", NOW)]) == 0


@pytest.mark.parametrize("is_lead", [True, False])
def test_a_canceled_order_whose_execution_never_started_is_found(is_lead: bool) -> None:
    """Its start was lost, or it was canceled at that very moment: it has something to unwind, and no status event comes."""
    before = an_order(attempt=an_attempt(ends_at=NOW)) if is_lead else a_submitted_order(hold=None)
    order = progress.canceled(before, now=NOW, because="x")
    store, machine = stored(order), FakeMachine()
    began = NOW + UNWOUND_WITHIN_SECONDS

    assert compared(store, machine, began - 1) == 0
    assert compared(store, machine, began + 1) == 1
    found = store.get("1001")
    assert (found.machine_stopped_at, found.machine_stopped_because) == (began + 1, "its machine was not started")
    assert (found.waits[MACHINE_WAIT].owner, found.waits[MACHINE_WAIT].due_at) == (
        restart.OWNER,
        began + 1 + restart.DUE_SECONDS,
    )
    assert compared(store, machine, began + SWEEP_SECONDS) == 0


def test_a_canceled_order_whose_execution_came_to_its_end_without_it_is_found() -> None:
    order = progress.canceled(a_submitted_order(), now=NOW, because="x")
    store, machine = stored(order), FakeMachine(ended=an_execution(order, "SUCCEEDED"))

    assert compared(store, machine, NOW + UNWOUND_WITHIN_SECONDS + 1) == 1


def test_a_canceled_order_that_is_unwinding_is_looked_at_every_hour_and_left_alone() -> None:
    order = progress.canceled(a_submitted_order(), now=NOW, because="x")
    store, machine = stored(order), FakeMachine(started=["1001"])
    looks = 0
    for now in range(NOW, NOW + DAY, SWEEP_SECONDS):
        assert compared(store, machine, now) == 0
        looks += sum(1 for _ in store.due(now))
        sweep(store, now, lambda lead: lead)

    assert 20 <= looks <= 25
    assert store.get("1001").machine_stopped_at is None
    store.save(store.get("1001").changed(unwound_at=NOW + DAY))
    assert list(store.due(NOW + 9 * DAY)) == []


def test_what_runs_or_is_a_lead_is_left_alone() -> None:
    order = a_submitted_order()
    store = stored(order)

    assert compared(store, FakeMachine(started=["1001"]), NOW + DAY) == 0
    assert store.get("1001") == order


def test_many_orders_are_looked_at_in_turns_each_within_some_sweeps() -> None:
    orders = [a_submitted_order(order_id=str(number)) for number in range(1001, 1001 + 3 * CHECKED_PER_SWEEP)]
    store, machine = stored(*orders), FakeMachine()
    began = NOW + DAY

    found = [compared(store, machine, began + turn * SWEEP_SECONDS) for turn in range(3)]

    assert found == [CHECKED_PER_SWEEP] * 3
    assert all(order.machine_stopped_at for order in store.orders.values())


def test_one_that_cannot_be_asked_after_stops_no_other() -> None:
    class Busy(FakeMachine):
        def execution(self, order: Order) -> Execution | None:
            if order.order_id == "1001":
                raise ConnectionError
            return super().execution(order)

    store = stored(a_submitted_order(), a_submitted_order(order_id="1002"))

    assert compared(store, Busy(), NOW + DAY) == 1
    assert store.get("1002").machine_stopped_at == NOW + DAY
