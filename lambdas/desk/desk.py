"""The desk: the parts that its pages read and its acts write with, whichever host shows them."""

from collections.abc import Mapping
from dataclasses import dataclass

from lambdas.access.acting_user import ActingUser
from lambdas.access.visibility import order_seen_by, queues_seen_by
from lambdas.catalog.plan import Plan
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.service import OrderService
from lambdas.records.posts.post import PostRecords
from lambdas.records.step_counts import StepCounts
from lambdas.records.table import RecordTable
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right


@dataclass(frozen=True)
class Desk:
    """`records` is the table of all that orders make; `history` and `read_models` are what is read of orders.

    `electronic_invoices`: documents hold data as well. `languages`: those of buyers, the stage's own first.
    """

    service: OrderService
    records: RecordTable
    plans: Mapping[str, Plan]
    history: RecordTable
    read_models: RecordTable
    company: str = ""
    electronic_invoices: bool = False
    languages: tuple[str, ...] = ("en",)

    @property
    def posts(self) -> PostRecords:
        return PostRecords(self.records)

    @property
    def counts(self) -> StepCounts:
        return StepCounts(self.records)

    def now(self) -> int:
        return self.service.now()

    def queues_of(self, user: ApiUser) -> list[Queue]:
        """The queues that the user sees, by number."""
        seen = queues_seen_by(user, self.service.queues)
        return [queue for number, queue in sorted(self.service.queues.items()) if number in seen]

    def order(self, user: ApiUser, order_id: str, method: str = "order.get", *rights: Right) -> Order:
        """The whole order, if the user may do this with it. Raises OrderNotFoundError, NotHereError."""
        return acting(user, method, *rights).order(self.service, order_id=order_id)

    def seen(self, user: ApiUser, order: Order) -> Order:
        """As much of the order as the user may see."""
        return order_seen_by(user, order, self.plans)


def acting(user: ApiUser, method: str, *rights: Right) -> ActingUser:
    """The user at work. `method`: as the API calls what they do. Without rights: to view."""
    return ActingUser(user, method, rights or (Right.VIEW,))
