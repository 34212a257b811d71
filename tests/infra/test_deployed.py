"""Which orders are under way on a stage."""

from typing import Any

from infra.definition import facts_of
from infra.deployed import Deployed
from lambdas.orders import progress
from statemachines.compiler import compile_queue, to_json
from tests.build import NOW, a_queue, a_submitted_order, an_order
from tests.fakes import InMemoryOrderStore

OLD = a_queue()


class Running:
    """Step Functions that only lists."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def get_paginator(self, _: str) -> "Running":
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        return [{"executions": [{"name": name} for name in self.names]}]


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
    running: Any = Running("order-1001", "order-1002-2", "order-1003", "order-1004", "by-hand", "order-1005")

    found = Deployed({"a_queue": "arn"}, store, running).orders_under_way("a_queue", facts, None)

    assert sorted(order.order_id for order in found) == ["1001", "1002", "1004", "1005"]
