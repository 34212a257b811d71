"""Unit tests open no sockets and know no account."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws
from mypy_boto3_dynamodb.client import DynamoDBClient
from pytest_socket import disable_socket

from lambdas.records.table import RecordTable
from tests.support.quick_moto import make_moto_quick
from tests.support.tables import make_table

make_moto_quick()


@pytest.fixture(autouse=True)
def _no_sockets() -> None:
    disable_socket()


@pytest.fixture(autouse=True)
def _no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_SERVICE_NAME": "tests",
        "POWERTOOLS_METRICS_NAMESPACE": "Tests",
        "POWERTOOLS_METRICS_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def dynamodb_client() -> DynamoDBClient:
    """Made once: a client costs more than a test. moto gives each test a world of its own behind it."""
    return boto3.client(
        "dynamodb",
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(user_agent="tests"),  # put together anew for each request otherwise
    )


@pytest.fixture
def dynamodb(_no_account: None, dynamodb_client: DynamoDBClient) -> Iterator[DynamoDBClient]:
    with mock_aws():
        yield dynamodb_client


@pytest.fixture
def records(dynamodb: DynamoDBClient) -> RecordTable:
    return RecordTable(make_table(dynamodb, "records"), dynamodb)
