"""Reads orders of the restored table and of the stage's, and replaces rows of the stage's if they still are what was read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.orders.model.order import Order
from lambdas.orders.store import order_item
from lambdas.orders.table.indexes import SK_ORDER
from lambdas.runtime.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

AT_ONCE = 100  # of BatchGetItem


class ChangedMeanwhileError(Exception):
    """Somebody wrote the order between the look at it and its fixing."""


@dataclass(frozen=True)
class OrderRows:
    """`source`: the restored table, `target`: the stage's. `only`: these orders; empty: all."""

    client: "DynamoDBClient"
    source: str
    target: str
    only: frozenset[str] = frozenset()

    def read_restored(self) -> Iterator[Item]:
        """The rows of the restored table."""
        pages = self.client.get_paginator("scan").paginate(TableName=self.source, ConsistentRead=True)
        for row in (row for page in pages for row in page["Items"]):
            if row["sk"]["S"] == SK_ORDER and (not self.only or row["pk"]["S"] in self.only):
                yield row

    def read_latest_number(self) -> int:
        """The last order number that was given at the moment; 0 if none was."""
        key = {"pk": {"S": "counter#order_id"}, "sk": {"S": "counter"}}
        item = self.client.get_item(TableName=self.source, Key=key).get("Item", {})
        return int(item.get("latest", {}).get("N", 0))

    def read_present(self, order_ids: Sequence[str]) -> dict[str, Item]:
        """The rows that the stage's table has of these orders, at most AT_ONCE."""
        found: dict[str, Item] = {}
        keys = [{"pk": {"S": order_id}, "sk": {"S": SK_ORDER}} for order_id in dict.fromkeys(order_ids)]
        asked: Any = {self.target: {"Keys": keys, "ConsistentRead": True}} if keys else {}
        while asked:
            answer = self.client.batch_get_item(RequestItems=asked)
            found |= {item["pk"]["S"]: item for item in answer["Responses"].get(self.target, [])}
            asked = answer.get("UnprocessedKeys") or {}
        return found

    def replace(self, row: Item | None, order: Order) -> None:
        """Write the order if the stage's table still has this row, or none. Raises ChangedMeanwhileError."""
        condition, values = _as_seen(row)
        try:
            self.client.put_item(TableName=self.target, Item=order_item(order), ConditionExpression=condition, **values)
        except self.client.exceptions.ConditionalCheckFailedException:
            raise ChangedMeanwhileError(f"order {order.order_id} was changed at this moment") from None


def _as_seen(row: Item | None) -> tuple[str, dict[str, Any]]:
    """The condition that the stage's row is still this one, with its values."""
    if row is None:
        return "attribute_not_exists(pk)", {}
    if "revision" not in row:
        return "attribute_exists(pk) AND attribute_not_exists(revision)", {}
    return "revision = :seen", {"ExpressionAttributeValues": {":seen": row["revision"]}}
