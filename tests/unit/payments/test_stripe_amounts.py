"""Stripe counts some currencies otherwise than ISO 4217 does. What it would refuse is refused before it is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.model.currencies import DIGITS
from lambdas.payments.gateway import DeclinedError
from lambdas.payments.stripe.amounts import our_amount, stripe_amount


@pytest.mark.parametrize(
    ("cents", "currency", "at_stripe"),
    [
        (995, "USD", 995),
        (1500, "JPY", 1500),
        (5120, "KWD", 5120),
        (150, "ISK", 15_000),
        (150, "UGX", 15_000),
        (15_000, "MGA", 150),
        (1999, "HUF", 1999),
        (1999, "TWD", 1999),
    ],
)
def test_each_currency_is_counted_as_stripe_documents_it(cents: int, currency: str, at_stripe: int) -> None:
    assert stripe_amount(cents, currency) == stripe_amount(cents, currency.lower()) == at_stripe
    assert our_amount(at_stripe, currency) == cents


@pytest.mark.parametrize(
    ("cents", "currency", "words"),
    [
        (5124, "KWD", "Stripe charges KWD in steps of 0.010 KWD, and 5.124 KWD is between two"),
        (1, "BHD", "steps of 0.010 BHD"),
        (150, "MGA", "steps of 1.00 MGA, and 1.50 MGA is between two"),
    ],
)
def test_an_amount_that_stripe_does_not_charge_is_declined_first(cents: int, currency: str, words: str) -> None:
    with pytest.raises(DeclinedError, match=words.replace(".", r"\.")):
        stripe_amount(cents, currency)


@given(st.integers(0, 10**8), st.sampled_from(sorted(DIGITS)))
def test_what_is_charged_reads_back_as_the_same(cents: int, currency: str) -> None:
    try:
        at_stripe = stripe_amount(cents, currency)
    except DeclinedError:
        return
    assert our_amount(at_stripe, currency) == cents
