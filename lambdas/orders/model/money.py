"""Money as whole minor units. Two-decimal currencies only (docs/decisions.md); a fraction of a cent is refused, never rounded."""

import re
from decimal import Decimal, InvalidOperation

MAX_CENTS = 99_999_999_99
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")  # any other comma may mean a decimal point: refused


class MoneyError(ValueError):
    """Not an amount; the text says why without quoting it."""


def parse_cents(amount: object) -> int:
    """`"1,234.50"`, `"12"`, `12`, `Decimal("12.5")` -> cents. Thousands commas are taken as Ubersmith shows them (4.4)."""
    if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
        raise MoneyError("must be an amount such as 19.95")
    try:
        number = Decimal(_THOUSANDS.sub("", amount.strip()) if isinstance(amount, str) else amount)
    except InvalidOperation:
        raise MoneyError("must be an amount such as 19.95") from None
    if not number.is_finite() or number.copy_abs() > MAX_CENTS:
        raise MoneyError(f"must be an amount of at most {format_cents(MAX_CENTS)}")
    if number < 0:
        raise MoneyError("must not be negative")
    rounded = number.quantize(Decimal("0.01"))
    if rounded != number:
        raise MoneyError("must not have fractions of a cent")
    cents = int(rounded * 100)
    if cents > MAX_CENTS:
        raise MoneyError(f"must be an amount of at most {format_cents(MAX_CENTS)}")
    return cents


def format_cents(cents: int) -> str:
    """`1999` -> `"19.99"`."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
