"""Amounts, periods and days as people read them."""

from datetime import UTC, datetime

from lambdas.languages import formats
from lambdas.languages.texts import _, n_
from lambdas.orders.model.money import grouped


def amount(cents: int, currency: str) -> str:
    """`$9.95`, or `9,95 $` in German."""
    whole, _point, fraction = grouped(abs(cents), currency).partition(".")
    return formats.money(whole, fraction, currency, negative=cents < 0)


def per_period(months: int) -> str:
    """How often a price is due."""
    named = {0: _("once"), 1: _("a month"), 12: _("a year")}
    return named.get(months) or n_("every month", "every {months} months", months, months=months)


def day_of(at: int) -> str:
    """`24 December 2026`, in UTC. `at`: Unix seconds."""
    return formats.day(at)


def time_of(at: int) -> str:
    """`24 December 2026, 18:30 UTC`. `at`: Unix seconds."""
    return _("{day}, {time} UTC", day=day_of(at), time=datetime.fromtimestamp(at, UTC).strftime("%H:%M"))
