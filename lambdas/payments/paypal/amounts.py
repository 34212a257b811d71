"""Amounts as PayPal writes them: decimal numbers with the digits of ISO 4217, except that HUF and TWD have whole units only."""

from decimal import Decimal

from lambdas.orders.model.money import Money, digits_of, format_cents
from lambdas.payments.gateway import DeclinedError

_WHOLE = frozenset({"HUF", "TWD"})


def paypal_amount(amount: int, currency: str) -> dict[str, str]:
    """Raises DeclinedError, before PayPal is asked, if it charges no such amount."""
    code = currency.upper()
    step = 10 ** digits_of(code) if code in _WHOLE else 1
    if amount % step:
        raise DeclinedError(
            f"PayPal charges {code} in steps of {Money(step, code)}, and {Money(amount, code)} is between two"
        )
    return {"currency_code": code, "value": str(amount // step) if code in _WHOLE else format_cents(amount, code)}


def our_amount(stated: dict[str, str]) -> int:
    return int(Decimal(stated["value"]).scaleb(digits_of(stated["currency_code"])))
