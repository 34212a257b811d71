"""Disputes at Stripe. An intent says only that its charge was disputed, so the disputes of such a one are asked for."""

from typing import Any

from lambdas.orders.dispute import Dispute, DisputeReason, DisputeState
from lambdas.payments.stripe.amounts import our_amount
from lambdas.payments.stripe.transactions import Intent

# Of docs.stripe.com/api/disputes/object. A debit that its bank returns after it succeeded is a dispute too, lost at once.
# An inquiry ("warning") that was closed took no money; what was prevented was refunded.
_CLOSED = {
    "won": DisputeState.WON,
    "warning_closed": DisputeState.WON,
    "lost": DisputeState.LOST,
    "prevented": DisputeState.LOST,
}
_REASONS = {
    "fraudulent": DisputeReason.FRAUDULENT,
    "debit_not_authorized": DisputeReason.FRAUDULENT,
    "unrecognized": DisputeReason.UNRECOGNIZED,
    "duplicate": DisputeReason.DUPLICATE,
    "product_not_received": DisputeReason.NOT_RECEIVED,
    "product_unacceptable": DisputeReason.NOT_AS_ORDERED,
    "subscription_canceled": DisputeReason.CANCELED,
    "credit_not_processed": DisputeReason.NOT_CREDITED,
    **dict.fromkeys(("insufficient_funds", "incorrect_account_details", "bank_cannot_process"), DisputeReason.RETURNED),
}


def is_disputed(intent: Intent) -> bool:
    """`intent`: with its charge expanded. Once disputed, it stays so at Stripe."""
    return bool((intent.get("latest_charge") or {}).get("disputed"))


def dispute_of(found: Intent) -> Dispute:
    currency = str(found["currency"]).upper()
    due_by = (found.get("evidence_details") or {}).get("due_by")
    state = _CLOSED.get(str(found["status"]), DisputeState.OPEN)
    asked: dict[str, Any] = {"opened_at": int(found["created"]), "answer_by": int(due_by) if due_by else None}
    return Dispute(
        state=state,
        amount_cents=our_amount(int(found["amount"]), currency),
        currency=currency,
        reason=_REASONS.get(str(found.get("reason")), DisputeReason.OTHER),
        **asked,
    )
