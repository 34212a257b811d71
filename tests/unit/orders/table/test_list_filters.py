"""`order.list`: which filter wins over which (reference/ubersmith.md 4.5)."""

from typing import Any

import pytest

from lambdas.orders.errors import InvalidOrderError
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.table.list_filters import OrderFilter
from tests.support.build import NOW, a_draft, a_queue, a_service, an_order, the_default_queue
from tests.support.fakes import FakeClients

OTHER = a_queue(order_queue_id=2, brand_id=7)


def listed(**wanted: Any) -> list[str]:
    service = a_service(queues={1: the_default_queue(), 2: OTHER}, clients=FakeClients({"100"}))
    for minute in range(3):
        service.create(a_draft(ts=NOW + 60 * minute))
    # Of a time when clients were not held to their brand.
    old = an_order(OTHER, order_id=service.store.new_order_id(), ts=NOW + 30, client_id="100", opportunity_id=5)
    service.store.create(old, (), NOW)
    service.submit(service.create(a_draft(ts=NOW + 500, client_id="100")))
    return [order.order_id for order in service.list(OrderFilter(**wanted)).orders]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["1001", "1004", "1002", "1003", "1005"]),
        ({"descending": True}, ["1005", "1003", "1002", "1004", "1001"]),
        ({"order_queue_id": 1}, ["1001", "1002", "1003", "1005"]),
        ({"brand_id": 7}, ["1004"]),
        ({"order_queue_id": 1, "brand_id": 7}, ["1001", "1002", "1003", "1005"]),
        ({"order_step_id": 12}, ["1005"]),
        ({"order_step_id": 12, "order_queue_id": 2, "step_name": "Leads"}, ["1005"]),
        ({"step_status": StepStatus.LEADS}, ["1001", "1004", "1002", "1003"]),
        ({"step_name": "processing"}, ["1005"]),
        ({"step_name": "Leads", "step_status": StepStatus.ORDINARY}, ["1005"]),
        ({"client_id": "100"}, ["1004", "1005"]),
        ({"client_id": "100", "order_queue_id": 1}, ["1005"]),
        ({"opportunity_id": 5}, ["1004"]),
        ({"opportunity_id": 5, "client_id": "100"}, ["1004"]),
        ({"opportunity_id": 5, "client_id": "101"}, []),
        ({"opportunity_id": 5, "order_queue_id": 1}, []),
        ({"opportunity_id": 0, "client_id": "100"}, ["1005"]),
        ({"step_name": "no step is called so", "client_id": "100"}, []),
        ({"min_ts": NOW + 60, "max_ts": NOW + 120}, ["1002", "1003"]),
        ({"offset": 1, "limit": 2}, ["1004", "1002"]),
    ],
)
def test_orders_are_found_by(wanted: dict[str, Any], found: list[str]) -> None:
    assert listed(**wanted) == found


@pytest.mark.parametrize("wanted", [{"order_step_id": 99}, {"order_queue_id": 99}])
def test_what_does_not_exist_is_named(wanted: dict[str, Any]) -> None:
    with pytest.raises(InvalidOrderError, match=next(iter(wanted))):
        listed(**wanted)
