"""Stored orders are counted by version, written in that of the release, and back again after a rollback."""

import io
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from rich.console import Console

from infra.operate.migrate.__main__ import Migration
from lambdas.orders.store import order_item
from lambdas.orders.table.versions import Versions
from tests.support.build import a_submitted_order
from tests.support.tables import make_order_table
from tests.unit.orders.table.test_versions import BEFORE, WRITES_3

Row = dict[str, Any]


class Stage:
    def __init__(self) -> None:
        self.client = boto3.client("dynamodb", region_name="us-east-1")
        make_order_table(self.client, "orders")
        for number in ("1001", "1002", "1003"):
            self.put(order_item(a_submitted_order(order_id=number, hash=number, owner="ann"), BEFORE))
        self.put({"pk": {"S": "hash#a"}, "sk": {"S": "key"}, "order_id": {"S": "1001"}})

    def put(self, row: Row) -> None:
        self.client.put_item(TableName="orders", Item=row)

    def rows(self) -> dict[str, Row]:
        rows = self.client.scan(TableName="orders")["Items"]
        return {row["pk"]["S"]: {name: row[name] for name in row if name != "revision"} for row in rows}

    def migrate(self, versions: Versions, *, execute: bool = True, client: Any = None) -> tuple[int, list[str]]:
        said = io.StringIO()
        migration = Migration(client or self.client, "orders", versions)
        return migration.run(Console(file=said, width=200), execute=execute), said.getvalue().splitlines()


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield Stage()


def test_without_execute_orders_are_counted_and_nothing_is_written(stage: Stage) -> None:
    before = stage.rows()

    assert stage.migrate(WRITES_3, execute=False) == (
        0,
        ["3 orders in version 1", "3 would be written as version 3; nothing was changed"],
    )
    assert stage.rows() == before


def test_all_are_written_once_and_back_again_they_are_as_before(stage: Stage) -> None:
    before = stage.rows()

    assert stage.migrate(WRITES_3) == (0, ["3 orders in version 1", "3 written as version 3, 0 left"])
    assert {row["stored_version"]["N"] for row in stage.rows().values() if "stored_version" in row} == {"3"}
    assert stage.migrate(WRITES_3) == (0, ["3 orders in version 3", "0 written as version 3, 0 left"])
    assert stage.migrate(BEFORE)[0] == 0

    assert stage.rows() == before


class Meanwhile:
    """The table, in which somebody writes an order just before it is written here."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_item(self, **asked: Any) -> Any:
        if asked["Item"]["pk"]["S"] == "1002":
            self._client.update_item(
                TableName="orders",
                Key={"pk": {"S": "1002"}, "sk": {"S": "order"}},
                UpdateExpression="SET revision = revision + :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )
        return self._client.put_item(**asked)


def test_one_that_is_left_stops_no_other_and_the_next_run_writes_it(stage: Stage) -> None:
    code, said = stage.migrate(WRITES_3, client=Meanwhile(stage.client))

    assert code == 1
    assert "order 1002 was left: it was changed at this moment; run this command again" in said
    assert said[-1] == "2 written as version 3, 1 left"
    assert stage.migrate(WRITES_3)[1][-1] == "1 written as version 3, 0 left"
