"""Orders that no execution walks, though one should: found by comparing them with Step Functions.

Status events of executions are best effort, and a start may have been lost with its record. So each sweep looks at the
executions that ended early within a day, which are few, at canceled orders that take long to unwind, and at a part of the orders
under way, so that each is looked at every so often. Reads are bounded; an order that is found waits for a person from then on,
with an owner and a deadline (`revival.machine_stopped`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from lambdas.orders.decisions import restart
from lambdas.orders.decisions.deadlines import is_unwinding
from lambdas.orders.model.executions import order_id_in
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.ports import Executions, OrderStore, TimeWindow
from lambdas.orders.store import save
from lambdas.runtime.observe import log_unexpected, logger

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient
    from mypy_boto3_stepfunctions.literals import ExecutionStatusType

SWEEP_SECONDS = 300
LOOKED_AT = 100  # orders under way at each sweep
MOST_LISTED = 20_000  # orders under way of one step
MOST_ENDED = 2_000  # executions of one machine that ended early, by status
MOST_UNWINDING = 500  # canceled orders at each sweep
_DAY_SECONDS = 86_400
_ENDED_EARLY: "tuple[ExecutionStatusType, ...]" = ("ABORTED", "FAILED", "TIMED_OUT")


@dataclass(frozen=True)
class Comparison:
    """`machines`: of order_queue_id -> state machine ARN. `now`: Unix seconds."""

    orders: OrderStore
    executions: Executions
    client: "SFNClient"
    machines: Mapping[str, str]
    queues: Mapping[int, Queue]
    now: int

    def mark(self) -> int:
        """Mark the orders that no execution walks; returns how many were found. One that fails stops no other."""
        return sum(self._is_marked(order) for order in {order.order_id: order for order in self._suspects()}.values())

    def _suspects(self) -> Iterator[Order]:
        for part in (self._of_ended_executions, self._under_way, self._unwinding):
            try:
                ids = list(part())
                yield from (order for order in self.orders.get_many(ids) if isinstance(order, Order))
            except Exception as error:  # noqa: BLE001 - what cannot be listed now leaves the rest to be looked at
                log_unexpected("orders not compared with their executions", error, part=part.__name__)

    def _of_ended_executions(self) -> Iterator[str]:
        """Orders whose execution did not come to its end by itself, within a day."""
        pages = self.client.get_paginator("list_executions")
        for arn in self.machines.values():
            for status in _ENDED_EARLY:
                found = pages.paginate(
                    stateMachineArn=arn, statusFilter=status, PaginationConfig={"MaxItems": MOST_ENDED}
                )
                for execution in (each for page in found for each in page["executions"]):
                    ended_at = execution.get("stopDate", execution["startDate"]).timestamp()
                    order_id = order_id_in(execution["name"])
                    if order_id is not None and ended_at > self.now - _DAY_SECONDS:
                        yield order_id

    def _under_way(self) -> Iterator[str]:
        """A part of the orders in ordinary steps, another one at each sweep."""
        ids = [order_id for queue in self.queues.values() for order_id in self._in(queue)]
        parts = max(1, -(-len(ids) // LOOKED_AT))
        turn = self.now // SWEEP_SECONDS % parts
        return iter(ids[turn::parts])

    def _unwinding(self) -> Iterator[str]:
        """Canceled orders that should be unwound by now; there are few, and each has a date until it is."""
        due = (order for order in self.orders.due(self.now) if isinstance(order, Order) and is_unwinding(order))
        return (order.order_id for order in islice(due, MOST_UNWINDING))

    def _in(self, queue: Queue) -> Iterator[str]:
        for step in queue.ordinary_steps:
            entries = self.orders.in_step(queue.order_queue_id, step.id, TimeWindow(page_size=200))
            yield from (entry.order_id for entry in islice(entries, MOST_LISTED))

    def _is_marked(self, order: Order) -> bool:
        try:
            after = save(self.orders, order, self._as_found)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are looked at
            log_unexpected("order not compared with its execution", error, order_id=order.order_id)
            return False
        if order.machine_stopped_at is not None or after.machine_stopped_at is None:
            return False
        logger.warning("no execution walks the order", order_id=order.order_id)  # why may be what a person typed
        return True

    def _as_found(self, order: Order) -> Order:
        return restart.as_found(order, self.executions, now=self.now)
