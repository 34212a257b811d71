"""Starts the executions of orders, and starts an order again whose execution ended before it.

The status event of a stop is best effort and comes later than the stop. So if no state waits for a decision, the relay asks Step
Functions. An order whose execution ended continues in a new one at its step. If its queue does not allow that, the order shows
that it is stopped, with an owner and a deadline.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lambdas.orders.decisions.operator import restart
from lambdas.orders.machine import Machine
from lambdas.orders.model import executions
from lambdas.orders.model.executions import Execution, stopped_because
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue, load_queues
from lambdas.orders.ports import OrderStore
from lambdas.orders.store import save
from lambdas.runtime.telemetry import logger

# By its own clock, an execution may begin this long before the decision that starts it.
_CLOCKS_SECONDS = 300


@dataclass(frozen=True)
class ExecutionStarter:
    """`machine_hashes`: order_queue_id -> hash of the deployed machine. `queues`: called only to start an order again."""

    machine: Machine
    orders: OrderStore
    now: Callable[[], int]
    machine_hashes: Mapping[str, str] = field(default_factory=dict)
    queues: Callable[[], Mapping[int, Queue]] = load_queues

    def start(self, order: Order) -> None:
        """Start the order's execution. Raises MachineGoneError.

        Its name may be taken. If this order's own execution has it, nothing is done. If an execution has it that a restored
        table does not know, the order takes the next name, and its next change starts it.
        """
        if self.machine.start(order):
            return
        found = self.machine.execution(order)
        if found is None or found.goes_on:
            return
        ended, is_of_another_time = found, found.started_at < order.activity - _CLOCKS_SECONDS

        def change(current: Order) -> Order:
            if not self._was_walked_by(current, ended):
                return current
            if is_of_another_time:
                return current.changed(machine_run=current.machine_run + 1)
            return self._stopped(current, ended)

        save(self.orders, self.orders.get(order.order_id), change)
        logger.warning("execution had ended before", order_id=order.order_id, status=found.status)

    def restart_ended(self, order: Order) -> None:
        """Start the order again if its execution ended or is missing. For a decision that no state waited for."""
        found = self.machine.execution(order)
        if found is None:
            self.machine.start(order)
            return
        if found.goes_on:
            return
        ended, now = found, self.now()

        def change(current: Order) -> Order:
            if not self._was_walked_by(current, ended):
                return current
            queue, queue_id = self.queues().get(current.order_queue_id), str(current.order_queue_id)
            stopped, machine_hash = self._stopped(current, ended), self.machine_hashes.get(queue_id, "")
            after = restart.with_running_machine(
                stopped, queue, by="", now=now, machine_hash=machine_hash, lenient=True
            )
            return after.changed(changed_by="", changed_how="restart", changed_because="")

        save(self.orders, self.orders.get(order.order_id), change)
        logger.warning("machine had ended before its order", order_id=order.order_id, status=found.status)

    def _was_walked_by(self, order: Order, found: Execution) -> bool:
        """Whether the order still knows it as its present execution."""
        known = restart.needs_machine(order) and order.machine_stopped_at is None
        return known and executions.is_of(order, found.name)

    def _stopped(self, order: Order, found: Execution) -> Order:
        because = stopped_because(found.status, found.error, found.cause)
        return restart.machine_stopped(order, execution=found.name, because=because, at=self.now())
