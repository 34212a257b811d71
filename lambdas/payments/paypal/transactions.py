"""An order at PayPal as the port's transaction.

A payment is an order with one authorization, and has the order's id. Its renewal is the same order with the authorization that
PayPal made instead, and has both ids. That an order is COMPLETED says nothing: its payments do.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lambdas.orders.model.payment_ids import PaymentIds
from lambdas.payments.gateway import Challenge, Transaction, TransactionState
from lambdas.payments.paypal.amounts import our_amount
from lambdas.payments.paypal.notes import Note

NAME = "paypal"
APPROVAL_SECONDS = 3 * 3_600  # for so long PayPal waits for its payer
HONOURED_SECONDS = 3 * 86_400  # for so long it vouches for a hold
LIFE_SECONDS = 29 * 86_400
_COUNTED = ("COMPLETED", "PENDING")  # refunds that were not taken back
_DECLINED = ("DECLINED", "FAILED")
_AUTHORIZED = {
    "CREATED": TransactionState.HELD,
    "PENDING": TransactionState.PENDING,
    "DENIED": TransactionState.FAILED,
    "VOIDED": TransactionState.VOIDED,
}
Json = Mapping[str, Any]


def transaction_of(order: Json, note: Note, now: float) -> Transaction:
    """The payment of this note, as the order stands at PayPal."""
    hold = _hold_of(order, note)
    taken = _taken_of(order, hold)
    capture = taken[-1] if taken else None
    state = _state_of(order, note, hold, capture, now)
    money = our_amount(capture["amount"]) if capture else note.amount_cents
    refunded = _returned(order, capture, money) if capture and state in _TAKEN else 0
    held_at = _seconds(hold["create_time"]) if hold and state is TransactionState.HELD else None
    return Transaction(
        transaction_id=_id_of(order, note, hold),
        key=note.key,
        state=_refunded_state(money, refunded) if state is TransactionState.CAPTURED and refunded else state,
        amount_cents=money,
        currency=note.currency,
        refunded_cents=refunded,
        capture_before=_ends_at(hold) if hold and held_at is not None else None,
        challenge=_challenge_of(order, note) if state is TransactionState.NEEDS_AUTHENTICATION else None,
        order_id=note.order_id,
        gateway=NAME,
        ids=PaymentIds(
            order=str(order["id"]),
            authorization=str(hold["id"]) if hold else "",
            capture=str(capture["id"]) if capture and state in _TAKEN else "",
        ),
        held_at=held_at,
        honoured_until=held_at + HONOURED_SECONDS if held_at is not None else None,
        is_answered=state is TransactionState.NEEDS_AUTHENTICATION and order["status"] == "APPROVED",
    )


_TAKEN = (TransactionState.CAPTURED, TransactionState.PARTLY_REFUNDED, TransactionState.REFUNDED)


def unknown_there(note: Note) -> Transaction:
    """A payment whose order PayPal has forgotten, because its payer never approved it."""
    return Transaction(
        transaction_id=note.order,
        key=note.key,
        state=TransactionState.VOIDED,
        amount_cents=note.amount_cents,
        currency=note.currency,
        order_id=note.order_id,
        gateway=NAME,
        ids=PaymentIds(order=note.order),
    )


def authorizations_of(order: Json) -> list[Json]:
    """The earliest first."""
    return sorted(_parts(order, "authorizations"), key=lambda each: str(each["create_time"]))


def captures_declined(order: Json) -> int:
    return sum(each["status"] in _DECLINED for each in _parts(order, "captures"))


def refunds_of(order: Json) -> list[Json]:
    return [each for each in _parts(order, "refunds") if each["status"] in _COUNTED]


def all_refunds(order: Json) -> list[Json]:
    return _parts(order, "refunds")


def refunded_of(order: Json, capture: Json) -> int:
    return sum(our_amount(each["amount"]) for each in refunds_of(order) if _is_under(each, capture))


def _returned(order: Json, capture: Json, money: int) -> int:
    """A capture that PayPal took back without a refund is REFUNDED (`PAYMENT.CAPTURE.REVERSED`)."""
    return money if capture["status"] == "REFUNDED" else refunded_of(order, capture)


def ids_in(transaction_id: str) -> tuple[str, str]:
    """The ids of the order and of the renewed authorization; the second is empty for a first one."""
    order, _, authorization = transaction_id.partition("-")
    return order, authorization


def _id_of(order: Json, note: Note, hold: Json | None) -> str:
    return f"{order['id']}-{hold['id']}" if note.renews and hold else str(order["id"])


def _hold_of(order: Json, note: Note) -> Json | None:
    """The note's authorization: the first one, or for a renewal the one that was made instead of it."""
    found = authorizations_of(order)
    if not note.renews:
        return found[0] if found else None
    named = [each for each in found if each["id"] == note.authorization]
    later = [each for each in found if each["id"] != note.renews and each is not found[0]]
    return next(iter(named or later), None)


def _taken_of(order: Json, hold: Json | None) -> list[Json]:
    """Captures of the hold that were not declined; of an order that knows no hold, all."""
    of_it = _parts(order, "captures") if hold is None else [c for c in _parts(order, "captures") if _is_under(c, hold)]
    return [each for each in of_it if each["status"] not in _DECLINED]


def _state_of(order: Json, note: Note, hold: Json | None, capture: Json | None, now: float) -> TransactionState:
    if capture:
        return TransactionState.PENDING if capture["status"] == "PENDING" else TransactionState.CAPTURED
    if hold is None:
        if any(each["status"] in _DECLINED for each in _parts(order, "captures")):
            return TransactionState.FAILED
        is_over = note.is_given_up or order["status"] == "VOIDED"
        return TransactionState.VOIDED if is_over else TransactionState.NEEDS_AUTHENTICATION
    if not note.renews and hold is not authorizations_of(order)[-1]:
        return TransactionState.VOIDED  # another hold took its place
    state = _AUTHORIZED.get(str(hold["status"]), TransactionState.PENDING)
    ended = _seconds(hold["update_time"]) if hold["status"] == "VOIDED" else now
    is_by_time = state in (TransactionState.HELD, TransactionState.VOIDED) and ended > _ends_at(hold)
    return TransactionState.LAPSED if is_by_time else state


def _refunded_state(money: int, refunded: int) -> TransactionState:
    return TransactionState.PARTLY_REFUNDED if refunded < money else TransactionState.REFUNDED


def _challenge_of(order: Json, note: Note) -> Challenge | None:
    if not note.url:
        return None
    return Challenge(challenge_id=str(order["id"]), url=note.url, expires_at=note.begun_at + APPROVAL_SECONDS)


def _parts(order: Json, name: str) -> list[Json]:
    return list((order["purchase_units"][0].get("payments") or {}).get(name) or ())


def _is_under(part: Json, whole: Json) -> bool:
    """Whether a capture is of this authorization, or a refund of this capture: it links up to it."""
    ups = [str(link["href"]) for link in part.get("links") or () if link.get("rel") == "up"]
    return any(each.rpartition("/")[2] == whole["id"] for each in ups)


def _ends_at(hold: Json) -> int:
    ends = hold.get("expiration_time")
    return _seconds(ends) if ends else _seconds(hold["create_time"]) + LIFE_SECONDS


def _seconds(time: Any) -> int:
    return int(datetime.fromisoformat(str(time)).timestamp())
