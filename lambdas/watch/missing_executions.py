"""Finds orders without the execution they need, by comparing them with Step Functions.

Status events of executions are best effort, and a start may be lost with its record. So each sweep looks at three groups:
executions that ended early within a day, canceled orders that take long to unwind, and a part of the open orders. In time it
looks at every open order. Reads are bounded. A found order waits for a person, with an owner and a deadline
(`restart.machine_stopped`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from lambdas.orders.decisions import hold_clock
from lambdas.orders.decisions.deadlines import is_unwinding
from lambdas.orders.decisions.operator import restart
from lambdas.orders.model.executions import order_id_in
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.ports import Executions, OrderStore, TimeWindow
from lambdas.orders.store import save
from lambdas.runtime.telemetry import log_unexpected, logger

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient
    from mypy_boto3_stepfunctions.literals import ExecutionStatusType

SWEEP_SECONDS = 300
CHECKED_PER_SWEEP = 100  # open orders in each sweep
MAX_LISTED = 20_000  # open orders of one step
MAX_ENDED = 2_000  # executions of one machine that ended early, for each status
MAX_UNWINDING = 500  # canceled orders in each sweep
_DAY_SECONDS = 86_400
_ENDED_EARLY: "tuple[ExecutionStatusType, ...]" = ("ABORTED", "FAILED", "TIMED_OUT")


@dataclass(frozen=True)
class ExecutionCheck:
    """`machines`: order_queue_id -> state machine ARN. `now`: Unix seconds."""

    orders: OrderStore
    executions: Executions
    client: "SFNClient"
    machines: Mapping[str, str]
    queues: Mapping[int, Queue]
    now: int

    def mark(self) -> int:
        """Mark the orders without an execution; return how many were found. An order that fails stops no other."""
        return sum(self._mark(order) for order in {order.order_id: order for order in self._suspects()}.values())

    def _suspects(self) -> Iterator[Order]:
        for part in (self._of_ended_executions, self._open, self._unwinding):
            try:
                ids = list(part())
                yield from (order for order in self.orders.get_many(ids) if isinstance(order, Order))
            except Exception as error:  # noqa: BLE001 - the other groups are looked at all the same
                log_unexpected("orders not compared with their executions", error, part=part.__name__)

    def _of_ended_executions(self) -> Iterator[str]:
        """Orders whose execution failed, timed out or was stopped within a day."""
        pages = self.client.get_paginator("list_executions")
        for arn in self.machines.values():
            for status in _ENDED_EARLY:
                found = pages.paginate(
                    stateMachineArn=arn, statusFilter=status, PaginationConfig={"MaxItems": MAX_ENDED}
                )
                for execution in (each for page in found for each in page["executions"]):
                    ended_at = execution.get("stopDate", execution["startDate"]).timestamp()
                    order_id = order_id_in(execution["name"])
                    if order_id is not None and ended_at > self.now - _DAY_SECONDS:
                        yield order_id

    def _open(self) -> Iterator[str]:
        """A part of the orders in ordinary steps, a different part in each sweep."""
        ids = [order_id for queue in self.queues.values() for order_id in self._in(queue)]
        parts = max(1, -(-len(ids) // CHECKED_PER_SWEEP))
        turn = self.now // SWEEP_SECONDS % parts
        return iter(ids[turn::parts])

    def _unwinding(self) -> Iterator[str]:
        """Canceled orders that should be unwound by now. There are few, and each has a due date until it is unwound."""
        due = (order for order in self.orders.due(self.now) if isinstance(order, Order) and is_unwinding(order))
        return (order.order_id for order in islice(due, MAX_UNWINDING))

    def _in(self, queue: Queue) -> Iterator[str]:
        for step in queue.ordinary_steps:
            entries = self.orders.in_step(queue.order_queue_id, step.id, TimeWindow(page_size=200))
            yield from (entry.order_id for entry in islice(entries, MAX_LISTED))

    def _mark(self, order: Order) -> bool:
        """Return whether the order has no execution and was marked now."""
        try:
            after = save(self.orders, order, self._with_execution_state)
        except Exception as error:  # noqa: BLE001 - the other orders are looked at all the same
            log_unexpected("order not compared with its execution", error, order_id=order.order_id)
            return False
        if order.machine_stopped_at is not None or after.machine_stopped_at is None:
            return False
        logger.warning("the order has no execution", order_id=order.order_id)  # no reason: a person may have typed it
        return True

    def _with_execution_state(self, order: Order) -> Order:
        compared = restart.with_execution_state(order, self.executions, now=self.now)
        return hold_clock.begun(order, self.now) if compared is order else compared
