"""`order.list`: which orders, in what order (reference/ubersmith.md 4.5 for the filters and which of them wins).

Each list reads index partitions in their own order and stops when it has enough; none scans. Entries of the indexes decide what
is on a page; only that is fetch_page. What a list costs follows from what it returns and from `offset`, which counts through
what it leaves out; a cursor does not.
"""

import heapq
import json
from collections.abc import Iterable, Iterator, Mapping
from math import ceil

from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.order import ListPosition, Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.ports import OrderStore, TimeWindow
from lambdas.orders.table.entries import OrderEntry, UnreadableOrder, entry_of
from lambdas.orders.table.pages import OrderPage, PageRoom, cursor_at, fetch_page, position_at
from lambdas.runtime.models import Frozen

MAX_LIMIT = 1_000
MAX_PASSED_OVER = 1_000

_Steps = list[tuple[int, int]]  # queue and step


class OrderFilter(Frozen):
    """`order_step_id` wins over all others but times; `order_queue_id` over `brand_id`; `step_status` over `step_name`.

    Times are Unix seconds, inclusive. No `limit` means as many as one answer may hold. `queues`: those that may be seen.
    `cursor`: continue where the page before ended; `offset` then counts from there.
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
    cursor: str | None = None

    @property
    def list_name(self) -> str:
        """Names the whole list, of which every page is a part: what a cursor is bound to."""
        parts = self.model_dump(mode="json", exclude={"offset", "limit", "cursor", "queues"})
        seen = None if self.queues is None else sorted(self.queues)
        return json.dumps({**parts, "queues": seen}, sort_keys=True)


def list_orders(
    store: OrderStore, queues: Mapping[int, Queue], criteria: OrderFilter, room: PageRoom | None = None
) -> OrderPage:
    """A page of the orders, by time, as far as an answer has room.

    Raises InvalidOrderError for a step, queue or cursor that does not belong here.
    """
    steps = _steps(queues, criteria)
    behind = position_at(criteria.cursor, criteria.list_name) if criteria.cursor else None
    if not steps:
        return OrderPage()
    chosen: list[OrderEntry] = []
    to_skip, passed_over, last = criteria.offset, 0, behind or (0, 0)
    for entry in _candidates(store, steps, criteria, behind):
        if len(chosen) == criteria.limit:
            return _page(store, chosen, steps, criteria, room, next_after=last)
        if passed_over == MAX_PASSED_OVER:
            return _page(store, chosen, steps, criteria, room, next_after=last, cut_short=True)
        last = entry.list_position
        if not _fits(entry, steps, criteria):
            passed_over += 1
        elif to_skip:
            to_skip -= 1
        else:
            chosen.append(entry)
    return _page(store, chosen, steps, criteria, room)


def _page(
    store: OrderStore,
    chosen: list[OrderEntry],
    steps: _Steps,
    criteria: OrderFilter,
    room: PageRoom | None,
    *,
    next_after: ListPosition | None = None,
    cut_short: bool = False,
) -> OrderPage:
    """The chosen orders as they are now. One that has moved on since the index was written is not of this list any more."""
    page = fetch_page(store, chosen, room, belongs=lambda order: _fits(entry_of(order), steps, criteria))
    ends_at = page.ends_at or next_after
    return OrderPage(
        orders=tuple(order for order in page.found if isinstance(order, Order)),
        unreadable=tuple(order for order in page.found if isinstance(order, UnreadableOrder)),
        next_cursor=cursor_at(ends_at, criteria.list_name) if ends_at else None,
        cut_short=cut_short and page.ends_at is None,
        full=page.ends_at is not None,
    )


def _fits(entry: OrderEntry, steps: _Steps, criteria: OrderFilter) -> bool:
    """Whether the entry is in the list. The index decides for its own client or opportunity, and knows the other one. A
    broken entry is always shown, because somebody must see it.
    """
    if entry.is_broken:
        return True
    of_client = criteria.client_id is None or entry.client_id == criteria.client_id
    of_opportunity = criteria.opportunity_id is None or entry.opportunity_id == criteria.opportunity_id
    return (entry.order_queue_id, entry.step_id) in steps and of_client and of_opportunity


def _candidates(
    store: OrderStore, steps: _Steps, criteria: OrderFilter, behind: ListPosition | None
) -> Iterator[OrderEntry]:
    """The entries of the narrowest index, none twice. One more than the page is read, to know whether the page is the last."""
    enough = criteria.offset + criteria.limit + 1
    one_source = bool(criteria.opportunity_id or criteria.client_id) or len(steps) < 2
    window = TimeWindow(
        min_ts=criteria.min_ts,
        max_ts=criteria.max_ts,
        descending=criteria.descending,
        behind=behind,
        page_size=min(enough, 200) if one_source else min(ceil(enough / len(steps)) + 1, 200),
    )
    if criteria.opportunity_id:
        yield from store.of_opportunity(criteria.opportunity_id, window)
    elif criteria.client_id:
        yield from store.of_client(criteria.client_id, window)
    else:
        sources = [store.in_step(queue_id, step_id, window) for queue_id, step_id in steps]
        yield from _once(heapq.merge(*sources, key=lambda entry: entry.list_position, reverse=criteria.descending))


def _once(entries: Iterable[OrderEntry]) -> Iterator[OrderEntry]:
    """An order that changes its step while both steps are read is met in both, at the same place."""
    last: ListPosition | None = None
    for entry in entries:
        if entry.list_position != last:
            yield entry
        last = entry.list_position


def _steps(queues: Mapping[int, Queue], criteria: OrderFilter) -> _Steps:
    seen = [queue for queue in queues.values() if criteria.queues is None or queue.order_queue_id in criteria.queues]
    every = [(queue, step) for queue in seen for step in queue.steps]
    if criteria.order_step_id is not None:
        chosen = [(queue.order_queue_id, step.id) for queue, step in every if step.id == criteria.order_step_id]
        _known(bool(chosen), "order_step_id", "no queue has this step")
        return chosen
    if criteria.order_queue_id is not None:
        every = [(queue, step) for queue, step in every if queue.order_queue_id == criteria.order_queue_id]
        _known(bool(every), "order_queue_id", "there is no such queue")
    elif criteria.brand_id is not None:
        every = [(queue, step) for queue, step in every if queue.brand_id == criteria.brand_id]
    if criteria.step_status is not None:
        every = [(queue, step) for queue, step in every if step.status is criteria.step_status]
    elif criteria.step_name is not None:
        every = [(queue, step) for queue, step in every if step.name.casefold() == criteria.step_name.casefold()]
    return [(queue.order_queue_id, step.id) for queue, step in every]


def _known(found: bool, field: str, text: str) -> None:
    if not found:
        raise InvalidOrderError((Problem(field, text),))
