"""How many orders are in each step of a queue, exactly: the announcer keeps it, from the records of the order table's stream.

A marker per order says in which step it is counted and as of which revision. Marker and counts change in one transaction, on
the condition that the marker is still older, so that records which come twice, late or out of order change nothing. It
also says which order that is: another one of the same number, after the table was restored, takes its place.
A queue's counts are a few items side by side, by order number: an item takes some 500 such changes a second
(docs/scale.md). They are read by one query.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from lambdas.orders.model.fingerprint import fingerprint
from lambdas.orders.model.order import Order
from lambdas.records.table import RecordTable
from lambdas.runtime.items import Item, from_item, to_item

_SK = "step_counts"  # of one that has no shard: of earlier versions
_LONGEST_PAUSE_SECONDS = 1.0
SHARDS = 4
_NOT_COUNTED = 0  # no step has this id


class CountsBusyError(RuntimeError):
    """Others changed the same counts each time. The record has to come again."""


class StepCounts:
    """Counts of orders by queue and step."""

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def of_queue(self, order_queue_id: int) -> Mapping[int, int]:
        """Orders by step id; a step that no order ever was in is missing."""
        counts = Counter[int]()
        for shard in self._table.query(_pk(order_queue_id), _SK):
            for name, count in shard.items():
                if name.isdigit():
                    counts[int(name)] += int(count)
        return counts

    def correct(self, order_queue_id: int, step_id: int, by: int) -> None:
        """Where the orders were counted by hand."""
        self._table.client.update_item(
            TableName=self._table.name,
            Key=to_item(counts_key(order_queue_id, 0)),
            UpdateExpression="ADD #step :by",
            ExpressionAttributeNames={"#step": str(step_id)},
            ExpressionAttributeValues=to_item({":by": by}),
        )

    def follow(self, old: Order | None, new: Order | None) -> None:
        """Count the order where this change put it. `old` None: it was made; `new` None: its time to live removed it."""
        if new is not None:
            if old is None or old.step_id != new.step_id:
                self._move(new, old.step_id if old else _NOT_COUNTED, new.step_id, new.revision)
        elif old is not None:  # what was removed stays marked, so that an earlier record cannot count it in again
            self._move(old, old.step_id, _NOT_COUNTED, old.revision + 1)

    def _move(self, order: Order, believed: int, step_id: int, revision: int) -> None:
        """`believed`: where the order is likely counted now; the marker knows better, and says so if that is wrong."""
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
