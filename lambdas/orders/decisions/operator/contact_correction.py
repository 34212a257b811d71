"""Correcting contact data by hand, on an order in any step. Of a final order it is all that may still be changed."""

from collections.abc import Callable, Mapping
from typing import Any

from lambdas.orders.contact.fields import CONTACT_FIELDS
from lambdas.orders.decisions.late_contact import with_late_contact
from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.order import Order
from lambdas.orders.submit_errors import SubmitInProgressError

_LONGEST_NAMED = 80


def with_contact(
    order: Order, *, changes: Mapping[str, Any], preview: Callable[[Order, Mapping[str, Any]], Order], now: int
) -> Order:
    """The order with this `info`, of contact fields alone, and this `listed_company`. Services, prices and payment stay.

    A lead gets a new price, because its taxes follow from where its buyer is. `preview`: the order as it would be with changes.
    Raises InvalidOrderError, SubmitInProgressError.
    """
    said = changes.get("info") or {}
    if problems := tuple(_problems(said)):
        raise InvalidOrderError(problems)
    if order.is_being_submitted(now):
        raise SubmitInProgressError(order.order_id)
    texts = {key: "" if value is None else value for key, value in said.items()}
    return with_late_contact(order, preview(order, {**changes, "info": texts}), now)


def _problems(said: Mapping[str, Any]) -> list[Problem]:
    known = ", ".join(CONTACT_FIELDS)
    strange = [
        Problem(
            f"info.{key[:_LONGEST_NAMED]}",
            f"is no contact data; this corrects only {known}. While the order is open, order.update changes the rest",
        )
        for key in said
        if key not in CONTACT_FIELDS
    ]
    nested = [
        Problem(f"info.{key}", "must be text; send it empty to take it off")
        for key, value in said.items()
        if key in CONTACT_FIELDS and isinstance(value, Mapping | list | tuple)
    ]
    return [*strange, *nested]
