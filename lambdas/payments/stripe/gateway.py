"""Stripe's adapter of the gateway port.

An intent is created without moving money, its id is stored, and only then it is confirmed. After that every unknown outcome
is a look-up by this id. A second confirm, capture or cancel is stopped by the intent's state, so their idempotency keys may
change from minute to minute: Stripe repeats a stored error 500 under the same key for a day. A refund is stopped by nothing.
It keeps its key, and is looked for in the list of refunds before it is asked for again.

Longer than 200 lines, because it is one gateway: each verb of the port, in Stripe's words.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lambdas.orders.decisions.hold_clock import USUAL_SECONDS
from lambdas.orders.payment_ports import ABSENT, PRESENT, Payer
from lambdas.payments.gateway import (
    Dated,
    DeclinedError,
    GatewayMisusedError,
    GatewayUnavailableError,
    LapsedError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
    refuse_other_currency,
)
from lambdas.payments.going_back.disputes import disputed
from lambdas.payments.stripe.addresses import ORIGINS
from lambdas.payments.stripe.amounts import stripe_amount
from lambdas.payments.stripe.attempts import Attempts
from lambdas.payments.stripe.calls import StripeCalls
from lambdas.payments.stripe.disputes import dispute_of, is_disputed
from lambdas.payments.stripe.intents import Intents
from lambdas.payments.stripe.outcomes import StateDiffersError, UnknownObjectError
from lambdas.payments.stripe.reads import Reads
from lambdas.payments.stripe.refunds import Refunds
from lambdas.payments.stripe.transactions import (
    EXPANDED,
    Intent,
    installation_of,
    is_unbegun,
    transaction_of,
    why_declined,
)

if TYPE_CHECKING:
    from stripe import StripeClient


class StripeGateway:
    """`now`: Unix seconds. `origins`: of the pages on which a card holder confirms a payment. `extends`: cards whose money is
    taken late are held for longer where their bank does that.
    """

    def __init__(
        self,
        calls: StripeCalls,
        intents: Intents,
        now: Callable[[], float] = time.time,
        origins: tuple[str, ...] = ORIGINS,
        *,
        extends: bool = False,
    ) -> None:
        self._calls, self._intents, self._now, self._origins = calls, intents, now, origins
        self._reads = Reads(calls)
        self._attempts = Attempts(calls, self._reads, intents, self._options, extends=extends)
        self._refunds = Refunds(calls, self._reads, intents.installation)

    @property
    def installation(self) -> str:
        return self._intents.installation

    def authorize(
        self, *, key: str, token: str, amount_cents: int, currency: str, order_id: str, payer: Payer = PRESENT
    ) -> Transaction:
        """Without the payer's `return_to` a bank that asks cannot be answered."""
        amount = stripe_amount(amount_cents, currency)
        intent = self._attempts.find_or_create(key, token, amount, currency, order_id)
        if is_unbegun(intent):
            intent = self._attempts.confirm(key, intent, payer)
        begun = self._seen_after_call(intent)
        if begun.state is TransactionState.FAILED:
            raise DeclinedError(why_declined(intent))
        return begun

    def authenticate(self, *, key: str, transaction_id: str, proof: Mapping[str, Any]) -> Transaction:
        """Read the intent again: a browser that comes back proves nothing, and the intent has moved on meanwhile."""
        intent = self._reads.read(transaction_id)
        transaction = self._seen(intent)
        match transaction.state:
            case TransactionState.FAILED:
                raise DeclinedError(why_declined(intent))
            case TransactionState.LAPSED:
                raise _lapsed()
            case TransactionState.VOIDED | TransactionState.REFUNDED:
                raise _in_state(transaction)
            case TransactionState.NEEDS_AUTHENTICATION:
                return self._still_asked(key, transaction)
        return transaction

    def renew(self, *, key: str, transaction_id: str, token: str) -> Transaction:
        """A new intent with the saved method. Its id is stored, then the old intent is canceled, and only then the new one is
        confirmed: the cancel is refused once the old one was captured, and a canceled one cannot be captured any more.
        """
        old, known = self._seen(self._reads.read(transaction_id)), self._intents.find(key)
        if not known and old.state not in (TransactionState.HELD, TransactionState.LAPSED):
            raise _in_state(old)
        amount = stripe_amount(old.amount_cents, old.currency)
        intent = self._attempts.find_or_create(key, token, amount, old.currency, old.order_id, is_saved=True)
        if is_unbegun(intent):
            self._end(old)
            intent = self._attempts.confirm(key, intent, replace(ABSENT, held_until=_extended_until(old)))
        renewed = self._seen_after_call(intent)
        if renewed.state in (TransactionState.FAILED, TransactionState.NEEDS_AUTHENTICATION):
            raise DeclinedError(why_declined(intent))
        return renewed

    def capture(self, *, key: str, transaction_id: str, amount_cents: int, currency: str) -> Transaction:
        held = self._seen(self._reads.read(transaction_id))
        refuse_other_currency(held, currency)
        if held.is_held and amount_cents > held.amount_cents:
            raise GatewayMisusedError("the amount is more than was held")
        asked: Any = {"amount_to_capture": stripe_amount(amount_cents, held.currency), "expand": EXPANDED}

        def capture(client: "StripeClient") -> Any:
            return client.v1.payment_intents.capture(transaction_id, asked, self._options(key))

        taken = self._move(transaction_id, capture) if held.is_held else held
        if taken.state is TransactionState.LAPSED:
            raise _lapsed()
        if not taken.is_taken:
            raise _in_state(taken)
        return taken

    def void(self, *, key: str, transaction_id: str) -> Transaction:
        asked: Any = {"expand": EXPANDED}

        def cancel(client: "StripeClient") -> Any:
            return client.v1.payment_intents.cancel(transaction_id, asked, self._options(key))

        ended = self._move(transaction_id, cancel)
        if ended.state is TransactionState.LAPSED:
            raise _lapsed()
        if ended.state is not TransactionState.VOIDED:
            raise _in_state(ended)
        return ended

    def refund(self, *, key: str, transaction_id: str, currency: str, amount_cents: int | None = None) -> Transaction:
        before = self._seen(self._reads.read(transaction_id))
        refuse_other_currency(before, currency)
        if not before.is_taken and before.state is not TransactionState.REFUNDED:
            raise _in_state(before)
        amount = None if amount_cents is None else stripe_amount(amount_cents, before.currency)
        left = stripe_amount(before.amount_cents - before.refunded_cents, before.currency)
        if not self._refunds.make(key, before, amount, left=left):
            return before
        return self._seen_after_call(self._reads.read_after_call(transaction_id))

    def fingerprint(self, token: str) -> str:
        try:
            method = self._reads.read_method(token)
        except UnknownObjectError:
            return ""
        return str((method.get(method["type"]) or {}).get("fingerprint") or "")

    def forget(self, token: str) -> None:
        """A detached method never pays again, nor can it be attached to another customer."""
        try:
            self._calls.ask(lambda client: client.v1.payment_methods.detach(token))
        except UnknownObjectError:
            return
        except GatewayMisusedError:  # how Stripe says that it is no customer's, as after an earlier detach
            if self._reads.read_method(token).get("customer"):
                raise

    def find(self, key: str) -> Transaction | None:
        known = self._intents.find(key)
        intent = self._reads.read(known) if known else None
        return None if intent is None or is_unbegun(intent) else self._seen(intent)

    def look_up(self, transaction_id: str) -> Dated | None:
        try:
            intent = self._reads.read(transaction_id)
        except UnknownObjectError:
            return None
        if installation_of(intent) != self.installation or is_unbegun(intent):
            return None
        return Dated(datetime.fromtimestamp(int(intent["created"]), UTC).strftime("%Y-%m-%d"), self._seen(intent))

    def list_begun(self, day: str) -> Iterator[Transaction]:
        """Of this installation alone: another may have the same account at Stripe."""
        for intent in self._reads.list_of_day(day):
            if installation_of(intent) == self.installation and not is_unbegun(intent):
                yield self._seen(intent)

    def _move(self, intent: str, work: "Callable[[StripeClient], Any]") -> Transaction:
        """Ask for a change that the intent's state allows once. If it was done before, the intent says so."""
        try:
            return self._seen_after_call(self._calls.ask(work))
        except StateDiffersError:
            return self._seen_after_call(self._reads.read_after_call(intent))

    def _seen(self, intent: Intent) -> Transaction:
        payment = transaction_of(intent, self._origins)
        found = self._reads.list_disputes(intent["id"]) if is_disputed(intent) else ()
        return disputed(payment, *map(dispute_of, found))

    def _seen_after_call(self, intent: Intent) -> Transaction:
        """Raises OutcomeUnknownError if its disputes cannot be read: the call before may have moved money."""
        try:
            return self._seen(intent)
        except GatewayUnavailableError as unavailable:
            raise OutcomeUnknownError(str(unavailable)) from None

    def _end(self, old: Transaction) -> None:
        """Release a hold that is renewed. One that an earlier try released is ended, and so is one that lapsed."""
        with suppress(LapsedError):
            self.void(key=f"{old.key}:void", transaction_id=old.transaction_id)

    def _still_asked(self, key: str, transaction: Transaction) -> Transaction:
        if transaction.challenge and self._now() > transaction.challenge.expires_at:
            self.void(key=key, transaction_id=transaction.transaction_id)
            raise DeclinedError("the authentication came too late")
        return transaction

    def _options(self, key: str) -> Any:
        return {"idempotency_key": f"{self.installation}:{key}:{int(self._now()) // 60}"}


def _extended_until(old: Transaction) -> int | None:
    """Until when a hold lives that was extended; None: it was not."""
    begun_at, ends_at = old.held_at, old.capture_before
    return ends_at if begun_at and ends_at and ends_at - begun_at > USUAL_SECONDS else None


def _lapsed() -> LapsedError:
    return LapsedError("the hold lapsed")


def _in_state(transaction: Transaction) -> DeclinedError:
    return DeclinedError(f"the payment is {transaction.state.value}")
