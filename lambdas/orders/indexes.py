"""The order table's indexes: what an order item carries for them, and how they are read. Eventually consistent, as all are.

Lists go by `received`: when the order came and its number, both padded, so that text sorts as time does and no two orders are
in the same place.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lambdas.orders.order import Order, Place
from lambdas.orders.ports import TimeWindow
from lambdas.runtime.items import from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_LAST_NUMBER = 10**18 - 1
_END_OF_TIME = 2**53
_LARGEST_PAGE = 200


def received(place: Place) -> str:
    """The sort key of a place: `0000001800000000#000000000000001001`."""
    ts, number = place
    return f"{ts:016d}#{number:018d}"


def index_attributes(order: Order) -> dict[str, Any]:
    """None where the order is not in an index."""
    due_at = min((wait.due_at for wait in order.waits.values() if wait.due_at and not wait.overdue), default=None)
    return {
        "queue_step": f"{order.order_queue_id}#{order.step_id}",
        "received": received(order.place),
        "opportunity": str(order.opportunity_id) if order.opportunity_id else None,
        "due_shard": "0" if due_at else None,
        "due_at": due_at,
    }


class OrderIndexes:
    """Reads of the indexes; pages are read as they are asked for."""

    def __init__(self, table: str, client: "DynamoDBClient") -> None:
        self._table = table
        self._client = client

    def in_step(self, order_queue_id: int, step_id: int, window: TimeWindow) -> Iterator[Order]:
        return self._by_time("by_step", "queue_step", f"{order_queue_id}#{step_id}", window)

    def of_client(self, client_id: str, window: TimeWindow) -> Iterator[Order]:
        return self._by_time("by_client", "client_id", client_id, window)

    def of_opportunity(self, opportunity_id: int, window: TimeWindow) -> Iterator[Order]:
        return self._by_time("by_opportunity", "opportunity", str(opportunity_id), window)

    def due(self, before: int) -> Iterator[Order]:
        """Orders with a wait that may be overdue; the index may name them early, never late."""
        condition = "due_shard = :key AND due_at < :to"
        return self._query("by_due", condition, {":key": "0", ":to": before}, TimeWindow())

    def _by_time(self, index: str, attribute: str, key: str, window: TimeWindow) -> Iterator[Order]:
        first, last = _bounds(window)
        if first > last:  # DynamoDB refuses such a range
            return iter(())
        condition = f"{attribute} = :key AND received BETWEEN :from AND :to"
        values = {":key": key, ":from": received(first), ":to": received(last)}
        return self._query(index, condition, values, window)

    def _query(self, index: str, condition: str, values: dict[str, Any], window: TimeWindow) -> Iterator[Order]:
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
            yield from (Order.model_validate(from_item(item)) for item in page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            wanted["ExclusiveStartKey"] = page["LastEvaluatedKey"]
            wanted["Limit"] = min(2 * wanted["Limit"], _LARGEST_PAGE)  # who wants a second page may want many


def _bounds(window: TimeWindow) -> tuple[Place, Place]:
    """First and last place of the window, both inside."""
    first = (window.min_ts or 0, 0)
    last = (_END_OF_TIME if window.max_ts is None else window.max_ts, _LAST_NUMBER)
    if window.behind is None:
        return first, last
    ts, number = window.behind
    if window.descending:
        return first, min(last, (ts, number - 1))  # order numbers begin far above 0
    return max(first, (ts, number + 1)), last
