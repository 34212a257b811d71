"""Tables of an order's money."""

from collections.abc import Iterable

from rich.console import Console

from infra.operate.order.tables import Values, line, table


def effects(console: Console, found: Values) -> None:
    """The answer first, then payments as they are, then each call."""
    line(console, found["answer"])
    if found["certificate"]:
        line(console, found["certificate"]["sentence"])
    _payments(console, found["payments"])
    calls = (
        (
            each["asked_at"],
            each["kind"],
            each["try_number"],
            _money(each["amount"], each["currency"]),
            each["outcome"],
            each["state"],
            each["asked_by"] or each["asked_in"],
            each["transaction_id"],
        )
        for each in found["effects"]
    )
    table(console, "asked", "for", "try", "sum", "outcome", "then", "by", "payment", rows=calls)
    for each in found["look_ups"]:
        last = f"last at {each['last_at']}: {each['state'] or 'not there'}"
        line(console, f"{each['key']} was looked up, {each['times']} in all, {last}")


def _payments(console: Console, found: Iterable[Values]) -> None:
    rows = (
        (
            each["transaction_id"] or "not begun",
            each["state"],
            _money(each["amount"], each["currency"]),
            _money(each["refunded"], each["currency"]),
            "now" if each["current"] else "as recorded",
            each["key"],
        )
        for each in found
    )
    table(console, "payment", "is", "sum", "refunded", "seen", "key", rows=rows)


def _money(amount: str | None, currency: str | None) -> str:
    return f"{amount} {currency}" if amount else ""
