"""Amounts, periods and days as people read them."""

from datetime import UTC, datetime

from lambdas.orders.model.money import grouped

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def amount(cents: int, currency: str) -> str:
    """`$9.95`, or `9.95 CHF` where the currency has no sign of its own here."""
    sign = _SIGNS.get(currency)
    number = grouped(abs(cents), currency)
    minus = "\u2212" if cents < 0 else ""
    return f"{minus}{sign}{number}" if sign else f"{minus}{number} {currency}"


def per_period(months: int) -> str:
    """How often a price is due."""
    named = {0: "once", 1: "a month", 12: "a year"}
    return named.get(months, f"every {months} months")


def day_of(at: int) -> str:
    """`24 December 2026`, in UTC. `at`: Unix seconds."""
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment.day} {moment:%B %Y}"
