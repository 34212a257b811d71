"""Entries of the indexes. Lists choose by entries, and fetch only the orders they show."""

from dataclasses import dataclass

from lambdas.orders.model.order import ListPosition, Order
from lambdas.runtime.models import Frozen


@dataclass(frozen=True)
class OrderEntry:
    """An order's entry in an index. `client_id` is known to the indexes of clients and opportunities only. `is_broken`: what
    the index says of it makes no sense."""

    order_id: str
    order_queue_id: int
    step_id: int
    ts: int
    client_id: str | None = None
    opportunity_id: int = 0
    is_broken: bool = False

    @property
    def list_position(self) -> ListPosition:
        return self.ts, int(self.order_id) if self.order_id.isdecimal() else 0


class UnreadableOrder(Frozen):
    """An order whose item this code cannot read: it was edited by hand, or written by newer code. `why`: no value of it."""

    order_id: str
    why: str


FoundOrder = Order | UnreadableOrder


def entry_of(order: Order) -> OrderEntry:
    """The entry of an order as it is now."""
    return OrderEntry(
        order_id=order.order_id,
        order_queue_id=order.order_queue_id,
        step_id=order.step_id,
        ts=order.ts,
        client_id=order.client_id,
        opportunity_id=order.opportunity_id,
    )
