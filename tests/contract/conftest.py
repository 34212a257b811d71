"""Order stores to hold to their contract: the in-memory twin, DynamoDB as moto has it, DynamoDB as the engine has it, and
as dynalite has it, which is by other people than both."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from moto import mock_aws
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.orders.ports import OrderStore
from lambdas.orders.store import DynamoOrderStore
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item, to_item
from tests.contract.dynalite import DynaliteClient, running_in
from tests.support.fakes import InMemoryOrderStore
from tests.support.shared import one_at_a_time, outlives
from tests.support.tables import make_order_table, make_table

DYNAMO = ["moto", "dynalite", pytest.param("engine", marks=pytest.mark.engine)]
NO_RACES = "several writers at once: dynalite has no transactions, the ones put around it are one after the other"


@dataclass(frozen=True)
class Dynamo:
    store: DynamoOrderStore
    client: DynamoDBClient
    table: str

    def attributes(self, order_id: str) -> dict[str, Any]:
        key = to_item({"pk": order_id, "sk": "order"})
        return from_item(self.client.get_item(TableName=self.table, Key=key)["Item"])


@pytest.fixture(scope="session")
def dynalite_dynamodb(shared: Path) -> DynamoDBClient:
    with one_at_a_time(shared / "dynalite.lock"):
        process = running_in(shared)
        outlives(process)
        return cast("DynamoDBClient", DynaliteClient(process))


def _dynamo(request: pytest.FixtureRequest) -> Iterator[Dynamo]:
    if request.param != "moto":
        client: DynamoDBClient = request.getfixturevalue(f"{request.param}_dynamodb")
        name = make_order_table(client, f"orders-{secrets.token_hex(4)}")
        yield Dynamo(DynamoOrderStore(name, client), client, name)
        return
    request.getfixturevalue("socket_disabled")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        yield Dynamo(DynamoOrderStore(make_order_table(client, "orders"), client), client, "orders")


def records_on_moto() -> Iterator[RecordTable]:
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        yield RecordTable(make_table(client, f"records-{secrets.token_hex(4)}"), client)


@pytest.fixture(params=DYNAMO)
def dynamo(request: pytest.FixtureRequest) -> Iterator[Dynamo]:
    yield from _dynamo(request)


@pytest.fixture(params=["in memory", *DYNAMO])
def store(request: pytest.FixtureRequest) -> Iterator[OrderStore]:
    if request.param == "in memory":
        request.getfixturevalue("socket_disabled")
        yield InMemoryOrderStore()
        return
    yield from (place.store for place in _dynamo(request))
