"""Puts rows back that a table lost whole. Rows that are there stay as they are, whatever the restored table has.

The record table and the history table are not taken back to the moment: what was written since is true. Of the record table only
kinds are put back that nothing ever deletes. Sessions, links and users stay lost: access that was taken away must not come back.
Counters stay lost too, because a lower one gives numbers twice.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from infra.operate.copy_back import COUNTERS
from lambdas.runtime.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

LASTING = frozenset(
    {
        "an order's", "begin", "changed", "client", "client_of", "contract", "contract_id", "contract_of", "counted", "coupon",
        "coupon_code", "effects", "effects_of", "gateway_event", "invoiced", "invoices", "order", "post", "quote", "quotes",
        "sandbox", "services", "step_counts",
    }
)  # fmt: skip
NUMBERING = (COUNTERS.rstrip("#"), "series")
_AT_ONCE = 100


@dataclass
class Counts:
    """By kind of row. `left`: rows that numbers are counted by. `ended`: those that may have ended on purpose."""

    put: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class LostRows:
    """`source`: the restored table, `target`: the stage's. `execute`: write; else only count."""

    client: "DynamoDBClient"
    source: str
    target: str
    execute: bool

    def put_back(self) -> Counts:
        """Each lost row, on the condition that it is still not there. May be repeated."""
        counts = Counts()
        rows = self._rows()
        while batch := list(islice(rows, _AT_ONCE)):
            present = self._present(batch)
            for row in batch:
                if _place(row) not in present:
                    self._take(row, counts)
        return counts

    def _take(self, row: Item, counts: Counts) -> None:
        kind = row["pk"]["S"].partition("#")[0]
        kind = "an order's" if kind.isdecimal() else kind
        if kind in NUMBERING:
            counts.left[kind] += 1
        elif kind not in LASTING:
            counts.ended[kind] += 1
        elif not self.execute or self._write(row):
            counts.put[kind] += 1

    def _write(self, row: Item) -> bool:
        try:
            self.client.put_item(TableName=self.target, Item=row, ConditionExpression="attribute_not_exists(pk)")
        except self.client.exceptions.ConditionalCheckFailedException:
            return False  # somebody wrote it at this moment: that is newer
        return True

    def _rows(self) -> Iterator[Item]:
        pages = self.client.get_paginator("scan").paginate(TableName=self.source, ConsistentRead=True)
        return (row for page in pages for row in page["Items"])

    def _present(self, rows: Sequence[Item]) -> set[tuple[str, str]]:
        found = set[tuple[str, str]]()
        keys = [{name: row[name] for name in ("pk", "sk")} for row in rows]
        asked: Any = {self.target: {"Keys": keys, "ConsistentRead": True, "ProjectionExpression": "pk, sk"}}
        while asked:
            answer = self.client.batch_get_item(RequestItems=asked)
            found |= {_place(item) for item in answer["Responses"].get(self.target, [])}
            asked = answer.get("UnprocessedKeys") or {}
        return found


def _place(row: Item) -> tuple[str, str]:
    return row["pk"]["S"], row["sk"]["S"]
