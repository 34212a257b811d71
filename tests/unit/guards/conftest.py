"""The guard table in memory, each call of which is atomic, as in DynamoDB: moto alone lets threads in between."""

import threading
from typing import Any

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from tests.tables import make_table


class OneAtATime:
    """A client whose calls do not overlap."""

    def __init__(self, client: Any) -> None:
        self._client, self._lock = client, threading.Lock()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not callable(found):
            return found

        def call(**parameters: Any) -> Any:
            with self._lock:
                return found(**parameters)

        return call


@pytest.fixture
def guards(dynamodb: DynamoDBClient) -> DynamoDBClient:
    make_table(dynamodb, "guards")
    client: Any = OneAtATime(dynamodb)
    return client  # type: ignore[no-any-return]
