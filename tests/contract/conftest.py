"""Order stores to hold to their contract: the in-memory twin, DynamoDB as moto has it, DynamoDB as the engine has it."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.orders.ports import OrderStore
from lambdas.orders.store import DynamoOrderStore
from lambdas.runtime.items import from_item, to_item
from tests.fakes import InMemoryOrderStore
from tests.tables import make_order_table

DYNAMO = ["moto", pytest.param("engine", marks=pytest.mark.engine)]


@dataclass(frozen=True)
class Dynamo:
    store: DynamoOrderStore
    client: DynamoDBClient
    table: str

    def attributes(self, order_id: str) -> dict[str, Any]:
        key = to_item({"pk": order_id, "sk": "order"})
        return from_item(self.client.get_item(TableName=self.table, Key=key)["Item"])


def _dynamo(request: pytest.FixtureRequest) -> Iterator[Dynamo]:
    if request.param == "engine":
        client: DynamoDBClient = request.getfixturevalue("engine_dynamodb")
        name = make_order_table(client, f"orders-{secrets.token_hex(4)}")
        yield Dynamo(DynamoOrderStore(name, client), client, name)
        return
    request.getfixturevalue("socket_disabled")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        yield Dynamo(DynamoOrderStore(make_order_table(client, "orders"), client), client, "orders")


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
