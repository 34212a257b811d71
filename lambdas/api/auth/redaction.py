"""Hides personal data from users without the right to see it."""

from collections.abc import Mapping
from typing import Any

from lambdas.access.visibility import order_seen_by
from lambdas.api.auth.caller import Caller
from lambdas.api.orders.results import CreatedOrder
from lambdas.catalog.plan import Plan
from lambdas.orders.model.order import Order
from lambdas.orders.table.pages import OrderPage


def redacted(found: Any, caller: Caller, plans: Mapping[str, Plan]) -> Any:
    """The found value as this caller may see it. `plans`: the catalog, for the titles of services."""
    match found:
        case Order():
            return order_seen_by(caller.user, found, plans)
        case CreatedOrder():
            return CreatedOrder(redacted(found.order, caller, plans), found.queue)
        case OrderPage():
            return found.model_copy(update={"orders": redacted(found.orders, caller, plans)})
        case tuple():
            return tuple(redacted(one, caller, plans) for one in found)
    return found
