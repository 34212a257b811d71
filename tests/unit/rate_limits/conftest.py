"""The guard table in memory."""

from typing import Any

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from tests.support.tables import OneAtATime, make_table


@pytest.fixture
def guards(dynamodb: DynamoDBClient) -> DynamoDBClient:
    make_table(dynamodb, "guards")
    client: Any = OneAtATime(dynamodb)
    return client  # type: ignore[no-any-return]
