"""A store that orders come into at any time, list_orders page by page."""

from dataclasses import dataclass
from typing import Any

from lambdas.orders.model.order import Order
from lambdas.orders.table.list_filters import OrderFilter, list_orders
from lambdas.orders.table.pages import OrderPage, PageRoom
from tests.support.build import NOW, a_queue, an_order
from tests.support.fakes import InMemoryOrderStore

QUEUES = {9: a_queue(), 10: a_queue(order_queue_id=10, brand_id=7)}
STEPS = [1, 2, 3, 4]
MANY = 10_000


@dataclass(frozen=True)
class Row:
    """What lists see of an order. Few times and clients, so that many are alike."""

    ts: int
    queue: int
    step: int
    client: str | None
    opportunity: int


class Shelf:
    """A store that orders come into at any time."""

    def __init__(self, first: list[Row]) -> None:
        self.store = InMemoryOrderStore()
        self.first = [self.add(row) for row in first]
        self.moved: set[str] = set()

    def add(self, row: Row) -> Order:
        queue = QUEUES[row.queue]
        step = next(step for step in queue.steps if step.id == row.step)
        order = an_order(
            queue,
            order_id=self.store.new_order_id(),
            ts=row.ts,
            step_id=step.id,
            step_status=step.status,
            client_id=row.client,
            opportunity_id=row.opportunity,
        )
        self.store.create(order, [], NOW)
        return order

    def move(self, index: int, step_id: int) -> None:
        if index < len(self.first):
            order = self.store.get(self.first[index].order_id)
            step = next(step for step in QUEUES[order.order_queue_id].steps if step.id == step_id)
            self.store.save(order.changed(step_id=step.id, step_status=step.status))
            self.moved.add(order.order_id)

    def page(
        self, wanted: dict[str, Any], limit: int, cursor: str | None = None, room: PageRoom | None = None
    ) -> OrderPage:
        return list_orders(self.store, QUEUES, OrderFilter(**wanted, limit=limit, cursor=cursor), room)

    def whole(self, wanted: dict[str, Any]) -> list[str]:
        page = self.page(wanted, MANY)
        assert page.next_cursor is None
        return ids(page)


def ids(page: OrderPage) -> list[str]:
    return [order.order_id for order in page.orders]
