"""Counts the orders that wait for the end of a pause."""

from lambdas.orders.pauses import Pause
from lambdas.records.pauses.pause import waiting_pk
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item, to_item
from lambdas.runtime.models import Frozen

MOST_COUNTED = 2_000  # actions that wait for one pause


class WaitingOrders(Frozen):
    """`more`: there are more than these."""

    orders: int
    more: bool


def count_waiting(table: RecordTable, pause: Pause) -> WaitingOrders:
    """The orders of the first MOST_COUNTED actions that wait. The count may be a second behind."""
    page = table.client.query(
        TableName=table.name,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=to_item({":pk": waiting_pk(pause)}),
        ProjectionExpression="order_id",
        Limit=MOST_COUNTED,
    )
    orders = {from_item(item)["order_id"] for item in page["Items"]}
    return WaitingOrders(orders=len(orders), more="LastEvaluatedKey" in page)
