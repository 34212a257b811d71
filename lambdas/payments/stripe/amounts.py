"""Amounts as Stripe counts them: minor units, with two exceptions (docs.stripe.com/currencies).

ISO 4217 gives ISK and UGX no minor unit any more. Stripe still counts them in hundredths, of which it takes whole units only.
"""

_IN_HUNDREDTHS = frozenset({"ISK", "UGX"})


def stripe_amount(amount: int, currency: str) -> int:
    return amount * 100 if currency.upper() in _IN_HUNDREDTHS else amount


def our_amount(amount: int, currency: str) -> int:
    return amount // 100 if currency.upper() in _IN_HUNDREDTHS else amount
