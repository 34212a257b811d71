"""What the relay does where an order may have no execution that walks it.

A status event of a stop is best effort, and comes later than the stop. So where a decision finds nobody who waits for it, Step
Functions is asked. An order whose execution ended goes on in a new one where it stands; where its queue does not allow that, it
shows that it is stopped, with an owner and a deadline.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lambdas.orders.decisions import restart
from lambdas.orders.machine import Machine
from lambdas.orders.model import executions
from lambdas.orders.model.executions import Execution, stopped_because
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue, load_queues
from lambdas.orders.ports import OrderStore
from lambdas.orders.store import save
from lambdas.runtime.observe import logger

_CLOCKS_SECONDS = 300  # that an execution may have begun before the decision that it was begun for, by its clock


@dataclass(frozen=True)
class Aftercare:
    """`machine_hashes`: of each queue's machine as it is deployed. `queues` is asked only where an order has to go on anew."""

    machine: Machine
    orders: OrderStore
    now: Callable[[], int]
    machine_hashes: Mapping[str, str] = field(default_factory=dict)
    queues: Callable[[], Mapping[int, Queue]] = load_queues

    def start(self, order: Order) -> None:
        """Start the order's execution. Raises MachineGoneError.

        Its name may have been given before: to this very one, which is left alone, or to one of a time that a restored table
        knows nothing of. Then the order takes the next name, and its next change starts it.
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

    def look_after(self, order: Order) -> None:
        """Nobody waited for what was decided: see that somebody walks the order."""
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
            after = restart.walked(stopped, queue, by="", now=now, machine_hash=machine_hash, lenient=True)
            return after.changed(changed_by="", changed_how="restart")

        save(self.orders, self.orders.get(order.order_id), change)
        logger.warning("machine had ended before its order", order_id=order.order_id, status=found.status)

    def _was_walked_by(self, order: Order, found: Execution) -> bool:
        """Whether it still is the order's present execution, as far as the order knows."""
        known = restart.needs_machine(order) and order.machine_stopped_at is None
        return known and executions.is_of(order, found.name)

    def _stopped(self, order: Order, found: Execution) -> Order:
        because = stopped_because(found.status, found.error, found.cause)
        return restart.machine_stopped(order, execution=found.name, because=because, at=self.now())
