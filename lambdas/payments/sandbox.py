"""The sandbox gateway: the default where no real one is set up. It keeps its books in the record table.

The token decides the outcome, so every outcome can be had on purpose. Each line: what `authorize` does, then `capture`.

* `tok_approve`, `paypal_approve`: holds, then captures.
* `tok_avs_mismatch`: the same, but the address is not the card's.
* `tok_capture_fails`: holds, then declines.
* `tok_renews_never`: holds, but declines to renew, then captures.
* `tok_times_out`: holds, but the answer never comes, then captures.
* `tok_disputed`: holds, then captures; its holder disputes it at once, and has it back after a week.
* `tok_disputed_in_vain`: the same, but after a week its holder has nothing back.
* `paypal_captured`, `ach_approve`: takes the money at once.
* `tok_decline`, `tok_insufficient_funds`, `tok_expired_card`, `tok_incorrect_cvc`, `tok_processing_error`: declines, and why.
* `ach_later`, `ach_fails_later`: is pending for a day, then takes the money, or fails.
* `ach_insufficient_funds`, `ach_account_closed`, `ach_no_account`: declines, and why.
* `tok_sca`: asks for the card holder, then holds and captures. `approval`: the same for a PayPal payment.
* `tok_sca_declines`: asks for the card holder, then declines.
* `tok_needs_authentication`: asks for the card holder, with no way to reach them. Each that asks declines an absent payer.
* `tok_unavailable`: the gateway cannot be reached.

The sandbox's own pages make tokens (`tok_sb_...`, `ach_sb_...`) that do what one of these does (sandbox_tokens.py).
`proof_authenticated` proves a card holder; any other proof is a failed authentication (`authenticate`). Any other token is
declined as unknown. A held card has the AVS code Y (address and ZIP match) or N (neither does).

Longer than 200 lines, because it is one gateway: each verb of the port, and what each token does.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lambdas.orders.payment_ports import PRESENT, Payer
from lambdas.payments.gateway import (
    Challenge,
    Dated,
    DeclinedError,
    GatewayMisusedError,
    LapsedError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
    refuse_other_currency,
)
from lambdas.payments.going_back.disputes import refuse_disputed
from lambdas.payments.sandbox_books import Call, SandboxBooks, digest_of, dispute_of, first_answer
from lambdas.payments.sandbox_tokens import (
    ASKS,
    DECLINES,
    DISPUTED,
    WITH_CHALLENGE,
    SandboxTokens,
    avs_code,
    ids_of,
    refuse_renewal,
    state_of,
)
from lambdas.records.table import RecordTable
from lambdas.runtime.aws import dynamodb

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

HOLD_SECONDS = 7 * 86_400
CHALLENGE_SECONDS = 15 * 60
CHALLENGE_PATH = "/sandbox/challenge/"  # The sandbox's own page, on this installation.
PROOF = "proof_authenticated"
CHALLENGE_ID = "sbc_"  # Challenge ids begin with it.
NAME = "sandbox"


class SandboxGateway:
    """Honours keys and finds by key, as real gateways do. State survives the Lambda that made it."""

    def __init__(
        self, table: str, client: "DynamoDBClient | None" = None, now: Callable[[], float] = time.time
    ) -> None:
        client = client or dynamodb()
        self._tokens = SandboxTokens(RecordTable(table, client))
        self._books = SandboxBooks(table, client, now)
        self._now = now

    def authorize(
        self, *, key: str, token: str, amount_cents: int, currency: str, order_id: str, payer: Payer = PRESENT
    ) -> Transaction:
        call, made = Call.of("authorize", key, token, amount_cents, currency, order_id), self._tokens.find(token)
        token = made.behaves_as if made else token
        state, digest = state_of(token, payer), digest_of(key)
        is_held, now = state is TransactionState.HELD, int(self._now())
        held = Transaction(
            transaction_id=f"sb_{digest}",
            key=key,
            state=state,
            amount_cents=amount_cents,
            currency=currency,
            avs_code=avs_code(token) if is_held else "",
            capture_before=now + HOLD_SECONDS if is_held else None,
            challenge=self._challenge(digest) if token in WITH_CHALLENGE else None,
            order_id=order_id,
            gateway=NAME,
            ids=ids_of(digest, is_held=is_held, is_taken=state is TransactionState.CAPTURED),
            held_at=now if is_held else None,
        )
        known = self._books.begin(held, token, call)
        if known is None and token == "tok_times_out":
            raise OutcomeUnknownError("the gateway did not answer in time")
        return known or held

    def authenticate(self, *, key: str, transaction_id: str, proof: Mapping[str, Any]) -> Transaction:
        """`proof` holds `challenge_id` and `proof`. A wrong one ends the challenge: the card needs a new payment."""
        booked = self._books.read(transaction_id)
        transaction, token = Transaction.model_validate(booked), str(booked["token"])
        if transaction.is_held or transaction.is_taken:
            return transaction
        asked = transaction.challenge
        if asked is None or transaction.state is not TransactionState.NEEDS_AUTHENTICATION:
            raise DeclinedError(f"the payment is {transaction.state.value}")
        if asked.challenge_id != proof.get("challenge_id"):
            raise DeclinedError("the authentication belongs to another payment")
        if self._now() > asked.expires_at:
            self.void(key=key, transaction_id=transaction_id)
            raise DeclinedError("the authentication came too late")
        if proof.get("proof") != PROOF:
            self.void(key=key, transaction_id=transaction_id)
            raise DeclinedError("the card's bank could not confirm that its holder pays")
        if token in DECLINES:
            self.void(key=key, transaction_id=transaction_id)
            raise DeclinedError(DECLINES[token])
        return self._hold(transaction)

    def renew(self, *, key: str, transaction_id: str, token: str) -> Transaction:
        """The old hold ends and the new one begins in one transaction. After a decline the old hold stands."""
        call, made = Call.of("renew", key, transaction_id, token), self._tokens.find(token)
        booked = self._books.read(transaction_id)
        old, now, digest = Transaction.model_validate(booked), int(self._now()), digest_of(key)
        if known := self._books.known(key, call):
            return known
        _refuse_state(old, TransactionState.HELD, TransactionState.LAPSED)
        behaves_as = made.behaves_as if made else token
        refuse_renewal(behaves_as)
        changed = {
            "transaction_id": f"sb_{digest}",
            "key": key,
            "state": TransactionState.HELD,
            "capture_before": now + HOLD_SECONDS,
            "held_at": now,
            "ids": ids_of(digest, is_held=True),
            "challenge": None,
        }
        return self._books.replace(old, old.changed(**changed), behaves_as, call)

    def capture(self, *, key: str, transaction_id: str, amount_cents: int, currency: str) -> Transaction:
        call = Call.of("capture", key, transaction_id, amount_cents, currency)
        booked = self._books.read(transaction_id)
        if known := first_answer(booked, call):
            return known
        transaction = Transaction.model_validate(booked)
        refuse_other_currency(transaction, currency)
        if transaction.is_taken:
            return transaction
        _refuse_lapsed(transaction)
        _refuse_state(transaction, TransactionState.HELD)
        if booked["token"] == "tok_capture_fails":
            raise DeclinedError(DECLINES[booked["token"]])
        if amount_cents > transaction.amount_cents:
            raise GatewayMisusedError("the amount is more than was held")
        ids = transaction.ids.changed(capture=ids_of(digest_of(transaction.key), is_taken=True).capture)
        taken: dict[str, Any] = {"amount_cents": amount_cents, "ids": ids}
        if booked["token"] in DISPUTED:
            taken["dispute"] = dispute_of(amount_cents, currency, int(self._now()))
        return self._books.move(transaction, TransactionState.CAPTURED, call, **taken)

    def void(self, *, key: str, transaction_id: str) -> Transaction:
        call = Call.of("void", key, transaction_id)
        booked = self._books.read(transaction_id)
        if known := first_answer(booked, call):
            return known
        transaction = Transaction.model_validate(booked)
        if transaction.state is TransactionState.VOIDED:
            return transaction
        _refuse_lapsed(transaction)
        _refuse_state(transaction, TransactionState.HELD, TransactionState.NEEDS_AUTHENTICATION)
        return self._books.move(transaction, TransactionState.VOIDED, call)

    def refund(self, *, key: str, transaction_id: str, currency: str, amount_cents: int | None = None) -> Transaction:
        call = Call.of("refund", key, transaction_id, amount_cents, currency)
        booked = self._books.read(transaction_id)
        if known := first_answer(booked, call):
            return known
        transaction = Transaction.model_validate(booked)
        refuse_other_currency(transaction, currency)
        if transaction.state is TransactionState.REFUNDED and amount_cents is None:
            return transaction
        _refuse_state(transaction, TransactionState.CAPTURED, TransactionState.PARTLY_REFUNDED)
        refuse_disputed(transaction)
        left = transaction.amount_cents - transaction.refunded_cents
        given_back = left if amount_cents is None else amount_cents
        if given_back > left:
            raise DeclinedError("the amount is more than is left of the payment")
        after = TransactionState.REFUNDED if given_back == left else TransactionState.PARTLY_REFUNDED
        refunded = transaction.refunded_cents + given_back
        return self._books.move(transaction, after, call, refunded_cents=refunded)

    def find(self, key: str) -> Transaction | None:
        return self._books.find(digest_of(key))

    def look_up(self, transaction_id: str) -> Dated | None:
        return self._books.look_up(transaction_id)

    def list_begun(self, day: str) -> Iterator[Transaction]:
        return self._books.list_begun(day)

    def fingerprint(self, token: str) -> str:
        made = self._tokens.find(token)
        return made.fingerprint if made else hashlib.sha256(token.encode()).hexdigest()[:32]

    def forget(self, token: str) -> None:
        self._tokens.forget(token)

    def challenged(self, challenge_id: str) -> Transaction | None:
        """The payment whose card holder was asked under this id; for the page that asks them."""
        found = self._books.find(challenge_id.removeprefix(CHALLENGE_ID))
        return found if found and found.challenge and found.challenge.challenge_id == challenge_id else None

    def _hold(self, transaction: Transaction) -> Transaction:
        now, ids = int(self._now()), ids_of(digest_of(transaction.key), is_held=True)
        held = {"avs_code": avs_code(ASKS), "capture_before": now + HOLD_SECONDS, "held_at": now, "ids": ids}
        return self._books.move(transaction, TransactionState.HELD, None, **held)

    def _challenge(self, digest: str) -> Challenge:
        challenge_id = f"{CHALLENGE_ID}{digest}"
        expires_at = int(self._now()) + CHALLENGE_SECONDS
        return Challenge(challenge_id=challenge_id, url=f"{CHALLENGE_PATH}{challenge_id}", expires_at=expires_at)


def _refuse_lapsed(transaction: Transaction) -> None:
    if transaction.state is TransactionState.LAPSED:
        raise LapsedError("the hold lapsed")


def _refuse_state(transaction: Transaction, *states: TransactionState) -> None:
    if transaction.state not in states:
        raise DeclinedError(f"the payment is {transaction.state.value}")
