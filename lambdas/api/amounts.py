"""Amounts and percentages of a request, read once it is known what they are in."""

from collections.abc import Callable

from lambdas.api.errors import MalformedRequestError
from lambdas.orders.errors import Problem
from lambdas.orders.model.money import MoneyError, parse_cents, parse_percent


def asked_cents(field: str, amount: object, currency: str) -> int:
    """The amount in the currency's smallest units. Raises MalformedRequestError that names the field."""
    return _read(field, lambda: parse_cents(amount, currency))


def asked_percent(field: str, percent: object) -> int:
    """The percentage in hundredths of a percent. Raises MalformedRequestError that names the field."""
    return _read(field, lambda: parse_percent(percent))


def _read(field: str, parse: Callable[[], int]) -> int:
    try:
        return parse()
    except MoneyError as error:
        raise MalformedRequestError(Problem(field, str(error))) from None
