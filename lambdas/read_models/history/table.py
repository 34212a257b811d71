"""Reads and writes of the history table. An item is written once; later only its personal values are erased."""

from collections.abc import Iterator
from typing import Any

from lambdas.read_models.history.item import ERASED_AT, PERSONAL, prefix, sort_key
from lambdas.records.table import NEW, RecordTable
from lambdas.runtime.items import from_item, to_item

Record = dict[str, Any]
_FIRST, _LAST = "!", "~"  # sort before and behind all digits
MARKS = "changed#"  # how the partitions of marks begin
_BEGIN = {"pk": "begin", "sk": "begin"}
_MARK_SHARDS = 8  # of a day: one partition takes 1,000 writes a second


class HistoryTable:
    """Records of one order, as `HistoryItem.read` takes them. `of`: the order's number and fingerprint."""

    def __init__(self, table: RecordTable) -> None:
        self._name, self._client = table.name, table.client

    def put_new(self, record: Record) -> Record | None:
        """Write a record. If there is one in its place, that one stays and is returned."""
        try:
            self._client.put_item(
                TableName=self._name,
                Item=to_item(record),
                ConditionExpression=NEW,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            found: Any = error.response
            return from_item(found["Item"])
        return None

    def mark_changed(self, of: str, day: str) -> None:
        """Note that the order's history is written to on this day, for the anchor of it. May be repeated."""
        self._client.put_item(TableName=self._name, Item=to_item({"pk": _marks_pk(day, _shard_of(of)), "sk": of}))

    def changed_on(self, day: str) -> Iterator[str]:
        """The orders whose history was written to on this day."""
        for shard in range(_MARK_SHARDS):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._name,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues=to_item({":pk": _marks_pk(day, shard)}),
                ConsistentRead=True,
            )
            yield from (str(from_item(item)["sk"]) for page in pages for item in page["Items"])

    def begin(self, at: int) -> None:
        """Note, once, when history was begun for orders from before. A later call changes nothing. `at`: Unix seconds."""
        self.put_new({**_BEGIN, "at": at})

    def begun_at(self) -> int:
        """When that was; 0: never."""
        found = self._client.get_item(TableName=self._name, Key=to_item(_BEGIN), ConsistentRead=True).get("Item")
        return int(from_item(found)["at"]) if found else 0

    def contents_of(self, of: str) -> Iterator[Record]:
        """Sort key and content of each record, in their order."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=to_item({":pk": of.partition("-")[0], ":prefix": prefix(of)}),
            ProjectionExpression="sk, content",
            ConsistentRead=True,
        )
        return (from_item(item) for page in pages for item in page["Items"])

    def newest(self, of: str, *, below: int | None = None) -> Record | None:
        """The last record, or the last one of a revision below this one."""
        last = f"{prefix(of)}{_LAST}" if below is None else f"{sort_key(of, below - 1)}{_LAST}"
        found = self._page(of, prefix(of), last, descending=True, limit=1)["Items"]
        return from_item(found[0]) if found else None

    def of_order(self, of: str, *, last: int | None = None) -> Iterator[Record]:
        """Records in their order, up to the last one of this revision."""
        end = f"{prefix(of)}{_LAST}" if last is None else f"{sort_key(of, last)}{_LAST}"
        yield from self._all(of, prefix(of), end)

    def after(self, of: str, cursor: str, *, descending: bool, page_size: int) -> Iterator[Record]:
        """Records behind that of the cursor, which is its sort key without the prefix; none: from the beginning."""
        first, last = prefix(of), f"{prefix(of)}{_LAST}"
        here = f"{prefix(of)}{cursor}"
        bounds = (first, here if cursor else last) if descending else (here, last)
        for record in self._all(of, *bounds, descending=descending, page_size=page_size + 1):
            if record["sk"] != here:
                yield record

    def of_revision(self, of: str, revision: int) -> list[Record]:
        """The record of a revision, and those beside it."""
        return list(self._all(of, sort_key(of, revision), f"{sort_key(of, revision)}{_LAST}"))

    def count_personal(self, order_id: str) -> int:
        """How many records of this number have personal values."""
        return sum(PERSONAL in record for record in self._all(order_id, "", _LAST))

    def chains_of(self, order_id: str) -> list[str]:
        """The orders that had this number, as history names them."""
        prints = dict.fromkeys(str(record["sk"]).partition("#")[0] for record in self._all(order_id, "", _LAST))
        return [f"{order_id}-{each}" for each in prints]

    def was_erased(self, of: str) -> bool:
        """Whether personal values of this order were erased before. The first ones are erased first, so they tell."""
        for record in self._all(of, prefix(of), f"{prefix(of)}{_LAST}", page_size=1):
            if PERSONAL in record or ERASED_AT in record:
                return ERASED_AT in record
        return False

    def erase_personal(self, order_id: str, *, of: str = "", now: int) -> int:
        """Erase the personal values of all records of a number, or of one order. Return how many records had any."""
        erased = 0
        records = self._all(of, prefix(of), f"{prefix(of)}{_LAST}") if of else self._all(order_id, "", _LAST)
        for record in records:
            if PERSONAL in record:
                self._erase(record["pk"], record["sk"], now)
                erased += 1
        return erased

    def _erase(self, pk: str, sk: str, now: int) -> None:
        """The role may name these attributes and no others (infra/outbox.py)."""
        self._client.update_item(
            TableName=self._name,
            Key=to_item({"pk": pk, "sk": sk}),
            UpdateExpression="REMOVE #personal SET #erased_at = :now",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#personal": PERSONAL, "#erased_at": ERASED_AT},
            ExpressionAttributeValues=to_item({":now": now}),
        )

    def _all(
        self, of: str, first: str, last: str, *, descending: bool = False, page_size: int | None = None
    ) -> Iterator[Record]:
        start: Any = None
        while True:
            page = self._page(of, first, last, descending=descending, limit=page_size, start=start)
            yield from (from_item(item) for item in page["Items"])
            start = page.get("LastEvaluatedKey")
            if not start:
                return

    def _page(
        self, of: str, first: str, last: str, *, descending: bool = False, limit: int | None = None, start: Any = None
    ) -> Any:
        asked: Any = {
            "TableName": self._name,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": to_item(
                {":pk": of.partition("-")[0], ":first": first or _FIRST, ":last": last}
            ),
            "ScanIndexForward": not descending,
            "ConsistentRead": True,
            **({"Limit": limit} if limit else {}),
            **({"ExclusiveStartKey": start} if start else {}),
        }
        return self._client.query(**asked)


def _marks_pk(day: str, shard: int) -> str:
    return f"{MARKS}{day}#{shard}"


def _shard_of(of: str) -> int:
    return int(of.partition("-")[0]) % _MARK_SHARDS


def is_of_order(record: Record) -> bool:
    """Not a mark, nor the record of when history was begun."""
    return str(record["pk"]).isdecimal()
