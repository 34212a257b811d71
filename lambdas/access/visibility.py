"""Which queues a user sees, and how much of an order."""

from collections.abc import Mapping

from lambdas.catalog.plan import Plan
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right


def queues_seen_by(user: ApiUser, queues: Mapping[int, Queue]) -> frozenset[int]:
    """The queues whose orders the user may see."""
    return frozenset(
        queue.order_queue_id
        for queue in queues.values()
        if user.may_in(Right.VIEW, queue.order_queue_id, queue.brand_id)
    )


def order_seen_by(user: ApiUser, order: Order, plans: Mapping[str, Plan]) -> Order:
    """The order, without the person for users who may not see personal data. `plans`: the catalog, for titles of services."""
    if user.may_in(Right.PERSONAL_DATA, order.order_queue_id, order.brand_id):
        return order
    from lambdas.orders.model.redacted import without_person

    bare = without_person(order)
    titled = (pack.changed(title=plans[pack.plan_id].title if pack.plan_id in plans else "") for pack in bare.priced)
    return bare.changed(priced=tuple(titled))
