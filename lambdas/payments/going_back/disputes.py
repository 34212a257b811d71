"""Disputed payments, as every adapter shows them. A dispute that was lost went back to its payer, so it counts as refunded."""

from lambdas.orders.dispute import Dispute, DisputeState
from lambdas.payments.gateway import DeclinedError, Transaction, TransactionState

IS_DISPUTED = "it is disputed at its bank, and the dispute alone moves its money"


def disputed(payment: Transaction, *disputes: Dispute) -> Transaction:
    """The payment with its disputes, the latest one first: an open one shows, or else the latest."""
    if not disputes:
        return payment
    shown = next((each for each in disputes if each.is_open), disputes[0])
    lost = sum(each.amount_cents for each in disputes if each.state is DisputeState.LOST)
    refunded = min(payment.amount_cents, payment.refunded_cents + lost)
    state = payment.state
    if lost:
        is_whole = refunded == payment.amount_cents
        state = TransactionState.REFUNDED if is_whole else TransactionState.PARTLY_REFUNDED
    return payment.changed(dispute=shown, refunded_cents=refunded, state=state)


def refuse_disputed(payment: Transaction) -> None:
    """Raise DeclinedError while the payment's dispute is open. Each adapter calls this before it refunds."""
    if payment.dispute and payment.dispute.is_open:
        raise DeclinedError(IS_DISPUTED)
