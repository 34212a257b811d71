"""Hides personal data from users without the right to see it."""

from collections.abc import Mapping
from typing import Any

from lambdas.api.auth.caller import Caller
from lambdas.api.orders.results import CreatedOrder
from lambdas.catalog.plan import Plan
from lambdas.orders.model.order import Order
from lambdas.orders.table.pages import OrderPage


def redacted(found: Any, caller: Caller, plans: Mapping[str, Plan]) -> Any:
    """The found value as this caller may see it. `plans`: the catalog, for the titles of services."""
    match found:
        case Order():
            return found if caller.sees_personal_data(found.order_queue_id, found.brand_id) else _order(found, plans)
        case CreatedOrder():
            return CreatedOrder(redacted(found.order, caller, plans), found.queue)
        case OrderPage():
            return found.model_copy(update={"orders": redacted(found.orders, caller, plans)})
        case tuple():
            return tuple(redacted(one, caller, plans) for one in found)
    return found


def _order(order: Order, plans: Mapping[str, Plan]) -> Order:
    from lambdas.orders.model.redacted import without_person

    bare = without_person(order)
    titled = (pack.changed(title=plans[pack.plan_id].title if pack.plan_id in plans else "") for pack in bare.priced)
    return bare.changed(priced=tuple(titled))
