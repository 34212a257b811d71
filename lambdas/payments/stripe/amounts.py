"""Amounts as Stripe counts them (docs.stripe.com/currencies): minor units of ISO 4217, with these exceptions.

* ISK and UGX have no minor unit any more. Stripe still counts them in hundredths, of which it takes whole units only.
* MGA has two digits by ISO 4217, and none at Stripe.
* Amounts with three digits must end in 0.

HUF and TWD are charged with their two digits; only Stripe's payouts of them are in whole units.
"""

from lambdas.orders.model.money import Money
from lambdas.payments.gateway import DeclinedError

_IN_HUNDREDTHS = frozenset({"ISK", "UGX"})
_STEPS = {"MGA": 100, **dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 10)}
_WITHOUT_DIGITS = frozenset({"MGA"})


def stripe_amount(amount: int, currency: str) -> int:
    """Raises DeclinedError, before Stripe is asked, if it charges no such amount."""
    code = currency.upper()
    step = _STEPS.get(code, 1)
    if amount % step:
        raise DeclinedError(
            f"Stripe charges {code} in steps of {Money(step, code)}, and {Money(amount, code)} is between two"
        )
    if code in _WITHOUT_DIGITS:
        return amount // step
    return amount * 100 if code in _IN_HUNDREDTHS else amount


def our_amount(amount: int, currency: str) -> int:
    code = currency.upper()
    if code in _WITHOUT_DIGITS:
        return amount * _STEPS[code]
    return amount // 100 if code in _IN_HUNDREDTHS else amount
