"""The order table: the only file that writes it, and every write is conditional.

One item per order (`pk` = order id, `sk` = "order"). Beside it, items that make a key unique: `hash#...` (resume link) and
`idempotency#...`, each pointing at the order it first made. `OrderStore` is what the rest knows; `DynamoOrderStore` is held
to the same contract tests as the in-memory twin of the unit tests.

Longer than 200 lines, because every write and its condition stand in one place.
"""

import random
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from lambdas.orders.decisions import claims
from lambdas.orders.errors import OrderChangedError, OrderNotFoundError, OrderUnreadableError
from lambdas.orders.model.order import Order
from lambdas.orders.ports import CreationKey, KeyUsed, OrderStore
from lambdas.orders.table.entries import UnreadableOrder
from lambdas.orders.table.indexes import SK_ORDER, OrderIndexes, index_attributes, read_order
from lambdas.orders.table.numbers import Numbers
from lambdas.orders.table.stored import restored, stored
from lambdas.orders.table.versions import OF_ORDERS, Versions
from lambdas.runtime.aws import dynamodb
from lambdas.runtime.items import Item, from_item, to_item
from lambdas.runtime.retry_budget import RetryBudget

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

SK_KEY = "key"
FIRST_ORDER_NUMBER = 1000
_CREATE_TRIES = 12


class DynamoOrderStore(OrderIndexes):
    """Orders in DynamoDB."""

    def __init__(self, table: str, client: "DynamoDBClient | None" = None) -> None:
        super().__init__(table, client or dynamodb())
        self._numbers = Numbers(self._take_numbers)

    def new_order_id(self) -> str:
        """Short, and increasing in each process; numbers may be missing (an order number is no fiscal number)."""
        return str(self._numbers.next())

    def _take_numbers(self, size: int) -> int:
        answer = self._client.update_item(
            TableName=self._table,
            Key=to_item({"pk": "counter#order_id", "sk": "counter"}),
            UpdateExpression="SET latest = if_not_exists(latest, :before_first) + :size",
            ExpressionAttributeValues=to_item({":before_first": FIRST_ORDER_NUMBER, ":size": size}),
            ReturnValues="ALL_NEW",
        )
        return int(from_item(answer["Attributes"])["latest"])

    def raise_numbers(self, least: int) -> int:
        """Raise the counter above `least`, so that new orders get higher numbers. Returns the counter, which only ever
        rises.
        """
        try:
            self._client.update_item(
                TableName=self._table,
                Key=to_item({"pk": "counter#order_id", "sk": "counter"}),
                UpdateExpression="SET latest = :least",
                ConditionExpression="attribute_not_exists(latest) OR latest < :least",
                ExpressionAttributeValues=to_item({":least": max(least, FIRST_ORDER_NUMBER)}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return self._take_numbers(0)
        return max(least, FIRST_ORDER_NUMBER)

    def raise_revision(self, order_id: str, by: int) -> Order:
        """Raise the revision of a restored order by `by`, because its next revisions were published before the restore."""
        answer = self._client.update_item(
            TableName=self._table,
            Key=_key(order_id, SK_ORDER),
            UpdateExpression="SET revision = revision + :by",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues=to_item({":by": by}),
            ReturnValues="ALL_NEW",
        )
        return readable(answer["Attributes"])

    def create(self, order: Order, keys: Sequence[CreationKey], now: int) -> None:
        """Write the order and its keys, all or nothing. Raises KeyUsed when one of the keys made an order before.

        A key that nobody knows yet is written first. If the order never follows, the key leads nowhere.
        """
        if len(keys) == 1 and keys[0].is_new:
            self._create_under(keys[0], order, now)
            return
        writes: list[Any] = [{"Put": self._put(_key_item(key, order), now)} for key in keys]
        writes.append({"Put": self._put(order_item(order), now)})
        for _ in range(_CREATE_TRIES):
            try:
                self._client.transact_write_items(TransactItems=writes)
                return
            except self._client.exceptions.TransactionCanceledException as error:
                self._raise_if_key_used(error.response["CancellationReasons"], keys)
            time.sleep(random.uniform(0.005, 0.05))  # two callers with one key: the other's transaction is still open
        raise OrderChangedError(order.order_id)

    def _create_under(self, key: CreationKey, order: Order, now: int) -> None:
        for item in (_key_item(key, order), order_item(order)):
            try:
                self._client.put_item(**self._put(item, now))
            except self._client.exceptions.ConditionalCheckFailedException:
                if not self._has(item):
                    raise OrderChangedError(order.order_id) from None

    def _has(self, item: Item) -> bool:
        """Whether this very item is there: it arrived, its answer did not, and the SDK sent it a second time."""
        place = {name: item[name] for name in ("pk", "sk")}
        answer = self._client.get_item(TableName=self._table, Key=place, ConsistentRead=True)
        return answer.get("Item") == item

    def get(self, order_id: str) -> Order:
        answer = self._client.get_item(TableName=self._table, Key=_key(order_id, SK_ORDER), ConsistentRead=True)
        if "Item" not in answer:
            raise OrderNotFoundError(f"the id {order_id[:40]}")
        return readable(answer["Item"])

    def order_id_of(self, key_pk: str) -> str | None:
        answer = self._client.get_item(
            TableName=self._table, Key=_key(key_pk, SK_KEY), ConsistentRead=True, ProjectionExpression="order_id"
        )
        return str(from_item(answer["Item"])["order_id"]) if "Item" in answer else None

    def claim(
        self, order_id: str, action_id: int, *, claim: str, now: int, ends_at: int, only_if_asked: bool = False
    ) -> Order | None:
        """Start a run of the action: one write that also returns the order. None: done or skipped before, nothing to do.

        Raises OrderCanceled, OrderMoved or ActionBusy, which the machine knows by name.
        """
        patience = RetryBudget()
        while True:
            try:
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=_key(order_id, SK_ORDER),
                    ConditionExpression=f"{_MAY_CLAIM} AND {_WANTED}" if only_if_asked else _MAY_CLAIM,
                    **_CLAIM,
                    ExpressionAttributeNames={"#action": str(action_id), **_NAMES},
                    ExpressionAttributeValues=to_item(
                        {":now": now, ":claim": claim, ":ends": ends_at, ":one": 1, ":true": True, **_STATES}
                    ),
                )
                return readable(answer["Attributes"])
            except self._client.exceptions.ConditionalCheckFailedException as error:
                _refuse_claim(error.response, order_id, action_id)
                return None
            except self._client.exceptions.TransactionConflictException:
                if not patience.wait():
                    raise OrderChangedError(order_id) from None

    def save(self, order: Order) -> Order:
        """Write the changed order if its revision is still the one that was read; returns it with the new revision."""
        written = order.changed(revision=order.revision + 1)
        try:
            self._client.put_item(**self._next(written))
        except (
            self._client.exceptions.ConditionalCheckFailedException,
            self._client.exceptions.TransactionConflictException,  # a transaction looks at it at this moment
        ):
            raise OrderChangedError(order.order_id) from None
        return written

    def writes_of(self, order: Order) -> Sequence[Any]:
        """The write that `save` makes, for a transaction that writes something beside the order."""
        return [{"Put": self._next(order.changed(revision=order.revision + 1))}]

    def _next(self, written: Order) -> dict[str, Any]:
        """The item of an order, if the revision before it is still there."""
        return {
            "TableName": self._table,
            "Item": order_item(written),
            "ConditionExpression": "revision = :read",
            "ExpressionAttributeValues": to_item({":read": written.revision - 1}),
        }

    def unless_canceled(self, order_id: str) -> Sequence[Any]:
        """Conditions for a transaction that makes something for the order, which fail once it was canceled."""
        is_live = {
            "TableName": self._table,
            "Key": _key(order_id, SK_ORDER),
            "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(canceled_at)",
        }
        return [{"ConditionCheck": is_live}]

    def _put(self, item: Item, now: int) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk) OR (sk = :key AND expires_at < :now)",
            "ExpressionAttributeValues": to_item({":key": SK_KEY, ":now": now}),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def _raise_if_key_used(self, reasons: Sequence[Any], keys: Sequence[CreationKey]) -> None:
        for key, reason in zip(keys, reasons, strict=False):
            if reason.get("Code") == "ConditionalCheckFailed":
                used = from_item(reason["Item"])
                order_id = str(used["order_id"])
                raise KeyUsed(key, order_id, str(used.get("content_hash", "")), _first(order_id, used))


def save(store: OrderStore, order: Order, change: Callable[[Order], Order]) -> Order:
    """Apply a decision to the order as it is now. Decides again whenever somebody else wrote first, as long as its function
    lives (runtime/retry_budget.py).

    `change` returns the very order it was given when there is nothing to write.
    """
    patience = RetryBudget()
    while True:
        wanted = change(order)
        if wanted is order:
            return order
        try:
            return store.save(wanted)
        except OrderChangedError:
            if not patience.wait():
                raise
            order = store.get(order.order_id)


_NAMES = {"#state": "state", "#claim": "claim", "#at": "at"}
_STATES = {f":{state}": state for state in ("pending", "waiting", "failed", "running", "done")}

# `claims.is_claimable` says the same in Python; the contract tests compare the two.
_ASKED = "attribute_exists(actions.#action.requested_at)"
_WANTED = f"({_ASKED} OR actions.#action.#claim = :claim)"
_MAY_CLAIM = (
    "step_id = actions.#action.step_id"
    " AND (attribute_not_exists(actions.#action.claim_ends_at) OR actions.#action.claim_ends_at < :now)"
    " AND (actions.#action.#state = :running"
    " OR (actions.#action.#state = :failed AND actions.#action.retryable = :true)"
    f" OR (actions.#action.#state IN (:pending, :waiting, :failed) AND (actions.#action.automatic = :true OR {_ASKED}))"
    f" OR (actions.#action.#state = :done AND {_ASKED}))"
)
_CLAIM: Any = {
    "UpdateExpression": (
        "SET actions.#action.#state = :running, actions.#action.attempts = actions.#action.attempts + :one,"
        " actions.#action.#claim = :claim, actions.#action.claim_ends_at = :ends, actions.#action.#at = :now,"
        " revision = revision + :one REMOVE waits.#action, actions.#action.requested_at,"
        " actions.#action.paused_until, actions.#action.look_at"
    ),
    "ReturnValues": "ALL_NEW",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}


def order_item(order: Order, versions: Versions = OF_ORDERS) -> Item:
    """The order as stored, with the attributes its indexes live on."""
    keys = {"pk": order.order_id, "sk": SK_ORDER, **index_attributes(order)}
    return to_item({**keys, **stored(order, versions)})


def readable(item: Item) -> Order:
    """The order of an item. Raises OrderUnreadableError."""
    found = read_order(item)
    if isinstance(found, UnreadableOrder):
        raise OrderUnreadableError(found.order_id, found.why)
    return found


def _first(order_id: str, used: dict[str, Any]) -> Order | None:
    """The order as it was first made, if that is kept. Raises OrderUnreadableError."""
    if "first" not in used:
        return None
    try:
        return restored(order_id, used["first"])
    except ValidationError:
        raise OrderUnreadableError(order_id, "the answer that was kept under this key cannot be read") from None


def _key_item(key: CreationKey, order: Order) -> Item:
    first = stored(order) if key.keep_answer else None
    return to_item(
        {
            "pk": key.pk,
            "sk": SK_KEY,
            "order_id": order.order_id,
            "content_hash": key.content_hash,
            "first": first,
            "expires_at": key.expires_at,
        }
    )


def _key(pk: str, sk: str) -> Item:
    return to_item({"pk": pk, "sk": sk})


def _refuse_claim(response: Any, order_id: str, action_id: int) -> None:
    if "Item" not in response:
        raise OrderNotFoundError(f"the id {order_id}")
    claims.refuse_claim(readable(response["Item"]), action_id)
