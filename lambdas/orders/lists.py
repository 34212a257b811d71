"""`order.list`: which orders, in what order (reference ubersmith-orders 4.5 for the filters and which of them wins).

Each list reads index partitions in their own order and stops when it has enough; none scans.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.order import Order
from lambdas.orders.ports import OrderStore, TimeWindow
from lambdas.orders.queue import Queue, Step, StepStatus
from lambdas.runtime.models import Frozen

MAX_LIMIT = 1_000


class OrderFilter(Frozen):
    """`order_step_id` wins over all others but times; `order_queue_id` over `brand_id`; `step_status` over `step_name`.

    Times are Unix seconds, inclusive. No `limit` means as many as one answer may hold. `queues`: those that may be seen.
    """

    order_step_id: int | None = None
    order_queue_id: int | None = None
    brand_id: int | None = None
    step_name: str | None = None
    step_status: StepStatus | None = None
    min_ts: int | None = None
    max_ts: int | None = None
    client_id: str | None = None
    opportunity_id: int | None = None
    descending: bool = False
    offset: int = 0
    limit: int = MAX_LIMIT
    queues: frozenset[int] | None = None


def listed(store: OrderStore, queues: Mapping[int, Queue], wanted: OrderFilter) -> tuple[Order, ...]:
    """The orders, by time."""
    return tuple(islice(_matching(store, queues, wanted), wanted.offset, wanted.offset + wanted.limit))


def _matching(store: OrderStore, queues: Mapping[int, Queue], wanted: OrderFilter) -> Iterator[Order]:
    steps = _steps(queues, wanted)
    window = TimeWindow(min_ts=wanted.min_ts, max_ts=wanted.max_ts, descending=wanted.descending)
    if wanted.client_id:
        keys = {(queue_id, step.id) for queue_id, step in steps}
        found: Iterable[Order] = (
            order
            for order in store.of_client(wanted.client_id, window)
            if (order.order_queue_id, order.step_id) in keys
        )
    else:
        sources = [store.in_step(queue_id, step.id, window) for queue_id, step in steps]
        found = heapq.merge(*sources, key=_time, reverse=wanted.descending)
    return (order for order in found if wanted.opportunity_id in (None, order.opportunity_id))


def _time(order: Order) -> tuple[int, int]:
    return order.ts, int(order.order_id)


def _steps(queues: Mapping[int, Queue], wanted: OrderFilter) -> list[tuple[int, Step]]:
    seen = [queue for queue in queues.values() if wanted.queues is None or queue.order_queue_id in wanted.queues]
    every = [(queue, step) for queue in seen for step in queue.steps]
    if wanted.order_step_id is not None:
        chosen = [(queue, step) for queue, step in every if step.id == wanted.order_step_id]
        _known(bool(chosen), "order_step_id", "no queue has this step")
        return [(queue.order_queue_id, step) for queue, step in chosen]
    if wanted.order_queue_id is not None:
        every = [(queue, step) for queue, step in every if queue.order_queue_id == wanted.order_queue_id]
        _known(bool(every), "order_queue_id", "there is no such queue")
    elif wanted.brand_id is not None:
        every = [(queue, step) for queue, step in every if queue.brand_id == wanted.brand_id]
    if wanted.step_status is not None:
        every = [(queue, step) for queue, step in every if step.status is wanted.step_status]
    elif wanted.step_name is not None:
        every = [(queue, step) for queue, step in every if step.name.casefold() == wanted.step_name.casefold()]
    return [(queue.order_queue_id, step) for queue, step in every]


def _known(found: bool, field: str, text: str) -> None:
    if not found:
        raise InvalidOrderError((Problem(field, text),))
