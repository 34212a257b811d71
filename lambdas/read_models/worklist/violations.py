"""Broken promises as a user sees them: work of the team operations that no wait of an order stands for."""

from collections.abc import Sequence

from lambdas.orders.model.order import Order
from lambdas.orders.ports import OrderStore
from lambdas.read_models.worklist.pages import WorklistFilter
from lambdas.records.broken_promises import BrokenPromise, BrokenPromises
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right
from lambdas.runtime.models import Frozen

TEAM = "operations"
MOST = 100  # that are shown; the log of the check has all


class Violations(Frozen):
    """`are_more`: others are not shown."""

    shown: tuple[BrokenPromise, ...] = ()
    are_more: bool = False


def read_violations(
    records: BrokenPromises, orders: OrderStore, user: ApiUser, criteria: WorklistFilter, *, of_all_queues: bool
) -> Violations:
    """Read what the first page of the list shows; other pages show none. `of_all_queues`: the list is not of one queue.

    What an order broke is for users who may see that order. What no readable order broke is for users who see all queues.
    """
    if not _holds_work_of_operations(criteria):
        return Violations()
    found = records.read_some(MOST + 1)
    sees_all = of_all_queues and user.may_everywhere(Right.VIEW)
    order_of = _orders(orders, found)

    def is_seen(broken: BrokenPromise) -> bool:
        if (order := order_of.get(broken.place)) is None:
            return sees_all
        return order.order_queue_id in criteria.queues and user.may_in(Right.VIEW, order.order_queue_id, order.brand_id)

    seen = sorted(filter(is_seen, found[:MOST]), key=lambda each: (each.first_day, each.promise, each.place))
    return Violations(shown=tuple(seen), are_more=len(found) > MOST)


def _holds_work_of_operations(criteria: WorklistFilter) -> bool:
    """A violation is in nobody's hands, has no deadline, and is no kind of an order's waits."""
    is_narrowed = criteria.cursor or criteria.person or criteria.kind or criteria.overdue_at is not None
    return not is_narrowed and (not criteria.teams or TEAM in criteria.teams)


def _orders(orders: OrderStore, found: Sequence[BrokenPromise]) -> dict[str, Order]:
    """The orders that broke a promise and can be read, by number."""
    numbers = list(dict.fromkeys(each.place for each in found if each.place.isdecimal()))
    return {order.order_id: order for order in orders.get_many(numbers) if isinstance(order, Order)} if numbers else {}
