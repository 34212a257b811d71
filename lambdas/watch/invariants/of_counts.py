"""Compares the counts of orders by step with the orders."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from lambdas.orders.model.queue import Queue
from lambdas.orders.ports import OrderStore, TimeWindow
from lambdas.records.step_counts import StepCounts
from lambdas.watch.invariants.violation import Promise, Violation

TRIES = 3
PAUSE_SECONDS = 5.0  # in which the announcer counts what moved meanwhile
_PAGE = 1_000


def of_counts(
    queue: Queue, orders: OrderStore, counts: StepCounts, pause: Callable[[float], None]
) -> Iterator[Violation]:
    """A difference counts if it is the same each time, because orders move while they are counted."""
    differing = _differences(queue, orders, counts)
    for _ in range(TRIES - 1):
        if not differing:
            return
        pause(PAUSE_SECONDS)
        again = _differences(queue, orders, counts, only=frozenset(differing))
        differing = {step: by for step, by in differing.items() if again.get(step) == by}
    for step, (counted, there) in differing.items():
        yield Violation(
            promise=Promise.COUNTS,
            place=f"queue {queue.order_queue_id} step {step}",
            what=f"{counted} are counted, and there are {there}",
            mend="make reconcile",
        )


def count_step(orders: OrderStore, order_queue_id: int, step_id: int) -> int:
    """How many orders the index has in a step."""
    return sum(1 for _ in orders.in_step(order_queue_id, step_id, TimeWindow(page_size=_PAGE)))


def _differences(
    queue: Queue, orders: OrderStore, counts: StepCounts, only: frozenset[int] | None = None
) -> dict[int, tuple[int, int]]:
    """By step: what is counted, and what is there."""
    steps = [step.id for step in queue.steps if only is None or step.id in only]
    there = Counter({step: count_step(orders, queue.order_queue_id, step) for step in steps})
    counted: Mapping[int, int] = counts.of_queue(queue.order_queue_id)
    return {step: (counted.get(step, 0), there[step]) for step in steps if counted.get(step, 0) != there[step]}
