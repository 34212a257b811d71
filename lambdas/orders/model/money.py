"""Money of one currency: a whole number of its smallest unit inside, decimal text with the currency's digits outside.

Whatever is called `_cents` counts that smallest unit: cents of USD, yen of JPY, fils of KWD. An amount that is no whole number
of them is refused, never rounded.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from lambdas.orders.model.currencies import DIGITS

MAX_CENTS = 99_999_999_99
MOST_DIGITS = max(DIGITS.values())
_USUAL_DIGITS = 2  # of currencies that are on the list no more, in which old records may be
_THOUSAND = 3  # digits behind a mark of thousands
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")  # any other comma may mean a decimal point: refused


class MoneyError(ValueError):
    """Not an amount; the text says why without quoting it."""


class Money(NamedTuple):
    """`cents` of `currency`; as text, `19.95 USD`."""

    cents: int
    currency: str

    def __str__(self) -> str:
        return f"{format_cents(self.cents, self.currency)} {self.currency}"


def digits_of(currency: str) -> int:
    """How many digits the amounts of a currency have after the point, by ISO 4217."""
    return DIGITS.get(currency, _USUAL_DIGITS)


def stated_amount(amount: object) -> Decimal:
    """`"1,234.50"`, `"12"`, `12`, `Decimal("12.5")` of a currency that is not known yet. `parse_cents` takes it once it is.

    Thousands commas are taken as Ubersmith shows them (4.4).
    """
    if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
        raise MoneyError("must be an amount such as 19.95")
    try:
        number = Decimal(_THOUSANDS.sub("", amount.strip()) if isinstance(amount, str) else amount)
    except InvalidOperation:
        raise MoneyError("must be an amount such as 19.95") from None
    if not number.is_finite() or number.copy_abs() > MAX_CENTS:
        raise MoneyError(f"must be an amount of at most {MAX_CENTS}")
    if number < 0:
        raise MoneyError("must not be negative")
    if number.quantize(Decimal(1).scaleb(-MOST_DIGITS)) != number:
        raise MoneyError(f"must not have more than {MOST_DIGITS} digits after the point")
    return number


def parse_cents(amount: object, currency: str) -> int:
    """The amount (see `stated_amount`) in the currency's smallest units. Zeros behind the currency's digits say nothing."""
    number, digits = stated_amount(amount), digits_of(currency)
    exponent = number.as_tuple().exponent
    if not digits and exponent == -_THOUSAND:
        raise MoneyError(f"must have no digits after the point in {currency}; write a thousand as 1000 or 1,000")
    units = number.scaleb(digits)
    if units != units.to_integral_value():
        most = f"more than {digits} digits" if digits else "digits"
        raise MoneyError(f"must not have {most} after the point in {currency}, as in {format_cents(123456, currency)}")
    if units > MAX_CENTS:
        raise MoneyError(f"must be an amount of at most {Money(MAX_CENTS, currency)}")
    return int(units)


def parse_percent(percent: object) -> int:
    """`"12.5"` -> 1250, in hundredths of a percent."""
    number = stated_amount(percent) * 100
    if number != number.to_integral_value():
        raise MoneyError("must not have more than 2 digits after the point, being a percentage")
    return int(number)


def format_percent(hundredths: int) -> str:
    """`1250` -> `"12.50"`."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def format_cents(cents: int, currency: str) -> str:
    """`1999` -> `"19.99"` in USD, `"1999"` in JPY, `"1.999"` in KWD."""
    sign, digits = "-" if cents < 0 else "", digits_of(currency)
    whole, fraction = divmod(abs(cents), 10**digits)
    return f"{sign}{whole}.{fraction:0{digits}d}" if digits else f"{sign}{whole}"


def grouped(cents: int, currency: str) -> str:
    """`123456` -> `"1,234.56"` in USD: as people read it."""
    whole, point, fraction = format_cents(cents, currency).partition(".")
    return f"{int(whole):,}{point}{fraction}"
