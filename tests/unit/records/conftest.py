"""One DynamoDB in memory per file and a fresh table per test: a client of its own for each test would cost more than the test."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.records.table import RecordTable
from tests.support.tables import make_table


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[DynamoDBClient]:
    with mock_aws():
        yield boto3.client("dynamodb", region_name="us-east-1")


@pytest.fixture
def records(dynamodb: DynamoDBClient) -> Iterator[RecordTable]:
    yield RecordTable(make_table(dynamodb, "records"), dynamodb)
    dynamodb.delete_table(TableName="records")
