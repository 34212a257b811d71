"""Amounts that a caller stated before it was known what they are in."""

from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.money import MoneyError, parse_cents


def stated_cents(field: str, amount: object, currency: str) -> int:
    """The amount in the currency's smallest units. Raises InvalidOrderError that names the field."""
    try:
        return parse_cents(amount, currency)
    except MoneyError as error:
        raise InvalidOrderError((Problem(field, str(error)),)) from None
