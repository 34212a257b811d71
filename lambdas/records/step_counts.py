"""Counts how many orders are in each step of a queue, exactly. The announcer keeps the counts from the order table's stream.

A marker per order names the step it is counted in, and the revision. Marker and counts change in one transaction, on the
condition that the marker is older. So records that come twice, late or out of order change nothing. The marker also names the
order: after the table was restored, another order of the same number takes its place. A queue's counts are a few items, by
order number, because one item takes about 500 such changes a second (docs/scale.md). One query reads them.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from lambdas.orders.model.fingerprint import fingerprint
from lambdas.orders.model.order import Order
from lambdas.records.table import BusyError, RecordTable
from lambdas.runtime.items import Item, from_item, to_item

_SK = "step_counts"  # Earlier versions had no shards.
_LONGEST_PAUSE_SECONDS = 1.0
SHARDS = 4
_NOT_COUNTED = 0  # No step has this id.


class CountsBusyError(BusyError):
    """Others changed the same counts on each try. The record must come again."""


class StepCounts:
    """Counts of orders by queue and step."""

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def of_queue(self, order_queue_id: int) -> Mapping[int, int]:
        """Orders by step id. A step that no order was ever in is missing."""
        counts = Counter[int]()
        for shard in self._table.query(_pk(order_queue_id), _SK):
            for name, count in shard.items():
                if name.isdigit():
                    counts[int(name)] += int(count)
        return counts

    def correct(self, order_queue_id: int, step_id: int, by: int) -> None:
        """Add `by` to a step, after a user counted its orders by hand."""
        self._table.client.update_item(
            TableName=self._table.name,
            Key=to_item(counts_key(order_queue_id, 0)),
            UpdateExpression="ADD #step :by",
            ExpressionAttributeNames={"#step": str(step_id)},
            ExpressionAttributeValues=to_item({":by": by}),
        )

    def follow(self, old: Order | None, new: Order | None) -> None:
        """Count the order in its new step. `old` None: it was created. `new` None: its time to live removed it."""
        if new is not None:
            if old is None or old.step_id != new.step_id:
                self._move(new, old.step_id if old else _NOT_COUNTED, new.step_id, new.revision)
        elif old is not None:  # It stays marked, so that no earlier record counts it again.
            self._move(old, old.step_id, _NOT_COUNTED, old.revision + 1)

    def _move(self, order: Order, believed: int, step_id: int, revision: int) -> None:
        """Count the order in another step. `believed`: the step it is likely counted in; if that is wrong, the marker says so."""
        mark = fingerprint(order.hash)
        patience = self._table.patience(longest_pause_seconds=_LONGEST_PAUSE_SECONDS)
        while True:
            writes = [self._mark(order, believed, step_id, revision), *self._count(order, believed, step_id)]
            try:
                self._table.client.transact_write_items(TransactItems=writes)
                return
            except self._table.client.exceptions.TransactionCanceledException as error:
                marked, *_ = error.response["CancellationReasons"]
            if marked.get("Code") == "ConditionalCheckFailed":
                marker = from_item(marked.get("Item", {}))
                if int(marker.get("revision", 0)) >= revision and marker.get("of", mark) == mark:
                    return
                believed = int(marker.get("step_id", _NOT_COUNTED))
            patience.wait_or_raise(
                lambda: CountsBusyError(f"order {order.order_id} could not be counted in step {step_id}")
            )

    def _mark(self, order: Order, believed: int, step_id: int, revision: int) -> Any:
        as_believed = "step_id = :believed AND (revision < :revision OR (attribute_exists(#of) AND #of <> :of))"
        as_believed = as_believed if believed else f"attribute_not_exists(pk) OR ({as_believed})"
        values = {":step": step_id, ":revision": revision, ":believed": believed, ":of": fingerprint(order.hash)}
        return {
            "Update": {
                "TableName": self._table.name,
                "Key": to_item({"pk": f"counted#{order.order_id}", "sk": "counted"}),
                "UpdateExpression": "SET step_id = :step, revision = :revision, #of = :of",
                "ConditionExpression": as_believed,
                "ExpressionAttributeNames": {"#of": "of"},
                "ExpressionAttributeValues": to_item(values),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _count(self, order: Order, before: int, after: int) -> list[Any]:
        changes = {step: by for step, by in ((before, -1), (after, 1)) if step != _NOT_COUNTED}
        if before == after or not changes:
            return []
        update: Item = {
            "TableName": self._table.name,
            "Key": to_item(counts_key(order.order_queue_id, int(order.order_id) % SHARDS)),
            "UpdateExpression": "ADD " + ", ".join(f"#s{step} :s{step}" for step in changes),
            "ExpressionAttributeNames": {f"#s{step}": str(step) for step in changes},
            "ExpressionAttributeValues": to_item({f":s{step}": by for step, by in changes.items()}),
        }
        return [{"Update": update}]


def counts_key(order_queue_id: int, shard: int) -> dict[str, str]:
    return {"pk": _pk(order_queue_id), "sk": f"{_SK}#{shard}"}


def _pk(order_queue_id: int) -> str:
    return f"step_counts#{order_queue_id}"
