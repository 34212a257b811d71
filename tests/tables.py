"""The two tables as infra/storage.py makes them, for tests that make their own; tests/infra compares the keys."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

KEY_SCHEMA = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
KEY_TYPES = [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}]


def make_table(client: "DynamoDBClient", name: str) -> str:
    client.create_table(
        TableName=name,
        KeySchema=KEY_SCHEMA,  # type: ignore[arg-type]
        AttributeDefinitions=KEY_TYPES,  # type: ignore[arg-type]
        BillingMode="PAY_PER_REQUEST",
    )
    return name
