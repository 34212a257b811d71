"""`order.list` in another order than by time, for API 2.0. Indexes know the time alone, so all that is listed is read first."""

from collections.abc import Callable
from typing import Any

from lambdas.api.orders.records_2_0 import record
from lambdas.api.orders.requests import ORDER_FIELDS
from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.order import Order
from lambdas.orders.table.pages import OrderPage

_TEXTS = {"hash", "owner", "listed_company", "signature"}


def sorted_page(page: OrderPage, field: str, *, descending: bool, offset: int, limit: int) -> OrderPage:
    """Part of a whole list, sorted by what is shown of it. Raises InvalidOrderError where the page is not the whole list."""
    if page.next_cursor:
        text = (
            f"cannot be {field}: these are too many orders to be sorted in one call; narrow the list with min_ts and max_ts, or "
            "have it sorted by ts"
        )
        raise InvalidOrderError((Problem("order_by", text),))
    ordered = sorted(page.orders, key=_sort_key(field), reverse=descending)
    return page.changed(orders=tuple(ordered[offset : offset + limit]))


def _sort_key(field: str) -> Callable[[Order], tuple[Any, ...]]:
    if field not in ORDER_FIELDS:
        raise LookupError(f"orders are not sorted by {field}")

    def place(order: Order) -> tuple[Any, ...]:
        if field == "total":
            return order.total_cents, order.list_position
        value = str(record(order)[field])
        return value.casefold() if field in _TEXTS else int(value), order.list_position

    return place
