"""Whom an order is for, and who pays it how: one client of the order's own brand, in a way that the brand takes."""

from collections.abc import Mapping
from typing import Any

from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.orders.payment_ports import Payments
from lambdas.orders.ports import Clients

_STORED = "billing_info_id"
_STORED_FIELD = f"info.{_STORED}"


def stored_method(info: Mapping[str, Any]) -> str:
    """The stored card or account that `info` names; empty if none."""
    return text(info, _STORED)


def client_problems(order: Order, clients: Clients) -> tuple[Problem, ...]:
    """A client of another brand is as good as none: nobody learns that there is one."""
    if order.client_id is None or clients.brand_of(order.client_id) == order.brand_id:
        return ()
    return (Problem("client_id", f"no such client in brand {order.brand_id}; leave it out to make a new client"),)


def refuse_strangers(before: Order | None, order: Order, clients: Clients, payments: Payments) -> None:
    """Raise InvalidOrderError for a client, or a stored method, that is not the order's; what was there before may stay.

    `before`: None for a new order.
    """
    known = (before.client_id, stored_method(before.info)) if before else (None, "")
    if known == (order.client_id, stored_method(order.info)):
        return
    if problems := client_problems(order, clients) or payments.stored_problems(order):
        raise InvalidOrderError(problems)


def refuse_untaken(before: Order | None, order: Order, payments: Payments) -> None:
    """Raise InvalidOrderError for a way to pay that is not taken here; one that was named before may stay, and is refused at
    submit. `before`: None for a new order.
    """
    problems = payments.way_problems(order)
    if problems and (before is None or payments.way_problems(before) != problems):
        raise InvalidOrderError(problems)


def refuse_left_behind(before: Order, order: Order, changes: Mapping[str, Any]) -> None:
    """Raise InvalidOrderError where an order gets another client and keeps the stored method of the one it had.

    The numbers of stored methods are their client's: another client's card may have the same.
    """
    kept = stored_method(order.info) and _STORED not in (changes.get("info") or {})
    if kept and before.client_id != order.client_id:
        text = "belongs to the client the order had; name one of the new client's, or send it empty"
        raise InvalidOrderError((Problem(_STORED_FIELD, text),))
