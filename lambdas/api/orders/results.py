"""Results of the order methods, which both doors answer in their own form."""

from dataclasses import dataclass

from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue


@dataclass(frozen=True)
class CreatedOrder:
    """A new order with its queue, which `order.create` of API 2.0 shows too."""

    order: Order
    queue: Queue

    @property
    def order_id(self) -> str:
        return self.order.order_id
