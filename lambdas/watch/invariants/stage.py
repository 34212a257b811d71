"""The data of a stage that are held to the promises, and the questions that a canceled order needs answers to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lambdas.orders.model.order import Hold, Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.ports import Executions, OrderStore
from lambdas.payments.gateway import Gateway, TransactionState
from lambdas.records.clients.service import ServiceRecords
from lambdas.records.table import RecordTable


@dataclass(frozen=True)
class Stage:
    """The data that is checked. `running`: reads the names of running executions. `now`: Unix seconds."""

    orders: OrderStore
    executions: Executions
    running: Callable[[], frozenset[str]]
    records: RecordTable
    gateway: Gateway
    queues: Mapping[int, Queue]
    now: Callable[[], int]
    pause: Callable[[float], None]
    history_anchored: bool = False

    def is_held(self, hold: Hold) -> bool:
        """Whether the gateway still holds this money."""
        found = self.gateway.find(hold.key)
        return found is not None and found.state is TransactionState.HELD

    def live_services(self, order: Order) -> tuple[str, ...]:
        """Ids of the order's services that are not canceled."""
        services = ServiceRecords(self.records)
        found = services.of_order(order.client_id, order.order_id) if order.client_id else ()
        return tuple(each.service_id for each in found)
