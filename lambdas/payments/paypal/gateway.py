"""PayPal's adapter of the gateway port.

An order at PayPal moves no money until its payer has approved it on PayPal's page, and we then ask for its money. Its id is noted
before the payer is sent there. After that every unknown outcome is a look-up by this id. A second authorize, capture, void or
renewal is stopped by the state at PayPal; a refund is looked for among the order's refunds before it is asked for again.

Longer than 200 lines, because it is one gateway: each verb of the port, in PayPal's words.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from lambdas.orders.payment_ports import PRESENT, Payer
from lambdas.payments.gateway import (
    AbandonedError,
    Dated,
    DeclinedError,
    GatewayMisusedError,
    GatewayUnavailableError,
    LapsedError,
    OutcomeUnknownError,
    TooSoonError,
    Transaction,
    TransactionState,
    refuse_other_currency,
)
from lambdas.payments.going_back.disputes import disputed, refuse_disputed
from lambdas.payments.paypal.amounts import our_amount, paypal_amount
from lambdas.payments.paypal.calls import PayPalCalls
from lambdas.payments.paypal.disputes import Disputes, dispute_in
from lambdas.payments.paypal.notes import Note, Notes
from lambdas.payments.paypal.outcomes import (
    NOT_RENEWED,
    NotApprovedError,
    RenewedTooSoonError,
    StateDiffersError,
    UnknownObjectError,
)
from lambdas.payments.paypal.pages import approval_url, way_back
from lambdas.payments.paypal.transactions import (
    HONOURED_SECONDS,
    Json,
    all_refunds,
    captures_declined,
    ids_in,
    refunds_of,
    transaction_of,
    unknown_there,
)
from lambdas.records.clients.payment_method import APPROVAL

AUTHORIZE, CAPTURE = "AUTHORIZE", "CAPTURE"
_DAY_SECONDS = 86_400


class PayPalGateway:
    """`intent`: AUTHORIZE holds money at submit, CAPTURE takes it then. `now`: Unix seconds. `origins`: of PayPal's pages."""

    def __init__(
        self,
        calls: PayPalCalls,
        notes: Notes,
        now: Callable[[], float] = time.time,
        *,
        intent: str = AUTHORIZE,
        origins: tuple[str, ...] = (),
    ) -> None:
        self._calls, self._notes, self._now, self._intent, self._origins = calls, notes, now, intent, origins
        self._disputes = Disputes(self._get)

    def authorize(
        self, *, key: str, token: str, amount_cents: int, currency: str, order_id: str, payer: Payer = PRESENT
    ) -> Transaction:
        """Make an order, whose payer is then sent to PayPal's page. An absent payer cannot approve it."""
        if known := self._notes.find(key):
            return self._read_after_call(known)
        if token != APPROVAL:
            raise DeclinedError("the payment provider does not know this payment method")
        if not payer.is_present:
            raise DeclinedError("PayPal asks its payer to approve each payment, and nobody is there to do so")
        made = self._create(key, paypal_amount(amount_cents, currency), order_id, payer)
        noted = self._notes.add(
            Note(
                key=key,
                order=str(made["id"]),
                amount_cents=amount_cents,
                currency=currency,
                order_id=order_id,
                begun_at=int(self._now()),
                url=approval_url(made, self._origins),
            ),
            _day_of(self._now()),
        )
        return transaction_of(made, noted, self._now()) if noted.order == made["id"] else self._read_after_call(noted)

    def authenticate(self, *, key: str, transaction_id: str, proof: Mapping[str, Any]) -> Transaction:
        """Ask for the money of an order that its payer approved. The payer's return proves nothing: the order is read again."""
        order, note = self._order(transaction_id)
        seen = self._payment(order, note)
        match seen.state:
            case TransactionState.FAILED | TransactionState.VOIDED | TransactionState.REFUNDED:
                raise _in_state(seen)
            case TransactionState.LAPSED:
                raise _lapsed()
            case TransactionState.NEEDS_AUTHENTICATION if proof.get("canceled"):
                self._notes.give_up(note)
                raise AbandonedError("you came back from PayPal without paying")
            case TransactionState.NEEDS_AUTHENTICATION if seen.is_answered:
                return self._ask_for_money(order, note)
        return seen

    def renew(self, *, key: str, transaction_id: str, token: str) -> Transaction:
        """PayPal replaces the hold in one step, once, from its fourth day on."""
        order, old = self._order(transaction_id)
        if (known := self._notes.find(key)) and (found := self._renewed(order, known)):
            return found
        seen = self._payment(order, old)
        if seen.state is TransactionState.LAPSED or (seen.is_held and old.renews):
            raise DeclinedError(NOT_RENEWED)
        if not seen.is_held:
            raise _in_state(seen)
        ready_at = (seen.held_at or 0) + HONOURED_SECONDS
        if self._now() <= ready_at:
            raise TooSoonError("PayPal holds money again from the fourth day on", ready_at + 1)
        if not self._notes.begin_renewal(old, key):
            raise DeclinedError(NOT_RENEWED)
        return self._renew(order, old, known or self._note_renewal(old, seen, key), seen)

    def capture(self, *, key: str, transaction_id: str, amount_cents: int, currency: str) -> Transaction:
        try:
            order, note = self._order(transaction_id)
        except UnknownObjectError:
            raise DeclinedError("PayPal does not know the payment any more, so it holds nothing") from None
        held = self._payment(order, note)
        refuse_other_currency(held, currency)
        if held.is_held and amount_cents > held.amount_cents:
            raise GatewayMisusedError("the amount is more than was held")
        taken = self._capture(key, order, note, held, amount_cents) if held.is_held else held
        if taken.state is TransactionState.PENDING and taken.ids.authorization:
            raise OutcomeUnknownError("the provider has not decided about the payment yet")
        if taken.state is TransactionState.LAPSED:
            raise _lapsed()
        if taken.is_held:
            raise DeclinedError("PayPal could not take the money that it held")
        if not taken.is_taken:
            raise _in_state(taken)
        return taken

    def void(self, *, key: str, transaction_id: str) -> Transaction:
        order, note = self._order(transaction_id)
        seen = self._payment(order, note)
        if seen.state is TransactionState.NEEDS_AUTHENTICATION:
            self._notes.give_up(note)  # PayPal forgets the order if nobody asks for its money
            seen = self._read_after_call(note.changed(is_given_up=True))
        if seen.is_held:
            path = f"/v2/payments/authorizations/{seen.ids.authorization}/void"
            with suppress(StateDiffersError):
                self._calls.ask("POST", path, key=self._request(key))
            seen = self._read_after_call(note)
        if seen.state is TransactionState.LAPSED:
            raise _lapsed()
        if seen.state is not TransactionState.VOIDED:
            raise _in_state(seen)
        return seen

    def refund(self, *, key: str, transaction_id: str, currency: str, amount_cents: int | None = None) -> Transaction:
        order, note = self._order(transaction_id)
        before = self._payment(order, note)
        refuse_other_currency(before, currency)
        mark = self._request(key)
        if made := [each for each in refunds_of(order) if each.get("custom_id") == mark]:
            if amount_cents not in (None, our_amount(made[0]["amount"])):
                raise GatewayMisusedError("the key of this refund is known with another amount")
            return before
        if before.state is TransactionState.REFUNDED and amount_cents is None:
            return before
        if not before.is_taken and before.state is not TransactionState.REFUNDED:
            raise _in_state(before)
        refuse_disputed(before)
        left = before.amount_cents - before.refunded_cents
        if (amount_cents or 0) > left:
            raise DeclinedError("the amount is more than is left of the payment")
        failed = sum(each.get("custom_id") == mark for each in all_refunds(order))
        asked = {"amount": paypal_amount(left if amount_cents is None else amount_cents, currency), "custom_id": mark}
        path = f"/v2/payments/captures/{before.ids.capture}/refund"
        with suppress(StateDiffersError):
            self._calls.ask("POST", path, asked, key=f"{mark}-{failed}")
        return self._read_after_call(note)

    def fingerprint(self, token: str) -> str:
        """Nobody knows whose account it is before the payer is at PayPal."""
        return ""

    def forget(self, token: str) -> None:
        """PayPal keeps nothing: each payment is approved by its payer."""

    def find(self, key: str) -> Transaction | None:
        note = self._notes.find(key)
        return self._read(note) if note else None

    def look_up(self, transaction_id: str) -> Dated | None:
        """By the id of the order, of a renewed hold, of a capture, or of a dispute, which is noted. The
        answer is the hold that stands now.
        """
        dispute = dispute_in(transaction_id)
        try:
            order = self._order_named(transaction_id, self._disputes.captures_of(dispute) if dispute else ())
        except UnknownObjectError:
            return None
        note = self._notes.find(_key_in(order, self._notes.installation)) if order else None
        if note is None:
            return None
        newer = self._notes.find(note.renewed_by) if note.renewed_by else None
        if dispute:
            note = self._notes.note_dispute(note, dispute)
            newer = self._notes.note_dispute(newer, dispute) if newer else None
        found = (self._renewed(order, newer) if newer else None) or self._payment(order, note)
        return Dated(_day_of((newer or note).begun_at), found)

    def list_begun(self, day: str) -> Iterator[Transaction]:
        """Of this installation alone. PayPal's own list is hours late, so each that was noted is read."""
        for note in self._notes.list_of(day):
            if found := self._read(note):
                yield found

    def _create(self, key: str, amount: Mapping[str, str], order_id: str, payer: Payer) -> Json:
        """No money moves: a lost answer leaves at most an order that nobody approves."""
        unit: dict[str, Any] = {"amount": amount, "invoice_id": f"{self._notes.installation}:{key}"}
        if order_id:
            unit["custom_id"] = order_id
        context = {
            "user_action": "PAY_NOW",
            "shipping_preference": "NO_SHIPPING",
            "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",
            **way_back(payer.return_to),
        }
        asked = {
            "intent": self._intent,
            "purchase_units": [unit],
            "payment_source": {"paypal": {"experience_context": context}},
        }
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:8]
        try:
            return self._calls.ask("POST", "/v2/checkout/orders", asked, key=self._request(f"{key}:create:{digest}"))
        except OutcomeUnknownError as unknown:
            raise GatewayUnavailableError(str(unknown)) from None

    def _ask_for_money(self, order: Json, note: Note) -> Transaction:
        """The order's own intent counts: the setting may have changed since."""
        if not self._notes.ask(note, int(self._now())):
            return self._read_after_call(note)
        verb = "capture" if order["intent"] == CAPTURE else "authorize"
        try:
            self._calls.ask(
                "POST", f"/v2/checkout/orders/{note.order}/{verb}", {}, key=self._request(f"{note.key}:{verb}")
            )
        except DeclinedError:
            self._notes.give_up(note)
            raise
        except (NotApprovedError, StateDiffersError):
            pass
        seen = self._read_after_call(note)
        if seen.state is TransactionState.FAILED:
            raise DeclinedError("PayPal refused the payment")
        return seen

    def _note_renewal(self, old: Note, seen: Transaction, key: str) -> Note:
        now = self._now()
        fresh = old.changed(key=key, begun_at=int(now), asked_at=int(now), renews=seen.ids.authorization, renewed_by="")
        return self._notes.add(fresh.changed(authorization=""), _day_of(now))

    def _renew(self, order: Json, old: Note, note: Note, seen: Transaction) -> Transaction:
        path = f"/v2/payments/authorizations/{seen.ids.authorization}/reauthorize"
        asked = {"amount": paypal_amount(seen.amount_cents, seen.currency)}
        try:
            made = self._calls.ask("POST", path, asked, key=self._request(note.key))
        except RenewedTooSoonError:
            raise TooSoonError(
                "PayPal holds money again from the fourth day on", int(self._now()) + _DAY_SECONDS // 4
            ) from None
        except StateDiffersError:
            made = {}
        if made.get("id"):
            self._notes.name_authorization(note, str(made["id"]))
        found = self._read_after_call(note.changed(authorization=str(made.get("id") or note.authorization)))
        if not found.ids.authorization:
            raise DeclinedError(NOT_RENEWED)
        return found

    def _capture(self, key: str, order: Json, note: Note, held: Transaction, amount_cents: int) -> Transaction:
        """A capture that was declined is asked for under another request, which PayPal does not answer from memory."""
        asked = {"amount": paypal_amount(amount_cents, held.currency), "final_capture": True}
        path = f"/v2/payments/authorizations/{held.ids.authorization}/capture"
        with suppress(StateDiffersError):
            self._calls.ask("POST", path, asked, key=f"{self._request(key)}-{captures_declined(order)}")
        return self._read_after_call(note)

    def _renewed(self, order: Json, note: Note) -> Transaction | None:
        """The renewal of this note; None if PayPal has none."""
        found = self._payment(order, note)
        return found if found.ids.authorization else None

    def _payment(self, order: Json, note: Note) -> Transaction:
        """The payment of the note as it stands, with its disputes."""
        found = transaction_of(order, note, self._now())
        return disputed(found, *self._disputes.of(note)) if found.ids.capture and note.disputes else found

    def _order_named(self, name: str, captures: Sequence[str]) -> Json:
        """The order of this id, or that these captures or one of this id are of; empty if there is none."""
        if not captures:
            try:
                return self._ask_order(ids_in(name)[0])
            except UnknownObjectError:
                captures = (name,)
        capture = self._get(f"/v2/payments/captures/{captures[0]}")
        order_id = ((capture.get("supplementary_data") or {}).get("related_ids") or {}).get("order_id")
        return self._ask_order(str(order_id)) if order_id else {}

    def _order(self, transaction_id: str) -> tuple[Json, Note]:
        """The order as it stands, and the note of the payment in it. Raises GatewayMisusedError if it is not ours."""
        order_id, authorization = ids_in(transaction_id)
        order = self._ask_order(order_id)
        note = self._notes.find(_key_in(order, self._notes.installation))
        if note and authorization:
            note = self._notes.find(note.renewed_by)
        if note is None:
            raise GatewayMisusedError("this installation did not begin the payment")
        return order, note

    def _read(self, note: Note) -> Transaction | None:
        """The payment; None if it is a renewal that PayPal did not make."""
        try:
            order = self._ask_order(note.order)
        except UnknownObjectError:
            if note.asked_at is not None and not note.is_given_up:
                raise OutcomeUnknownError("the payment provider does not know the payment any more") from None
            return unknown_there(note)
        return self._renewed(order, note) if note.renews else self._payment(order, note)

    def _read_after_call(self, note: Note) -> Transaction:
        """As `_read`, of a payment whose money an earlier call may have moved."""
        try:
            found = self._read(note)
        except GatewayUnavailableError as unavailable:
            raise OutcomeUnknownError(str(unavailable)) from None
        if found is None:
            raise DeclinedError(NOT_RENEWED)
        return found

    def _ask_order(self, order_id: str) -> Json:
        return self._get(f"/v2/checkout/orders/{order_id}")

    def _get(self, path: str) -> Json:
        try:
            return self._calls.ask("GET", path)
        except OutcomeUnknownError as unknown:  # a read moves nothing
            raise GatewayUnavailableError(str(unknown)) from None

    def _request(self, key: str) -> str:
        """The PayPal-Request-Id for this key of ours: 40 letters and digits."""
        return hashlib.sha256(f"{self._notes.installation}:{key}".encode()).hexdigest()[:40]


def _key_in(order: Json, installation: str) -> str:
    """The key of ours that the order was made under; empty if another installation made it."""
    of, _, key = str(order["purchase_units"][0].get("invoice_id") or "").partition(":")
    return key if of == installation else ""


def _day_of(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%d")


def _lapsed() -> LapsedError:
    return LapsedError("the hold lapsed")


def _in_state(transaction: Transaction) -> DeclinedError:
    return DeclinedError(f"the payment is {transaction.state.value}")
