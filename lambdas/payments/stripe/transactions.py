"""A payment intent as the port's transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from lambdas.orders.model.payment_ids import PaymentIds
from lambdas.payments.gateway import Challenge, Transaction, TransactionState
from lambdas.payments.hosted_pages import is_page_of
from lambdas.payments.stripe.addresses import ORIGINS
from lambdas.payments.stripe.amounts import our_amount
from lambdas.payments.stripe.outcomes import declined, failed_debit

NAME = "stripe"
CHALLENGE_SECONDS = 15 * 60  # Stripe names no deadline for a card holder's answer; this one is ours.
EXPANDED = ["latest_charge"]
UNBEGUN = ("requires_confirmation", "requires_payment_method")
_BY_TIME = (
    "automatic",
    "expired",
)  # Why Stripe itself canceled an intent. Any other reason, or none, is a person's or ours.
_AVS = {("pass", "pass"): "Y", ("pass", "fail"): "A", ("fail", "pass"): "Z", ("fail", "fail"): "N"}
_STATES = {
    "requires_capture": TransactionState.HELD,
    "requires_action": TransactionState.NEEDS_AUTHENTICATION,
    "processing": TransactionState.PENDING,
    "succeeded": TransactionState.CAPTURED,
    **dict.fromkeys(UNBEGUN, TransactionState.FAILED),
}
Intent = Mapping[str, Any]


def transaction_of(intent: Intent, origins: Sequence[str] = ORIGINS) -> Transaction:
    """Of an intent whose charge is expanded and which is not `is_unbegun`. `origins`: where its bank's page may be."""
    currency = str(intent["currency"]).upper()
    charge: Intent = intent.get("latest_charge") or {}
    card: Intent = (charge.get("payment_method_details") or {}).get("card") or {}
    refunded = our_amount(refunded_of(charge), currency)
    taken = intent["status"] == "succeeded"
    state = _state_of(intent, refunded_of(charge))
    return Transaction(
        transaction_id=intent["id"],
        key=key_of(intent),
        state=state,
        amount_cents=our_amount(intent["amount_received"] if taken else intent["amount"], currency),
        currency=currency,
        refunded_cents=refunded if taken else 0,
        avs_code=_avs_code(card.get("checks") or {}),
        capture_before=card.get("capture_before") if state is TransactionState.HELD else None,
        challenge=_challenge_of(intent, origins),
        order_id=str((intent.get("metadata") or {}).get("order_id", "")),
        gateway=NAME,
        ids=_ids_of(charge),
        customer=str(intent.get("customer") or ""),
        held_at=int(charge["created"]) if state is TransactionState.HELD else None,
        why_failed=why_declined(intent) if state is TransactionState.FAILED else "",
    )


def why_declined(intent: Intent) -> str:
    """Of an intent whose charge is expanded, for the client."""
    error: Intent = intent.get("last_payment_error") or {}
    codes = (error.get("decline_code"), error.get("code"))
    if "card" in intent["payment_method_types"]:
        return declined(*codes)
    charge: Intent = intent.get("latest_charge") or {}
    return failed_debit(charge.get("failure_code"), *codes)


def key_of(intent: Intent) -> str:
    return str((intent.get("metadata") or {}).get("key", ""))


def installation_of(intent: Intent) -> str:
    return str((intent.get("metadata") or {}).get("installation", ""))


def is_unbegun(intent: Intent) -> bool:
    """Whether no bank was asked yet, so that no money can have moved."""
    return intent["status"] in UNBEGUN and not intent.get("last_payment_error")


def refunded_of(charge: Intent) -> int:
    """The refunded part of the captured money, as Stripe counts. The released rest of a hold counts as refunded there."""
    if not charge.get("captured"):
        return 0
    released = int(charge["amount"]) - int(charge["amount_captured"])
    return max(0, int(charge["amount_refunded"]) - released)


def _state_of(intent: Intent, refunded: int) -> TransactionState:
    status = intent["status"]
    if status == "canceled":
        return TransactionState.LAPSED if intent.get("cancellation_reason") in _BY_TIME else TransactionState.VOIDED
    if status == "succeeded" and refunded:
        left = int(intent["amount_received"]) - refunded
        return TransactionState.PARTLY_REFUNDED if left > 0 else TransactionState.REFUNDED
    return _STATES[status]


def _challenge_of(intent: Intent, origins: Sequence[str]) -> Challenge | None:
    """The bank's page, if the intent waits for one that a browser can be sent to. An address elsewhere is none."""
    redirect = (intent.get("next_action") or {}).get("redirect_to_url") or {}
    if intent["status"] != "requires_action" or not is_page_of(str(redirect.get("url") or ""), origins):
        return None
    expires_at = int(intent["created"]) + CHALLENGE_SECONDS
    return Challenge(challenge_id=intent["id"], url=redirect["url"], expires_at=expires_at)


def _ids_of(charge: Intent) -> PaymentIds:
    """Stripe knows the hold and what was captured of it as one charge."""
    charge_id = str(charge.get("id") or "")
    return PaymentIds(authorization=charge_id, capture=charge_id if charge.get("captured") else "")


def _avs_code(checks: Intent) -> str:
    street, postal_code = checks.get("address_line1_check"), checks.get("address_postal_code_check")
    if "unavailable" in (street, postal_code):
        return "U"
    return _AVS.get((str(street), str(postal_code)), "")
