"""The stores and services of the methods, made once per process. Parts that few methods need are made on demand."""

from collections.abc import Mapping
from dataclasses import dataclass

from lambdas.access.caller_limits import CallerLimits
from lambdas.api.auth.caller import Caller
from lambdas.api.http.parameters import OrderRequest
from lambdas.catalog.plan import Plan
from lambdas.orders.errors import QueueNotFoundError
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.service import OrderService
from lambdas.payments.gateway import Gateway
from lambdas.payments.several.choice import SINGLE, GatewayChoice
from lambdas.records.table import RecordTable


@dataclass(frozen=True)
class Backend:
    """`service` has the verbs of orders; `records` is the table of all that orders make; `limits` counts and remembers calls.

    `history`, `desk`: tables of what is read of orders (lambdas/read_models), which the announcer writes. `choice`: of the
    gateway for what is charged. `electronic_invoices`: documents hold data as well. `languages`: those of
    buyers, the stage's own first.
    """

    service: OrderService
    records: RecordTable
    gateway: Gateway
    plans: Mapping[str, Plan]
    limits: CallerLimits
    history: RecordTable
    desk: RecordTable
    choice: GatewayChoice = SINGLE
    electronic_invoices: bool = False
    languages: tuple[str, ...] = ("en",)

    @property
    def queues(self) -> Mapping[int, Queue]:
        return self.service.queues

    def order(self, request: OrderRequest, caller: Caller) -> Order:
        """The order the request names, if the caller may do with it what they ask for."""
        return caller.order(self.service, order_id=request.order_id, hash=request.hash)

    def queue_of(self, order: Order) -> Queue:
        """The order's queue as it is deployed. Raises QueueNotFoundError: an order may outlive it."""
        queue = self.queues.get(order.order_queue_id)
        if queue is None:
            raise QueueNotFoundError(order.order_queue_id, list(self.queues))
        return queue
