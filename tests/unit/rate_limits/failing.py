"""A client of the guard table that throttles, or never answers."""

from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from mypy_boto3_dynamodb.client import DynamoDBClient

_OPERATIONS = ("get_item", "put_item", "update_item", "query", "transact_write_items")
ERRORS = {
    "throttles": ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "UpdateItem"),
    "is over its throughput": ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "UpdateItem"),
    "is silent": ReadTimeoutError(endpoint_url="https://dynamodb.invalid"),
    "is away": ConnectTimeoutError(endpoint_url="https://dynamodb.invalid"),
}
each_way = pytest.mark.parametrize("error", ERRORS.values(), ids=list(ERRORS))


class FailingClient:
    """Answers nothing but this error; `asked` counts."""

    def __init__(self, client: Any, error: Exception) -> None:
        self._client, self._error, self.asked = client, error, 0

    def __getattr__(self, name: str) -> Any:
        return self._fail if name in _OPERATIONS else getattr(self._client, name)

    def _fail(self, **asked: Any) -> Any:
        self.asked += 1
        raise self._error


def failing(client: DynamoDBClient, error: Exception) -> DynamoDBClient:
    return cast("DynamoDBClient", FailingClient(client, error))
