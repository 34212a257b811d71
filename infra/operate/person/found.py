"""Finds a person: their clients, and the orders of these clients or of their e-mail address.

It reads the whole order table: leads and the answers that are kept under keys are in no index.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.orders.table.entries import UnreadableOrder
from lambdas.orders.table.indexes import SK_ORDER, read_order
from lambdas.records.clients.client import Client, ClientRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item, to_item

_KEY = "key"  # the sort key of the rows that keep an order from being created twice


@dataclass(frozen=True)
class Person:
    """`keys`: partition keys of the rows that keep the orders' first answers. `unreadable`: orders that may be theirs."""

    clients: tuple[Client, ...]
    orders: tuple[Order, ...]
    keys: tuple[str, ...]
    unreadable: tuple[str, ...]

    @property
    def is_known(self) -> bool:
        return bool(self.clients or self.orders)


@dataclass(frozen=True)
class Finder:
    """`orders`: the name of the order table, `client`: of DynamoDB."""

    client: Any
    orders: str
    records: RecordTable

    def find(self, *, client_id: str = "", email: str = "") -> Person:
        """The client of this number, or everybody with this address; both together are one person."""
        clients = {each.client_id: each for each in self._clients(client_id, email)}
        found, keys, unreadable = list[Order](), dict[str, list[str]](), list[str]()
        for item in self._scan():
            if item["sk"]["S"] == _KEY:
                row = from_item(item)
                keys.setdefault(str(row.get("order_id")), []).append(str(row["pk"]))
            elif item["sk"]["S"] == SK_ORDER:
                order = read_order(item)
                if isinstance(order, UnreadableOrder):
                    unreadable.append(order.order_id)
                elif order.client_id in clients or (email and _is_same(text(order.info, "email"), email)):
                    found.append(order)
        found.sort(key=lambda each: int(each.order_id))
        pks = tuple(pk for each in found for pk in keys.get(each.order_id, ()))
        return Person(tuple(clients.values()), tuple(found), pks, tuple(unreadable))

    def _clients(self, client_id: str, email: str) -> Iterator[Client]:
        records = ClientRecords(self.records)
        if client_id and (found := records.get(client_id)):
            yield found
        if email:
            yield from records.by_email(email)

    def _scan(self) -> Iterator[Any]:
        pages = self.client.get_paginator("scan").paginate(TableName=self.orders, ConsistentRead=True)
        return (item for page in pages for item in page["Items"])


def rows_of(records: RecordTable, pk: str) -> list[dict[str, Any]]:
    """All rows of a partition of the record table."""
    pages = records.client.get_paginator("query").paginate(
        TableName=records.name,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=to_item({":pk": pk}),
        ConsistentRead=True,
    )
    return [from_item(item) for page in pages for item in page["Items"]]


def _is_same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
