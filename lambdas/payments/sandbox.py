"""The sandbox gateway: the default where no real one is set up. It keeps its books in the record table.

The token decides the outcome, so every outcome can be had on purpose. Each line: what `authorize` does, then `capture`.

* `tok_approve`, `paypal_approve`: holds, then captures.
* `tok_avs_mismatch`: the same, but the address is not the card's.
* `tok_capture_fails`: holds, then declines.
* `tok_times_out`: holds, but the answer never comes, then captures.
* `paypal_captured`, `ach_approve`: takes the money at once.
* `tok_decline`, `tok_insufficient_funds`, `tok_expired_card`, `tok_incorrect_cvc`, `tok_processing_error`: declines, and why.
* `ach_later`, `ach_fails_later`: is pending for a day, then takes the money, or fails.
* `ach_insufficient_funds`, `ach_account_closed`, `ach_no_account`: declines, and why.
* `tok_sca`: asks for the card holder, then holds and captures.
* `tok_sca_declines`: asks for the card holder, then declines.
* `tok_needs_authentication`: asks for the card holder, with no way to reach them.
* `tok_unavailable`: the gateway cannot be reached.

The sandbox's own pages make tokens (`tok_sb_...`, `ach_sb_...`) that do what one of these does (sandbox_tokens.py).
`proof_authenticated` proves a card holder; any other proof is a failed authentication (`authenticate`). Any other token is
declined as unknown. A held card has the AVS code Y (address and ZIP match) or N (neither does).

Longer than 200 lines, because every method moves the same record from state to state.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lambdas.payments.gateway import (
    Challenge,
    DeclinedError,
    LapsedError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
)
from lambdas.payments.sandbox_tokens import ASKS, DECLINES, LATER, WITH_CHALLENGE, SandboxTokens, avs_code, state_of
from lambdas.records.table import RecordTable
from lambdas.runtime.aws import dynamodb
from lambdas.runtime.items import from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

HOLD_SECONDS = 7 * 86_400
PENDING_SECONDS = 86_400
CHALLENGE_SECONDS = 15 * 60
CHALLENGE_PATH = "/sandbox/challenge/"  # The sandbox's own page, on this installation.
PROOF = "proof_authenticated"
CHALLENGE_ID = "sbc_"  # Challenge ids begin with it.


class SandboxGateway:
    """Honours keys and finds by key, as real gateways do. State survives the Lambda that made it."""

    def __init__(
        self, table: str, client: "DynamoDBClient | None" = None, now: Callable[[], float] = time.time
    ) -> None:
        self._table = table
        self._client = client or dynamodb()
        self._tokens = SandboxTokens(RecordTable(table, self._client))
        self._now = now

    def authorize(self, *, key: str, token: str, amount_cents: int, currency: str, order_id: str) -> Transaction:
        made = self._tokens.find(token)
        token = made.behaves_as if made else token
        state = state_of(token)
        digest = hashlib.sha256(key.encode()).hexdigest()[:20]
        held = Transaction(
            transaction_id=f"sb_{digest}",
            key=key,
            state=state,
            amount_cents=amount_cents,
            currency=currency,
            avs_code=avs_code(token) if state is TransactionState.HELD else "",
            capture_before=int(self._now()) + HOLD_SECONDS if state is TransactionState.HELD else None,
            challenge=self._challenge(digest) if token in WITH_CHALLENGE else None,
            order_id=order_id,
        )
        known = self._begin(held, token)
        if known is None and token == "tok_times_out":
            raise OutcomeUnknownError("the gateway did not answer in time")
        return known or held

    def authenticate(self, *, key: str, transaction_id: str, proof: Mapping[str, Any]) -> Transaction:
        """`proof` holds `challenge_id` and `proof`. A wrong one ends the challenge: the card needs a new payment."""
        transaction, token = self._read(transaction_id)
        if transaction.state in (TransactionState.HELD, TransactionState.CAPTURED):
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

    def capture(self, *, key: str, transaction_id: str, amount_cents: int) -> Transaction:
        transaction, token = self._read(transaction_id)
        if transaction.is_taken:
            return transaction
        _refuse_lapsed(transaction)
        if token == "tok_capture_fails":
            raise DeclinedError(DECLINES[token])
        if amount_cents > transaction.amount_cents:
            raise DeclinedError("the amount is more than was held")
        return self._move(transaction, _HELD, TransactionState.CAPTURED, amount_cents=amount_cents)

    def void(self, *, key: str, transaction_id: str) -> Transaction:
        transaction, _ = self._read(transaction_id)
        _refuse_lapsed(transaction)
        return self._move(transaction, (*_HELD, TransactionState.NEEDS_AUTHENTICATION), TransactionState.VOIDED)

    def refund(self, *, key: str, transaction_id: str, amount_cents: int | None = None) -> Transaction:
        booked = self._booked(transaction_id)
        transaction, used = Transaction.model_validate(booked), booked.get("refund_keys", [])
        if key in used:
            return transaction
        given_back = transaction.refunded_cents + (amount_cents or 0)
        if given_back > transaction.amount_cents:
            raise DeclinedError("the amount is more than is left of the payment")
        if amount_cents is None or given_back == transaction.amount_cents:
            changes = {"refunded_cents": transaction.amount_cents}
            return self._move(transaction, (TransactionState.CAPTURED,), TransactionState.REFUNDED, **changes)
        return self._refund_part(transaction, given_back, [*used, key])

    def find(self, key: str) -> Transaction | None:
        return self._find(hashlib.sha256(key.encode()).hexdigest()[:20])

    def list_begun(self, day: str) -> Iterator[Transaction]:
        for listed in RecordTable(self._table, self._client).query(_of_day(day)["pk"], "sb_"):
            if found := self.find(str(listed["key"])):
                yield found

    def fingerprint(self, token: str) -> str:
        made = self._tokens.find(token)
        return made.fingerprint if made else hashlib.sha256(token.encode()).hexdigest()[:32]

    def challenged(self, challenge_id: str) -> Transaction | None:
        """The payment whose card holder was asked under this id; for the page that asks them."""
        found = self._find(challenge_id.removeprefix(CHALLENGE_ID))
        return found if found and found.challenge and found.challenge.challenge_id == challenge_id else None

    def _find(self, digest: str) -> Transaction | None:
        answer = self._client.get_item(TableName=self._table, Key=to_item(_names(digest)), ConsistentRead=True)
        return self._at_present(from_item(answer["Item"])) if "Item" in answer else None

    def _begin(self, transaction: Transaction, token: str) -> Transaction | None:
        """Book the transaction. If the key was used before, return the transaction that it made then."""
        item = {**_names(transaction.transaction_id), **transaction.model_dump(), "token": token}
        self._list(transaction)
        if transaction.state is TransactionState.PENDING:
            item["decided_at"] = int(self._now()) + PENDING_SECONDS
        try:
            self._client.put_item(
                TableName=self._table, Item=to_item(item), ConditionExpression="attribute_not_exists(pk)"
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return self._read(transaction.transaction_id)[0]
        return None

    def _list(self, transaction: Transaction) -> None:
        """List it under its day, before it is booked: what is booked is listed."""
        day = datetime.fromtimestamp(self._now(), UTC).strftime("%Y-%m-%d")
        listed = {**_of_day(day), "sk": transaction.transaction_id, "key": transaction.key}
        self._client.put_item(TableName=self._table, Item=to_item(listed))

    def _read(self, transaction_id: str) -> tuple[Transaction, str]:
        item = self._booked(transaction_id)
        return Transaction.model_validate(item), str(item["token"])

    def _at_present(self, item: dict[str, Any]) -> Transaction:
        """The transaction as it is by now: time alone ends a hold, and decides about a payment that is pending."""
        booked, now = Transaction.model_validate(item), self._now()
        if booked.state is TransactionState.HELD and booked.capture_before and now > booked.capture_before:
            return booked.model_copy(update={"state": TransactionState.LAPSED})
        if booked.state is TransactionState.PENDING and now >= item["decided_at"]:
            return booked.model_copy(update={"state": LATER[item["token"]]})
        return booked

    def _booked(self, transaction_id: str) -> dict[str, Any]:
        key = to_item(_names(transaction_id))
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        if "Item" not in answer:
            raise DeclinedError("the gateway does not know this transaction")
        item = from_item(answer["Item"])
        present = self._at_present(item).state
        if present == item["state"]:
            return item
        try:
            self._client.update_item(
                TableName=self._table,
                Key=key,
                UpdateExpression="SET #state = :present",
                ConditionExpression="#state = :before",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=to_item({":before": item["state"], ":present": present}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return self._booked(transaction_id)
        return {**item, "state": present}

    def _refund_part(self, transaction: Transaction, refunded_cents: int, keys: list[str]) -> Transaction:
        """Book the refund of a part, unless another part is refunded at the same moment."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=to_item(_names(transaction.transaction_id)),
                UpdateExpression="SET refunded_cents = :refunded_cents, refund_keys = :refund_keys",
                ConditionExpression="#state = :captured AND (refunded_cents = :before OR attribute_not_exists(refunded_cents))",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=to_item(
                    {
                        ":captured": TransactionState.CAPTURED,
                        ":before": transaction.refunded_cents,
                        ":refunded_cents": refunded_cents,
                        ":refund_keys": keys,
                    }
                ),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            raise OutcomeUnknownError("another refund of the payment is in progress") from None
        return transaction.model_copy(update={"refunded_cents": refunded_cents})

    def _hold(self, transaction: Transaction) -> Transaction:
        held = {"avs_code": avs_code(ASKS), "capture_before": int(self._now()) + HOLD_SECONDS}
        return self._move(transaction, (TransactionState.NEEDS_AUTHENTICATION,), TransactionState.HELD, **held)

    def _move(
        self, transaction: Transaction, before: tuple[TransactionState, ...], after: TransactionState, **changes: Any
    ) -> Transaction:
        if transaction.state is after:
            return transaction
        states = {f":before{index}": state for index, state in enumerate(before)}
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=to_item(_names(transaction.transaction_id)),
                UpdateExpression="SET " + ", ".join(["#state = :after", *(f"{name} = :{name}" for name in changes)]),
                ConditionExpression=f"#state IN ({', '.join(states)})",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=to_item(
                    {":after": after, **states, **{f":{name}": value for name, value in changes.items()}}
                ),
                ReturnValues="ALL_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            current = self._read(transaction.transaction_id)[0]
            if current.state is after:
                return current
            raise DeclinedError(f"the payment is {current.state.value}") from None
        return Transaction.model_validate(from_item(answer["Attributes"]))

    def _challenge(self, digest: str) -> Challenge:
        challenge_id = f"{CHALLENGE_ID}{digest}"
        expires_at = int(self._now()) + CHALLENGE_SECONDS
        return Challenge(challenge_id=challenge_id, url=f"{CHALLENGE_PATH}{challenge_id}", expires_at=expires_at)


def _refuse_lapsed(transaction: Transaction) -> None:
    if transaction.state is TransactionState.LAPSED:
        raise LapsedError("the hold lapsed")


_HELD = (TransactionState.HELD,)


def _of_day(day: str) -> dict[str, str]:
    return {"pk": f"sandbox#day#{day}"}


def _names(transaction_id: str) -> dict[str, str]:
    return {"pk": f"sandbox#{transaction_id.removeprefix('sb_')}", "sk": "transaction"}
