"""Debits through Stripe's adapter: pending for days, then taken, failed with a reason in our words, or returned by the bank."""

import pytest

from lambdas.orders.dispute import DisputeReason, DisputeState
from lambdas.payments.gateway import DeclinedError, TransactionState
from tests.stand_ins.stripe.charges import RETURN_SECONDS, SEPA_SECONDS
from tests.stand_ins.stripe_gateway import Shop


@pytest.mark.parametrize(
    ("account", "currency", "state", "why"),
    [
        ("pm_success_de", "EUR", TransactionState.CAPTURED, ""),
        ("pm_failed_de", "EUR", TransactionState.FAILED, "the account does not have enough funds"),
        ("pm_usBankAccount_success", "USD", TransactionState.CAPTURED, ""),
        ("pm_usBankAccount_accountClosed", "USD", TransactionState.FAILED, "the account is closed"),
    ],
)
def test_a_bank_decides_days_later(shop: Shop, account: str, currency: str, state: TransactionState, why: str) -> None:
    assert shop.authorize(account, currency=currency).state is TransactionState.PENDING
    shop.clock.advance(seconds=SEPA_SECONDS)

    found = shop.again()
    assert (found.state, found.why_failed) == (state, why)
    assert [each["amount_received"] for each in shop.booked("pi")] == [0 if why else 2_000]


def test_what_a_bank_takes_back_is_a_dispute_that_is_lost(shop: Shop) -> None:
    shop.authorize("pm_disputed_de", currency="EUR")
    shop.clock.advance(seconds=SEPA_SECONDS)
    assert shop.again().state is TransactionState.CAPTURED
    shop.clock.advance(seconds=RETURN_SECONDS)

    found = shop.again()
    assert (found.state, found.kept_cents) == (TransactionState.REFUNDED, 0)
    assert found.dispute is not None
    assert (found.dispute.state, found.dispute.reason) == (DisputeState.LOST, DisputeReason.FRAUDULENT)


def test_a_payment_that_failed_is_not_begun_again_under_its_key(shop: Shop) -> None:
    token = shop.token("pm_usBankAccount_noAccount")
    shop.authorize(token=token)
    shop.clock.advance(seconds=SEPA_SECONDS)
    with pytest.raises(DeclinedError, match="there is no such account"):
        shop.authorize(token=token)

    assert len(shop.booked("pi")) == 1
