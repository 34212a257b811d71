"""Refunds of captured payments: create, retrieve, list."""

from tests.stand_ins.stripe.books import Books
from tests.stand_ins.stripe.disputes import OPEN
from tests.stand_ins.stripe.forms import Json, refuse_unknown, required, whole
from tests.stand_ins.stripe.methods import behaviour
from tests.stand_ins.stripe.refusals import invalid, wrong_state

FAILS_AFTER_SECONDS = 60


def create(books: Books, given: Json) -> Json:
    refuse_unknown(given, {"payment_intent", "amount", "metadata", "reason"})
    intent = books.get(required(given, "payment_intent"), "pi")
    if intent["status"] != "succeeded":
        raise invalid(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
    charge = books.get(intent["latest_charge"], "ch")
    if any(each["charge"] == charge["id"] and each["status"] in OPEN for each in books.all("dp")):
        raise wrong_state(f"Charge {charge['id']} has been charged back; cannot issue a refund.", "charge_disputed")
    left = charge["amount"] - charge["amount_refunded"]
    if not left:
        raise wrong_state(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
    amount = whole(given, "amount") if given.get("amount") else left
    if not 0 < amount <= left:
        raise invalid(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    refund = books.add(
        "re",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        metadata=given.get("metadata", {}),
        payment_intent=intent["id"],
        reason=given.get("reason"),
        status="succeeded",
    )
    books.tell("refund.created", refund)
    books.tell("charge.refunded", charge)
    return refund


def settle(books: Books) -> None:
    """Refunds that the bank sends back fail some time after they succeeded."""
    for refund in list(books.all("re")):
        charge = books.get(refund["charge"], "ch")
        late = refund["created"] + FAILS_AFTER_SECONDS <= books.at()
        if refund["status"] == "succeeded" and late and behaviour(books, charge["payment_method"]).refund_fails:
            refund.update(status="failed", failure_reason="unknown")
            charge["amount_refunded"] -= refund["amount"]
            charge["refunded"] = False
            books.tell("refund.failed", refund)


def retrieve(books: Books, name: str, given: Json) -> Json:
    refuse_unknown(given, ())
    return books.get(name, "re")
