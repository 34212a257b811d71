"""A page of a list, and the cursor where the next page begins.

The chosen orders are fetch_page in batches, as many as one answer can carry. A cursor is bound to the list it was made for. It
opens nothing, because filters and visible queues are those of the call that brings it. Its check finds mistakes and needs no
secret.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.order import ListPosition, Order
from lambdas.orders.ports import OrderStore
from lambdas.orders.table.entries import FoundOrder, OrderEntry, UnreadableOrder
from lambdas.runtime.models import Frozen

_BATCH = 100
_CURSOR = re.compile(r"(\d{1,16})\.(\d{1,18})\.([0-9a-f]{32})", re.ASCII)
_REFUSAL = (
    "is not one of this list: it was altered, or made with other filters, another direction or for a user who sees other "
    "queues; begin again without a cursor"
)


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
    """The chosen orders that have room. `ends_at`: position of the last one on the page, if not all had room."""

    found: tuple[FoundOrder, ...]
    ends_at: ListPosition | None = None


def fetch_page(
    store: OrderStore, chosen: Sequence[OrderEntry], room: PageRoom | None, *, belongs: Callable[[Order], bool]
) -> Fetched:
    """The orders as they are now, those that do not belong to the list any more left out. One is always there."""
    kept: list[FoundOrder] = []
    used, last = 0, None
    for entry, order in _fetch(store, chosen):
        if isinstance(order, Order):
            if not belongs(order):
                last = entry.list_position
                continue
            used += room.weigh(order) if room else 0
            if room and last and used > room.most_bytes:
                return Fetched(tuple(kept), ends_at=last)
        kept.append(order)
        last = entry.list_position
    return Fetched(tuple(kept))


def _fetch(store: OrderStore, chosen: Sequence[OrderEntry]) -> Iterator[tuple[OrderEntry, FoundOrder]]:
    for batch in _batches(chosen):
        orders = {order.order_id: order for order in store.get_many([entry.order_id for entry in batch])}
        yield from ((entry, orders[entry.order_id]) for entry in batch if entry.order_id in orders)


def _batches(chosen: Sequence[OrderEntry]) -> Iterator[Sequence[OrderEntry]]:
    return (chosen[start : start + _BATCH] for start in range(0, len(chosen), _BATCH))


def cursor_at(position: ListPosition, bound_to: str) -> str:
    """Continue behind this place of the list that `bound_to` describes."""
    text = f"{position[0]}.{position[1]}.{_check(position, bound_to)}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def position_at(cursor: str, bound_to: str) -> ListPosition:
    """Raises InvalidOrderError for a cursor that was not made for this list."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        text = ""
    if found := _CURSOR.fullmatch(text):
        position = int(found[1]), int(found[2])
        if cursor == cursor_at(position, bound_to):
            return position
    raise InvalidOrderError((Problem("cursor", _REFUSAL),))


def _check(position: ListPosition, bound_to: str) -> str:
    return hashlib.sha256(f"{position[0]}.{position[1]}.{bound_to}".encode()).hexdigest()[:32]
