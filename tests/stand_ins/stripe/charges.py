"""What happens when a payment method is charged: declined, held, taken, or taken days later."""

from tests.stand_ins.stripe import disputes
from tests.stand_ins.stripe.books import Books
from tests.stand_ins.stripe.forms import Json
from tests.stand_ins.stripe.methods import SEPA, Behaviour, behaviour
from tests.stand_ins.stripe.refusals import Refusal, card_error

HOLD_SECONDS = 7 * 86_400
EXTENDED_SECONDS = 30 * 86_400
DEBIT_SECONDS = 4 * 86_400
SEPA_SECONDS = 6 * 86_400
RETURN_SECONDS = 2 * 86_400  # after a debit succeeded


def charge(books: Books, intent: Json) -> None:
    """Charge the intent's method. Raises the bank's refusal; the intent then waits for another method."""
    how = behaviour(books, intent["payment_method"])
    made = _charge_of(books, intent, how)
    intent["latest_charge"] = made["id"]
    if how.kind != "card":
        made["settles_at"] = books.at() + (SEPA_SECONDS if how.kind == SEPA else DEBIT_SECONDS)
        made["status"] = "pending"
        return _move(books, intent, "processing")
    if how.declines:
        raise decline(books, intent, how.declines)
    if intent["capture_method"] == "manual":
        intent["amount_capturable"] = intent["amount"]
        _move(books, intent, "requires_capture", "payment_intent.amount_capturable_updated")
    else:
        take(books, intent, intent["amount"])
    return None


def take(books: Books, intent: Json, amount: int) -> None:
    made = books.get(intent["latest_charge"], "ch")
    made.update(captured=True, amount_captured=amount, status="succeeded", amount_refunded=made["amount"] - amount)
    if made["amount_refunded"]:  # what is not taken is refunded, and shows as a refund
        of = {"charge": made["id"], "payment_intent": intent["id"], "currency": made["currency"], "metadata": {}}
        books.add("re", amount=made["amount_refunded"], reason=None, status="succeeded", **of)
    intent.update(amount_capturable=0, amount_received=amount)
    books.tell("charge.captured", made)
    _move(books, intent, "succeeded")
    how = behaviour(books, intent["payment_method"])
    if how.disputed and how.kind != "card":
        made["returns_at"] = books.at() + RETURN_SECONDS
    elif how.disputed:
        disputes.create(books, made, reason=how.disputed)


def decline(books: Books, intent: Json, why: tuple[str, str, str]) -> Refusal:
    """Book the decline, and return the refusal that tells of it."""
    code, decline_code, words = why
    error = {"type": "card_error", "code": code, "decline_code": decline_code, "message": words}
    if intent["latest_charge"]:
        failed = books.get(intent["latest_charge"], "ch")
        failed.update(status="failed", failure_code=code, failure_message=words)
    intent.update(payment_method=None, next_action=None, last_payment_error=error)
    _move(books, intent, "requires_payment_method", "payment_intent.payment_failed")
    return card_error(code, decline_code, words, payment_intent=books.expanded(intent, ()))


def settle(books: Books) -> None:
    """Do what time does: holds lapse, debits arrive or fail. Called before each call is answered."""
    for intent in list(books.all("pi")):
        if intent["status"] == "requires_capture":
            held = books.get(intent["latest_charge"], "ch")
            if held["payment_method_details"]["card"]["capture_before"] <= books.at():
                lapse(books, intent)
        if intent["status"] == "processing":
            debit = books.get(intent["latest_charge"], "ch")
            if debit["settles_at"] <= books.at():
                _end_debit(books, intent)
    _return_debits(books)


def _return_debits(books: Books) -> None:
    """What a bank takes back of a debit is a dispute, and lost at once."""
    for taken in list(books.all("ch")):
        if not taken["disputed"] and taken.get("returns_at", books.at() + 1) <= books.at():
            why = behaviour(books, taken["payment_method"]).disputed
            disputes.close(books, disputes.create(books, taken, reason=why), "lost")


def lapse(books: Books, intent: Json) -> None:
    held = books.get(intent["latest_charge"], "ch")
    held.update(refunded=True, amount_refunded=held["amount"])
    intent.update(cancellation_reason="automatic", canceled_at=books.at(), amount_capturable=0)
    books.tell("charge.expired", held)
    _move(books, intent, "canceled", "payment_intent.canceled")


def _end_debit(books: Books, intent: Json) -> None:
    why = behaviour(books, intent["payment_method"]).declines
    if why:
        decline(books, intent, why)
    else:
        take(books, intent, intent["amount"])


def _move(books: Books, intent: Json, status: str, event: str = "") -> None:
    intent["status"] = status
    books.tell(event or f"payment_intent.{status}", intent)


def _charge_of(books: Books, intent: Json, how: Behaviour) -> Json:
    method = books.get(intent["payment_method"], "pm")
    details: Json = {"type": how.kind, how.kind: dict(method[how.kind])}
    if how.kind == "card":
        street, postal_code, cvc = how.checks
        card_options = intent["payment_method_options"].get("card", {})
        extended = how.extends and card_options.get("request_extended_authorization") == "if_available"
        seconds = EXTENDED_SECONDS if extended else HOLD_SECONDS
        details["card"] |= {
            "capture_before": books.at() + seconds if intent["capture_method"] == "manual" else None,
            "checks": {"address_line1_check": street, "address_postal_code_check": postal_code, "cvc_check": cvc},
            "extended_authorization": {"status": "enabled" if extended else "disabled"},
            "network_transaction_id": "000000000000001",
        }
    return books.add(
        "ch",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        captured=False,
        currency=intent["currency"],
        customer=intent["customer"],
        disputed=False,
        failure_code=None,
        failure_message=None,
        metadata=dict(intent["metadata"]),
        outcome={"risk_level": "normal", "network_status": "approved_by_network", "reason": None},
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=details,
        refunded=False,
        status="succeeded",
    )
