"""The order table's indexes: what an order item carries for them, and how they are read. Eventually consistent, as all are.

Indexes keep keys, and what lists filter by: a write that moves no order writes no index. Lists go by `received`: when the
order came and its number, both padded, so that text sorts as time does and no two orders are in the same place.
"""

import random
import time
from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from lambdas.orders.decisions.deadlines import next_look_at
from lambdas.orders.model.order import ListPosition, Order
from lambdas.orders.model.waits import DUE_SHARDS, due_shard
from lambdas.orders.ports import TimeWindow
from lambdas.orders.table.entries import FoundOrder, OrderEntry, UnreadableOrder
from lambdas.orders.table.stored import incoherent_fields, restored
from lambdas.orders.table.versions import OF_ORDERS, VERSION, NewerVersionError, Versions
from lambdas.runtime.items import Item, from_item, to_item
from lambdas.runtime.telemetry import MetricUnit, logger, metrics

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

SK_ORDER = "order"
_LAST_NUMBER = 10**18 - 1
_END_OF_TIME = 2**53
_LARGEST_PAGE = 200
_BATCH = 100  # the most keys one BatchGetItem takes; it also ends at 16 MB, and then names what is left
_BATCH_TRIES = 8


class OrdersBusyError(RuntimeError):
    """DynamoDB did not give a batch of orders in several tries."""


def received(position: ListPosition) -> str:
    """The sort key of a list position: `0000001800000000#000000000000001001`."""
    ts, number = position
    return f"{ts:016d}#{number:018d}"


def index_attributes(order: Order) -> dict[str, Any]:
    """None where the order is not in an index."""
    due_at = next_look_at(order)
    return {
        "queue_step": f"{order.order_queue_id}#{order.step_id}",
        "received": received(order.list_position),
        "opportunity": str(order.opportunity_id) if order.opportunity_id else None,
        "due_shard": due_shard(order.order_id) if due_at else None,
        "due_at": due_at,
    }


class OrderIndexes:
    """Reads of the indexes; pages are read as they are asked for."""

    def __init__(self, table: str, client: "DynamoDBClient") -> None:
        self._table = table
        self._client = client

    def in_step(self, order_queue_id: int, step_id: int, window: TimeWindow) -> Iterator[OrderEntry]:
        return self._by_time("by_step", "queue_step", f"{order_queue_id}#{step_id}", window)

    def of_client(self, client_id: str, window: TimeWindow) -> Iterator[OrderEntry]:
        return self._by_time("by_client", "client_id", client_id, window)

    def of_opportunity(self, opportunity_id: int, window: TimeWindow) -> Iterator[OrderEntry]:
        return self._by_time("by_opportunity", "opportunity", str(opportunity_id), window)

    def due(self, before: int) -> Iterator[FoundOrder]:
        """Orders with a wait that may be overdue, the oldest first; the index may name them early, never late. Fetched batch by
        batch."""
        condition, shards = "due_shard = :key AND due_at < :to", map(str, range(DUE_SHARDS))
        parts = (self._query("by_due", condition, {":key": each, ":to": before}, TimeWindow()) for each in shards)
        ids = (str(item["pk"]) for item in merge(*parts, key=lambda item: int(item["due_at"])))
        while batch := list(islice(ids, _BATCH)):
            yield from self.get_many(batch)

    def get_many(self, order_ids: Sequence[str]) -> tuple[FoundOrder, ...]:
        """The orders of these ids in this order. A missing or broken order does not hold up the others. Eventually
        consistent.
        """
        found: dict[str, FoundOrder] = {}
        for start in range(0, len(order_ids), _BATCH):
            batch = dict.fromkeys(order_ids[start : start + _BATCH])
            for item in self._batch([to_item({"pk": order_id, "sk": SK_ORDER}) for order_id in batch]):
                found[item["pk"]["S"]] = read_order(item)
        return tuple(found[order_id] for order_id in order_ids if order_id in found)

    def _batch(self, keys: list[Item]) -> Iterator[Item]:
        for attempt in range(_BATCH_TRIES):
            answer = self._client.batch_get_item(RequestItems={self._table: {"Keys": keys}})
            yield from answer["Responses"].get(self._table, [])
            left: Any = answer.get("UnprocessedKeys", {}).get(self._table)
            if not left:
                return
            keys = left["Keys"]
            time.sleep(random.uniform(0, 0.05 * 2**attempt))
        raise OrdersBusyError(f"{len(keys)} of the orders asked for were not read in {_BATCH_TRIES} tries")

    def _by_time(self, index: str, attribute: str, key: str, window: TimeWindow) -> Iterator[OrderEntry]:
        first, last = _bounds(window)
        if first > last:  # DynamoDB refuses such a range
            return iter(())
        condition = f"{attribute} = :key AND received BETWEEN :from AND :to"
        values = {":key": key, ":from": received(first), ":to": received(last)}
        return map(_entry, self._query(index, condition, values, window))

    def _query(
        self, index: str, condition: str, values: dict[str, Any], window: TimeWindow
    ) -> Iterator[dict[str, Any]]:
        wanted: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": index,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": to_item(values),
            "ScanIndexForward": not window.descending,
            "Limit": window.page_size,
        }
        while True:
            page = self._client.query(**wanted)
            yield from (from_item(item) for item in page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            wanted["ExclusiveStartKey"] = page["LastEvaluatedKey"]
            wanted["Limit"] = min(2 * wanted["Limit"], _LARGEST_PAGE)  # who wants a second page may want many


def _entry(item: dict[str, Any]) -> OrderEntry:
    """One whose index attributes were edited by hand is on every list that meets it, as what it is: broken."""
    try:
        order_queue_id, step_id = map(int, item["queue_step"].split("#"))
        ts, number = map(int, item["received"].split("#"))
        opportunity_id, is_broken = int(item.get("opportunity", 0)), str(number) != item["pk"]
    except (ValueError, KeyError, AttributeError, TypeError):
        order_queue_id = step_id = ts = opportunity_id = 0
        is_broken = True
    return OrderEntry(
        order_id=str(item["pk"]),
        order_queue_id=order_queue_id,
        step_id=step_id,
        ts=ts,
        client_id=item.get("client_id"),
        opportunity_id=opportunity_id,
        is_broken=is_broken,
    )


def read_order(item: Item, versions: Versions = OF_ORDERS) -> FoundOrder:
    """The order of an item. One that cannot be read is logged and counted, and stops nobody."""
    later = ""
    try:
        order = restored(item["pk"]["S"], from_item(item), versions)
        wrong = incoherent_fields(order)
    except NewerVersionError as error:
        wrong, later = {VERSION}, str(error)
    except ValidationError as error:
        wrong = {str(problem["loc"][0]) for problem in error.errors(include_input=False) if problem["loc"]}
    except Exception:  # noqa: BLE001 - whatever somebody wrote into it, it is this item's fault alone
        wrong = {"what an order has is not there, or is something else"}
    if not wrong:
        return order
    unreadable = UnreadableOrder(
        order_id=item["pk"]["S"], why=later or f"these of its fields cannot be read: {', '.join(sorted(wrong))}"
    )
    logger.error("order cannot be read", extra={"order_id": unreadable.order_id, "reason": unreadable.why})
    metrics.add_metric("UnreadableOrders", MetricUnit.Count, 1)
    return unreadable


def _bounds(window: TimeWindow) -> tuple[ListPosition, ListPosition]:
    """First and last place of the window, both inside."""
    first = (window.min_ts or 0, 0)
    last = (_END_OF_TIME if window.max_ts is None else window.max_ts, _LAST_NUMBER)
    if window.behind is None:
        return first, last
    ts, number = window.behind
    if window.descending:
        return first, min(last, (ts, number - 1))  # order numbers begin far above 0
    return max(first, (ts, number + 1)), last
