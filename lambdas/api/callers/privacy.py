"""An order as a user may see it: without the right to personal data, without what says who the client is."""

from typing import Any

from lambdas.api.callers.caller import Caller
from lambdas.orders.order import Order
from lambdas.orders.pages import OrderPage

# All that is known to say nothing of a person. `info` takes any key, so the rest counts as personal.
_IMPERSONAL = ("pack", "coupon", "payment_type", "taxes")


def shown(found: Any, caller: Caller) -> Any:
    """What was found, as this caller may see it."""
    match found:
        case Order():
            return found if caller.sees_personal_data(found.order_queue_id, found.brand_id) else _without_person(found)
        case OrderPage():
            return found.model_copy(update={"orders": shown(found.orders, caller)})
        case tuple():
            return tuple(shown(one, caller) for one in found)
    return found


def _without_person(order: Order) -> Order:
    kept = {key: value for key, value in order.info.items() if key.startswith(_IMPERSONAL)}
    actions = {key: action.changed(input={}, result={}) for key, action in order.actions.items()}
    return order.changed(info=kept, actions=actions, hash="", listed_company="", signature="")
