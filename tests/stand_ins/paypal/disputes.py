"""Disputes of payers, which PayPal or a payer's bank decides, and captures that PayPal takes back."""

from typing import Any

from tests.stand_ins.paypal.books import Books, Json, Refusal, seconds

ANSWER_SECONDS = 10 * 86_400


def create(books: Books, capture: Json, *, value: str = "", reason: str = "UNAUTHORISED", **more: Any) -> Json:
    """The payer disputes the capture, or this much of it."""
    amount = {**capture["amount"], "value": value or capture["amount"]["value"]}
    transaction = {
        "seller_transaction_id": capture["id"],
        "gross_amount": dict(capture["amount"]),
        "invoice_number": capture["invoice_id"],
        "custom": capture["custom_id"],
    }
    made = {
        "dispute_id": f"PP-D-{len(books.disputes) + 1:05d}",
        "create_time": books.time(),
        "update_time": books.time(),
        "disputed_transactions": [transaction],
        "reason": reason,
        "status": "WAITING_FOR_SELLER_RESPONSE",
        "dispute_amount": amount,
        "dispute_life_cycle_stage": "CHARGEBACK",
        "seller_response_due_date": books.time(ANSWER_SECONDS),
        **more,
    }
    books.disputes[made["dispute_id"]] = made
    books.tell("CUSTOMER.DISPUTE.CREATED", made)
    return made


def resolve(books: Books, dispute: Json, outcome: str, *, returned: str = "") -> None:
    """It was decided. `returned`: what the payer gets back, if that is not all that was disputed or nothing."""
    amount = dispute["dispute_amount"]
    value = returned or (amount["value"] if outcome == "RESOLVED_BUYER_FAVOUR" else "")
    money = {"amount_refunded": {**amount, "value": value}} if value else {}
    dispute |= {
        "status": "RESOLVED",
        "update_time": books.time(),
        "dispute_outcome": {"outcome_code": outcome, **money},
    }
    books.tell("CUSTOMER.DISPUTE.RESOLVED", dispute)


def update(books: Books, dispute: Json, **changes: Any) -> None:
    dispute |= {**changes, "update_time": books.time()}
    books.tell("CUSTOMER.DISPUTE.UPDATED", dispute)


def reverse(books: Books, capture: Json) -> None:
    """PayPal takes a capture back, as a bank asked it to. No refund stands for it."""
    capture |= {"status": "REFUNDED", "update_time": books.time()}
    books.tell("PAYMENT.CAPTURE.REVERSED", capture)


def read(books: Books, name: str) -> Json:
    found = books.disputes.get(name)
    if found is None:
        raise Refusal(404, "RESOURCE_NOT_FOUND")
    return found


def settle(books: Books) -> None:
    """A dispute that nobody answers is lost."""
    for dispute in list(books.disputes.values()):
        if dispute["status"] != "RESOLVED" and seconds(dispute["seller_response_due_date"]) <= books.now():
            resolve(books, dispute, "RESOLVED_BUYER_FAVOUR")
