"""A history over a table in memory, that hears all changes of a walk."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.orders.model.order import Order
from lambdas.read_models.history.history import History, name_of
from lambdas.read_models.history.item import HistoryItem
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.table import RecordTable
from tests.support.build import Clock
from tests.support.tables import make_table
from tests.support.walks import Change


@dataclass
class Kept:
    """The history of orders, and what the table holds of it."""

    history: History
    table: HistoryTable
    clock: Clock
    client: DynamoDBClient

    def hear(self, *changes: Change) -> None:
        for change in changes:
            self.clock.time = max(self.clock.time, change.at)
            self.history.follow(change.old, change.new)

    def items(self, order: Order) -> list[HistoryItem]:
        return [HistoryItem.read(record) for record in self.table.of_order(name_of(order))]

    def another(self) -> "Kept":
        """The same table, heard by another process that remembers nothing."""
        return Kept(History(self.table, self.clock), self.table, self.clock, self.client)


@pytest.fixture
def kept(dynamodb: DynamoDBClient) -> Iterator[Kept]:
    clock, table = Clock(), HistoryTable(RecordTable(make_table(dynamodb, "history"), dynamodb))
    yield Kept(History(table, clock), table, clock, dynamodb)
