"""Disputes at PayPal. No payment says that it is disputed, so a dispute is noted with its payment when its event comes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from lambdas.orders.dispute import Dispute, DisputeReason, DisputeState
from lambdas.payments.gateway import GatewayUnavailableError
from lambdas.payments.paypal.amounts import our_amount
from lambdas.payments.paypal.notes import Note
from lambdas.payments.paypal.outcomes import UnknownObjectError
from lambdas.payments.paypal.transactions import Json

# Of developer.paypal.com/api/customer-disputes/v1. All other outcomes are lost if something was refunded for them.
_LOST = frozenset({"RESOLVED_BUYER_FAVOUR"})
_WON = frozenset({"RESOLVED_SELLER_FAVOUR", "CANCELED_BY_BUYER", "DENIED"})
_REASONS = {
    "UNAUTHORISED": DisputeReason.FRAUDULENT,
    "DUPLICATE_TRANSACTION": DisputeReason.DUPLICATE,
    "PAYMENT_BY_OTHER_MEANS": DisputeReason.DUPLICATE,
    "MERCHANDISE_OR_SERVICE_NOT_RECEIVED": DisputeReason.NOT_RECEIVED,
    "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED": DisputeReason.NOT_AS_ORDERED,
    "CANCELED_RECURRING_BILLING": DisputeReason.CANCELED,
    "CREDIT_NOT_PROCESSED": DisputeReason.NOT_CREDITED,
}
_PREFIX = "dispute:"


def named_dispute(dispute_id: str) -> str:
    """The name that an event about a dispute has instead of a payment's."""
    return f"{_PREFIX}{dispute_id}"


def dispute_in(name: str) -> str:
    """The dispute's id; empty if the name is a payment's."""
    return name.removeprefix(_PREFIX) if name.startswith(_PREFIX) else ""


@dataclass(frozen=True)
class Disputes:
    """`read`: the object at this path. Each method raises as it, and UnknownObjectError for a dispute that is not there."""

    read: Callable[[str], Json]

    def captures_of(self, dispute_id: str) -> list[str]:
        """The ids of the captures that it disputes."""
        found = self._read(dispute_id).get("disputed_transactions") or ()
        return [str(each["seller_transaction_id"]) for each in found if each.get("seller_transaction_id")]

    def of(self, note: Note) -> Iterator[Dispute]:
        """The noted disputes of a payment, the latest first. Nothing is decided while one of them cannot be read."""
        for dispute_id in reversed(note.disputes):
            try:
                yield dispute_of(self._read(dispute_id))
            except UnknownObjectError:
                raise GatewayUnavailableError("the payment provider does not show a dispute of the payment") from None

    def _read(self, dispute_id: str) -> Json:
        return self.read(f"/v1/customer/disputes/{dispute_id}")


def dispute_of(found: Json) -> Dispute:
    asked, outcome = found["dispute_amount"], found.get("dispute_outcome") or {}
    returned, due = outcome.get("amount_refunded"), found.get("seller_response_due_date")
    state = _state_of(found, our_amount(returned) if returned else 0)
    lost = returned if returned and state is DisputeState.LOST else asked
    return Dispute(
        state=state,
        amount_cents=our_amount(lost),
        currency=str(asked["currency_code"]),
        reason=_REASONS.get(str(found.get("reason")), DisputeReason.OTHER),
        opened_at=_seconds(found["create_time"]),
        answer_by=_seconds(due) if due else None,
    )


def _state_of(found: Json, returned_cents: int) -> DisputeState:
    if found["status"] != "RESOLVED":
        return DisputeState.OPEN
    outcome = str((found.get("dispute_outcome") or {}).get("outcome_code"))
    is_lost = outcome in _LOST or (outcome not in _WON and returned_cents)
    return DisputeState.LOST if is_lost else DisputeState.WON


def _seconds(time: object) -> int:
    return int(datetime.fromisoformat(str(time)).timestamp())
