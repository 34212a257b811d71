"""Disputes: a bank takes a charge back until it has decided, and takes evidence for some days."""

from typing import Any

from tests.stand_ins.stripe.books import Books
from tests.stand_ins.stripe.forms import Json

EVIDENCE_SECONDS = 9 * 86_400
OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")


def create(books: Books, charge: Json, *, amount: int | None = None, reason: str = "fraudulent", **more: Any) -> Json:
    """The holder has their bank take the charge back, or this much of it. It tells of both objects."""
    charge["disputed"] = True
    evidence = {"due_by": books.at() + EVIDENCE_SECONDS, "has_evidence": False, "submission_count": 0}
    made = books.add(
        "dp",
        amount=charge["amount_captured"] if amount is None else amount,
        charge=charge["id"],
        currency=charge["currency"],
        evidence_details=evidence,
        payment_intent=charge["payment_intent"],
        reason=reason,
        **{"status": "needs_response", **more},
    )
    books.tell("charge.dispute.created", made)
    return made


def close(books: Books, dispute: Json, status: str) -> None:
    """The bank has decided: `won`, `lost` or, of an inquiry, `warning_closed`."""
    dispute["status"] = status
    books.tell("charge.dispute.closed", dispute)


def settle(books: Books) -> None:
    """A dispute that nobody answers is lost."""
    for dispute in list(books.all("dp")):
        if dispute["status"] == "needs_response" and dispute["evidence_details"]["due_by"] <= books.at():
            close(books, dispute, "lost")
