"""A page of a list: the chosen orders are fetched in batches, as many as one answer can carry."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lambdas.orders.model.order import Order, Place
from lambdas.orders.ports import OrderStore
from lambdas.orders.table.entries import FoundOrder, OrderEntry, UnreadableOrder
from lambdas.runtime.models import Frozen

_BATCH = 100


@dataclass(frozen=True)
class PageRoom:
    """How much an answer can carry: `weigh` gives the bytes of an order in it."""

    weigh: Callable[[Order], int]
    most_bytes: int


class OrderPage(Frozen):
    """Part of a list. No `next_cursor`: nothing follows.

    `cut_short`: the page ends before its limit because too many orders of a client or opportunity were passed over; `full`:
    because one answer carries no more. `unreadable`: orders of this page that cannot be shown; each is named, and the others
    are there.
    """

    orders: tuple[Order, ...] = ()
    unreadable: tuple[UnreadableOrder, ...] = ()
    next_cursor: str | None = None
    cut_short: bool = False
    full: bool = False


@dataclass(frozen=True)
class Fetched:
    """What has room of the chosen orders. `ends_at`: the place of the last one on the page, where not all had room."""

    found: tuple[FoundOrder, ...]
    ends_at: Place | None = None


def fetched(
    store: OrderStore, chosen: Sequence[OrderEntry], room: PageRoom | None, *, belongs: Callable[[Order], bool]
) -> Fetched:
    """The orders as they are now, those that do not belong to the list any more left out. One is always there."""
    kept: list[FoundOrder] = []
    used, last = 0, None
    for entry, order in _found(store, chosen):
        if isinstance(order, Order):
            if not belongs(order):
                last = entry.place
                continue
            used += room.weigh(order) if room else 0
            if room and last and used > room.most_bytes:
                return Fetched(tuple(kept), ends_at=last)
        kept.append(order)
        last = entry.place
    return Fetched(tuple(kept))


def _found(store: OrderStore, chosen: Sequence[OrderEntry]) -> Iterator[tuple[OrderEntry, FoundOrder]]:
    for batch in _batches(chosen):
        orders = {order.order_id: order for order in store.get_many([entry.order_id for entry in batch])}
        yield from ((entry, orders[entry.order_id]) for entry in batch if entry.order_id in orders)


def _batches(chosen: Sequence[OrderEntry]) -> Iterator[Sequence[OrderEntry]]:
    return (chosen[start : start + _BATCH] for start in range(0, len(chosen), _BATCH))
