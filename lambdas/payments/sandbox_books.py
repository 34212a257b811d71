"""The books of the sandbox gateway: its payments and the keys it knows, in the record table.

A provider keeps the key of each call by its kind, with what was asked and with its first answer. So do these books. Time alone
ends a hold, and decides about a payment that is pending.

Longer than 200 lines, because the books are one: each change of a payment is a condition on what the others wrote.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from lambdas.orders.dispute import Dispute, DisputeReason, DisputeState
from lambdas.payments.gateway import (
    Dated,
    DeclinedError,
    GatewayMisusedError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
)
from lambdas.payments.going_back.disputes import disputed
from lambdas.payments.sandbox_tokens import DISPUTED, LATER, WHY_LATER, ids_of
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item, to_item
from lambdas.runtime.models import Frozen

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

PENDING_SECONDS, DISPUTE_SECONDS = 86_400, 7 * 86_400
_BY_TIME = ("state", "ids", "refunded_cents", "dispute", "why_failed")  # what time alone changes of a payment
_ANSWERED = ("state", "amount_cents", "refunded_cents")  # what calls change of a payment


@dataclass(frozen=True)
class Call:
    """A call under its key. `asked`: a digest of its parameters, which a repeat must have too."""

    kind: str
    key: str
    asked: str

    @classmethod
    def of(cls, kind: str, key: str, *parameters: Any) -> Self:
        return cls(kind, key, digest_of("|".join(map(str, parameters))))

    @property
    def attribute(self) -> str:
        """The name under which the payment's row keeps its first answer."""
        return f"{self.kind}_{digest_of(self.key)}"


@dataclass(frozen=True)
class SandboxBooks:
    table: str
    client: "DynamoDBClient"
    now: Callable[[], float]

    def find(self, digest: str) -> Transaction | None:
        answer = self.client.get_item(TableName=self.table, Key=to_item(_names(digest)), ConsistentRead=True)
        return self._at_present(from_item(answer["Item"])) if "Item" in answer else None

    def look_up(self, transaction_id: str) -> Dated | None:
        names = _names(transaction_id)
        item = RecordTable(self.table, self.client).get(names["pk"], names["sk"])
        return Dated(str(item.get("begun_on", "")), self._at_present(item)) if item else None

    def list_begun(self, day: str) -> Iterator[Transaction]:
        """The payments that were begun on this day (YYYY-MM-DD, UTC). A key that was used again on a later day is listed there
        too, and left out.
        """
        records = RecordTable(self.table, self.client)
        for listed in records.query(_of_day(day)["pk"], "sb_"):
            names = _names(str(listed["sk"]))
            item = records.get(names["pk"], names["sk"])
            if item and item.get("begun_on", day) == day:
                yield self._at_present(item)

    def begin(self, transaction: Transaction, token: str, call: Call) -> Transaction | None:
        """Book the payment. If its key is known, return the first answer. Raises GatewayMisusedError if something else was
        asked then.
        """
        today = datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%d")
        self._list(transaction, today)
        of_call = {"token": token, "asked": call.asked, "begun_on": today}
        item = {**_names(transaction.transaction_id), **transaction.model_dump(), **of_call}
        if transaction.state is TransactionState.PENDING:
            item["decided_at"] = int(self.now()) + PENDING_SECONDS
        try:
            self.client.put_item(
                TableName=self.table, Item=to_item(item), ConditionExpression="attribute_not_exists(pk)"
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            known = self.read(transaction.transaction_id)
            _refuse_other_parameters(call, known.get("asked", call.asked))
            first = Transaction.model_validate(known)
            held = transaction.state is TransactionState.HELD
            times = {
                "challenge": first.challenge,
                "capture_before": first.capture_before if held else None,
                "held_at": first.held_at if held else None,
            }
            return transaction.model_copy(update=times)
        return None

    def known(self, key: str, call: Call) -> Transaction | None:
        """The payment that was begun under the key. Raises GatewayMisusedError if something else was asked then."""
        found = RecordTable(self.table, self.client).get(**_names(digest_of(key)))
        if found is None:
            return None
        _refuse_other_parameters(call, found.get("asked", ""))
        return self._at_present(found)

    def replace(self, old: Transaction, new: Transaction, token: str, call: Call) -> Transaction:
        """Void the old hold and book the new one, both or neither. Return the new one."""
        today = datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%d")
        self._list(new, today)
        of_call = {"token": token, "asked": call.asked, "begun_on": today}
        item = {**_names(new.transaction_id), **new.model_dump(), **of_call}
        after = TransactionState.VOIDED if old.state is TransactionState.HELD else old.state
        end: Any = {
            "TableName": self.table,
            "Key": to_item(_names(old.transaction_id)),
            "UpdateExpression": "SET #state = :after",
            "ConditionExpression": "#state = :before",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": to_item({":after": after, ":before": old.state}),
        }
        book: Any = {"TableName": self.table, "Item": to_item(item), "ConditionExpression": "attribute_not_exists(pk)"}
        try:
            self.client.transact_write_items(TransactItems=[{"Update": end}, {"Put": book}])
        except self.client.exceptions.TransactionCanceledException:
            if known := self.known(new.key, call):
                return known
            raise OutcomeUnknownError("another call for the payment is in progress") from None
        return new

    def read(self, transaction_id: str) -> dict[str, Any]:
        """The payment's row, as it is by now. Raises DeclinedError if there is none."""
        key = to_item(_names(transaction_id))
        answer = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        if "Item" not in answer:
            raise DeclinedError("the gateway does not know this transaction")
        item = from_item(answer["Item"])
        present = self._at_present(item)
        values = {name: value for name, value in present.model_dump().items() if name in _BY_TIME and value is not None}
        if present == Transaction.model_validate(item):
            return item
        try:
            self.client.update_item(
                TableName=self.table,
                Key=key,
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
                ConditionExpression="#state = :before",
                ExpressionAttributeNames={f"#{name}": name for name in values},
                ExpressionAttributeValues=to_item(
                    {":before": item["state"], **{f":{name}": value for name, value in values.items()}}
                ),
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return self.read(transaction_id)
        return {**item, **values}

    def move(self, before: Transaction, after: TransactionState, call: Call | None, **changes: Any) -> Transaction:
        """Book what a call does to the payment as it was read, and keep its answer under its key.

        Raises OutcomeUnknownError if another call changed the payment since.
        """
        moved = before.model_copy(update={"state": after, **changes})
        values = {"state": after, **{name: _plain(value) for name, value in changes.items()}}
        if call:
            answer = {name: getattr(moved, name) for name in _ANSWERED}
            values[call.attribute] = {"asked": call.asked, **answer}
        was = {":was": before.state, ":refunded": before.refunded_cents}
        try:
            self.client.update_item(
                TableName=self.table,
                Key=to_item(_names(before.transaction_id)),
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
                ConditionExpression="#state = :was AND (attribute_not_exists(refunded_cents) OR refunded_cents = :refunded)",
                ExpressionAttributeNames={f"#{name}": name for name in values},
                ExpressionAttributeValues=to_item({**was, **{f":{name}": value for name, value in values.items()}}),
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            current = Transaction.model_validate(self.read(before.transaction_id))
            if (current.state, current.refunded_cents) == (moved.state, moved.refunded_cents):
                return current
            raise OutcomeUnknownError("another call for the payment is in progress") from None
        return moved

    def _list(self, transaction: Transaction, day: str) -> None:
        """List it under its day, before it is booked: what is booked is listed."""
        listed = {**_of_day(day), "sk": transaction.transaction_id, "key": transaction.key}
        self.client.put_item(TableName=self.table, Item=to_item(listed))

    def _at_present(self, item: dict[str, Any]) -> Transaction:
        booked, now = Transaction.model_validate(item), self.now()
        if booked.state is TransactionState.HELD and booked.capture_before and now > booked.capture_before:
            return booked.model_copy(update={"state": TransactionState.LAPSED})
        if booked.state is TransactionState.PENDING and now >= item["decided_at"]:
            state, ids = LATER[item["token"]], booked.ids
            if state is TransactionState.CAPTURED:
                ids = ids.changed(capture=ids_of(digest_of(booked.key), is_taken=True).capture)
            why = WHY_LATER.get(item["token"], "")
            return booked.model_copy(update={"state": state, "ids": ids, "why_failed": why})
        if booked.dispute and booked.dispute.is_open and now >= (booked.dispute.answer_by or 0):
            return disputed(booked, booked.dispute.changed(state=DISPUTED[item["token"]]))
        return booked


def first_answer(item: dict[str, Any], call: Call) -> Transaction | None:
    """The first answer to a call under this key; None if there was none. Raises GatewayMisusedError if it asked for something
    else.
    """
    known, payment = item.get(call.attribute), Transaction.model_validate(item)
    if known is None:
        return payment if call.key in item.get("refund_keys", ()) else None  # as an earlier release booked it
    _refuse_other_parameters(call, known["asked"])
    return payment.model_copy(
        update={"state": TransactionState(known["state"]), **{name: known[name] for name in _ANSWERED[1:]}}
    )


def dispute_of(amount_cents: int, currency: str, now: int) -> Dispute:
    """The dispute of a payment that was captured just now."""
    of_it = {"reason": DisputeReason.FRAUDULENT, "opened_at": now, "answer_by": now + DISPUTE_SECONDS}
    return Dispute(state=DisputeState.OPEN, amount_cents=amount_cents, currency=currency, **of_it)


def _plain(value: Any) -> Any:
    return value.model_dump() if isinstance(value, Frozen) else value


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:20]


def _refuse_other_parameters(call: Call, asked: str) -> None:
    if call.asked != asked:
        raise GatewayMisusedError(f"the key of this {call.kind} is known with other parameters")


def _of_day(day: str) -> dict[str, str]:
    return {"pk": f"sandbox#day#{day}"}


def _names(transaction_id: str) -> dict[str, str]:
    return {"pk": f"sandbox#{transaction_id.removeprefix('sb_')}", "sk": "transaction"}
