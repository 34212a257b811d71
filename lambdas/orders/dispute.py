"""A dispute: the holder of a card or an account has their bank take a payment back (a chargeback)."""

from enum import StrEnum

from lambdas.orders.model.money import Money
from lambdas.runtime.models import Frozen


class DisputeState(StrEnum):
    """`open`: the bank has not decided yet. `lost`: the money went back to its payer."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class DisputeReason(StrEnum):
    """The payer's objection to the payment. `returned`: theirs is none, but their bank could not draw the debit after all."""

    FRAUDULENT = "fraudulent"
    UNRECOGNIZED = "unrecognized"
    DUPLICATE = "duplicate"
    NOT_RECEIVED = "not_received"
    NOT_AS_ORDERED = "not_as_ordered"
    CANCELED = "canceled"
    NOT_CREDITED = "not_credited"
    RETURNED = "returned"
    OTHER = "other"


_SAYS = {
    DisputeReason.FRAUDULENT: "somebody else paid with it",
    DisputeReason.UNRECOGNIZED: "they do not know the payment",
    DisputeReason.DUPLICATE: "they paid twice",
    DisputeReason.NOT_RECEIVED: "they did not get what they paid for",
    DisputeReason.NOT_AS_ORDERED: "it is not what they ordered",
    DisputeReason.CANCELED: "they had canceled",
    DisputeReason.NOT_CREDITED: "a refund that was promised did not come",
    DisputeReason.RETURNED: "their bank could not draw the debit after all",
    DisputeReason.OTHER: "the payment is not right",
}


class Dispute(Frozen):
    """`amount_cents`: of the payment, what is disputed. `answer_by`: the bank takes no evidence after that; None: it asks for
    none. Times in Unix seconds.
    """

    IMPERSONAL = frozenset({"state", "amount_cents", "currency", "reason", "opened_at", "answer_by"})

    state: DisputeState
    amount_cents: int
    currency: str
    reason: DisputeReason = DisputeReason.OTHER
    opened_at: int
    answer_by: int | None = None

    @property
    def is_open(self) -> bool:
        return self.state is DisputeState.OPEN

    @property
    def money(self) -> Money:
        return Money(self.amount_cents, self.currency)

    @property
    def says(self) -> str:
        """The payer's objection, as a clause."""
        return _SAYS[self.reason]


class RefundThere(Frozen):
    """Money of the order's payment that its provider refunded without us: somebody refunded it there, or a dispute was lost.

    `amount_cents`: what no credit note stands for. `since`: Unix seconds.
    """

    IMPERSONAL = frozenset({"amount_cents", "currency", "since"})

    amount_cents: int
    currency: str
    since: int

    @property
    def money(self) -> Money:
        return Money(self.amount_cents, self.currency)
