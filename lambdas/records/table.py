"""The record table: its key names, and the reads and writes that all records share."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from lambdas.runtime.aws import dynamodb
from lambdas.runtime.items import Item, from_item, to_item
from lambdas.runtime.retry_budget import RetryBudget

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_TRIES = 12
_LONGEST_PAUSE_SECONDS = 0.1  # Another write of one record takes milliseconds.


class BusyError(RuntimeError):
    """Others wrote the same record on each try. The same call may succeed later."""


class ConditionFailedError(Exception):
    """A transaction was refused. `failed`: indexes of the writes whose condition did not hold."""

    def __init__(self, failed: tuple[int, ...]) -> None:
        super().__init__(f"conditions failed: {failed}")
        self.failed = failed


class RecordTable:
    """Plain records by (pk, sk). Every write states its condition."""

    def __init__(
        self, name: str, client: "DynamoDBClient | None" = None, *, pause: Callable[[float], None] | None = None
    ) -> None:
        self.name = name
        self.client = client or dynamodb()
        self._pause = pause

    def patience(self, tries: int = _TRIES, *, longest_pause_seconds: float = _LONGEST_PAUSE_SECONDS) -> RetryBudget:
        """For a record that others write at the same moment: read, decide and write again after a pause."""
        return RetryBudget(tries, longest_pause_seconds=longest_pause_seconds, pause=self._pause)

    def get(self, pk: str, sk: str) -> dict[str, Any] | None:
        answer = self.client.get_item(TableName=self.name, Key=to_item({"pk": pk, "sk": sk}), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    def query(self, pk: str, prefix: str) -> list[dict[str, Any]]:
        """All records of one owner whose sort key begins with `prefix`, in its order."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=to_item({":pk": pk, ":prefix": prefix}),
            ConsistentRead=True,
        )
        return [from_item(item) for page in pages for item in page["Items"]]

    def query_between(self, pk: str, first: str, last: str) -> list[dict[str, Any]]:
        """The records of one owner with sort keys from `first` to `last`, both inclusive, as far as one answer has them."""
        answer = self.client.query(
            TableName=self.name,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues=to_item({":pk": pk, ":first": first, ":last": last}),
            ConsistentRead=True,
        )
        return [from_item(item) for item in answer["Items"]]

    def query_until(self, pk: str, last: str, *, most: int) -> list[dict[str, Any]]:
        """The first records of one owner, in the order of their sort keys, up to `last`."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="pk = :pk AND sk <= :last",
            ExpressionAttributeValues=to_item({":pk": pk, ":last": last}),
            ConsistentRead=True,
            PaginationConfig={"MaxItems": most},
        )
        return [from_item(item) for page in pages for item in page["Items"]]

    def put_new(self, record: Mapping[str, Any]) -> bool:
        """Write the record. False if one with its key exists; that one stays."""
        return self.put_if(NEW, record)

    def put_if(self, condition: str, record: Mapping[str, Any], **values: Any) -> bool:
        """Write the record if the stored one meets the condition, which names `values` as `:name`. False if it does not."""
        given: Any = {"ExpressionAttributeValues": to_item({f":{name}": value for name, value in values.items()})}
        try:
            self.client.put_item(
                TableName=self.name,
                Item=to_item(record),
                ConditionExpression=condition,
                **(given if values else {}),
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def next_number(self, counter: str, before_first: int) -> int:
        """Take the next number of the counter. Numbers may be missing."""
        answer = self.client.update_item(
            TableName=self.name,
            Key=to_item({"pk": f"counter#{counter}", "sk": "counter"}),
            UpdateExpression="SET latest = if_not_exists(latest, :before_first) + :one",
            ExpressionAttributeValues=to_item({":before_first": before_first, ":one": 1}),
            ReturnValues="UPDATED_NEW",
        )
        return int(from_item(answer["Attributes"])["latest"])

    def new(self, record: dict[str, Any]) -> Item:
        """A write of a transaction: this record, if there is none with its key."""
        return {"Put": {"TableName": self.name, "Item": to_item(record), "ConditionExpression": NEW}}

    def write_all(self, writes: list[Any]) -> None:
        """Write all or nothing. Raises ConditionFailedError, also for a conflict with another transaction."""
        try:
            self.client.transact_write_items(TransactItems=writes)
        except self.client.exceptions.TransactionCanceledException as error:
            reasons = error.response["CancellationReasons"]
            codes = [str(reason.get("Code", "None")) for reason in reasons]
            if {"ConditionalCheckFailed", "TransactionConflict"}.isdisjoint(codes):
                raise
            failed = tuple(index for index, code in enumerate(codes) if code == "ConditionalCheckFailed")
            raise ConditionFailedError(failed) from None


NEW = "attribute_not_exists(pk)"
