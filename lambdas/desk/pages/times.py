"""Times and amounts as people read them. All times are in UTC."""

from datetime import UTC, datetime

from lambdas.orders.model.money import grouped

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def moment(at: int | None) -> str:
    """`27 Nov 2026, 08:15 UTC`; empty for None. `at`: Unix seconds."""
    if at is None:
        return ""
    when = datetime.fromtimestamp(at, UTC)
    return f"{when.day} {when:%b %Y, %H:%M} UTC"


def span(seconds: int) -> str:
    """`3 minutes`, `2 hours`, `5 days`: whole units, rounded down."""
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= unit:
            count = seconds // unit
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return "less than a minute"


def amount(cents: int, currency: str) -> str:
    """`1,234.50 USD`, `1,234 JPY`."""
    minus = "\u2212" if cents < 0 else ""
    return f"{minus}{grouped(abs(cents), currency)} {currency}"
