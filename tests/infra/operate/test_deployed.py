"""Which orders are under way on a stage."""

from collections.abc import Sequence
from typing import Any

import pytest

from infra.operate.impact.definition import facts_of
from infra.operate.impact.deployed import Deployed
from lambdas.orders.decisions import progress
from lambdas.orders.errors import OrderUnreadableError
from lambdas.orders.model.executions import execution_name
from lambdas.orders.model.order import Order
from lambdas.orders.table.entries import FoundOrder, UnreadableOrder
from statemachines.compiler import compile_queue, to_json
from tests.support.build import NOW, a_queue, a_submitted_order, an_order
from tests.support.fakes import InMemoryOrderStore

OLD = a_queue()


class Executions:
    """Step Functions that only lists, by status."""

    def __init__(self, **names: list[str]) -> None:
        self.names = names

    def get_paginator(self, _: str) -> "Executions":
        return self

    def paginate(self, *, statusFilter: str, **_: str) -> list[dict[str, Any]]:
        return [{"executions": [{"name": name} for name in self.names.get(statusFilter, [])]}]


def test_orders_are_found_by_step_and_by_their_running_execution() -> None:
    facts = facts_of(to_json(compile_queue(OLD, frozenset())))
    store = InMemoryOrderStore()
    canceled = progress.canceled(a_submitted_order(OLD, order_id="1002"), now=NOW, because="a test")
    unwound = progress.canceled(a_submitted_order(OLD, order_id="1003"), now=NOW, because="a test").changed(
        unwound_at=NOW
    )
    astray = a_submitted_order(OLD, order_id="1004", step_id=55)
    for order in (a_submitted_order(OLD), canceled, unwound, astray, an_order(OLD, order_id="1005")):
        store.create(order, (), NOW)
    names = ["order-1001", execution_name(canceled.changed(machine_run=2)), "order-1003", execution_name(astray)]
    names += ["by-hand", "order-1005"]  # those without a fingerprint are of earlier versions
    executions: Any = Executions(RUNNING=names)

    found = Deployed({"a_queue": "arn"}, store, executions).orders_in_progress("a_queue", facts, None)

    assert sorted(order.order_id for order in found) == ["1001", "1002", "1004", "1005"]


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_canceled_orders_whose_machine_stopped_before_they_were_unwound_are_found(status: str) -> None:
    facts = facts_of(to_json(compile_queue(OLD, frozenset())))
    store = InMemoryOrderStore()
    canceled = progress.canceled(a_submitted_order(OLD), now=NOW, because="a test").changed(machine_stopped_at=NOW)
    for order in (canceled, canceled.changed(order_id="1002", unwound_at=NOW), a_submitted_order(OLD, order_id="1003")):
        store.create(order, (), NOW)
    # 1003 was stopped and restarted; 1004 was a lead, and is erased.
    names = ["order-1001", "order-1001-2", "order-1002", "order-1003", "order-1004"]
    executions: Any = Executions(**{status: names, "RUNNING": ["order-1003-2"]})

    found = Deployed({"a_queue": "arn"}, store, executions).orders_in_progress("a_queue", facts, None)

    assert sorted(order.order_id for order in found) == ["1001", "1003"]


class OneUnreadable(InMemoryOrderStore):
    def get(self, order_id: str) -> Order:
        if order_id == "1002":
            raise OrderUnreadableError(order_id, "step_id")
        return super().get(order_id)

    def get_many(self, order_ids: Sequence[str]) -> Sequence[FoundOrder]:
        found = super().get_many([order_id for order_id in order_ids if order_id != "1001"])
        return [*found, UnreadableOrder(order_id="1001", why="step_id")] if "1001" in order_ids else found


def test_orders_that_cannot_be_read_are_named_and_the_others_are_found() -> None:
    facts = facts_of(to_json(compile_queue(OLD, frozenset())))
    store = OneUnreadable()
    for number in ("1001", "1003"):
        store.create(a_submitted_order(OLD, order_id=number), (), NOW)
    executions: Any = Executions(RUNNING=["order-1002"])
    deployed = Deployed({"a_queue": "arn"}, store, executions)

    assert [order.order_id for order in deployed.orders_in_progress("a_queue", facts, None)] == ["1003"]
    assert deployed.unreadable.keys() == {"1001", "1002"}
