"""Whom an order is of, in one line."""

from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order


def listed_name(order: Order) -> str:
    """The name that it is listed under, or its company, or its person. `order`: as the user may see it."""
    person = " ".join(filter(None, (text(order.info, "first"), text(order.info, "last"))))
    return order.listed_company or text(order.info, "company") or person
