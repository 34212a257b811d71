"""The two tables as infra/storage.py makes them, for tests that make their own; tests/infra compares keys and indexes."""

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

KEY_SCHEMA = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
KEY_TYPES = [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}]
# Index -> its keys, each with its type.
INDEXES = {
    "by_step": (("queue_step", "S"), ("received", "S")),
    "by_client": (("client_id", "S"), ("received", "S")),
    "by_opportunity": (("opportunity", "S"), ("received", "S")),
    "by_due": (("due_shard", "S"), ("due_at", "N")),
}
# Index -> what it keeps beside keys.
KEPT = {
    "by_step": ["opportunity"],
    "by_client": ["queue_step", "opportunity"],
    "by_opportunity": ["queue_step", "client_id"],
}


def make_table(client: "DynamoDBClient", name: str, **more: Any) -> str:
    client.create_table(
        **{
            "TableName": name,
            "KeySchema": KEY_SCHEMA,
            "AttributeDefinitions": KEY_TYPES,
            "BillingMode": "PAY_PER_REQUEST",
            **more,
        }
    )
    return name


def make_order_table(client: "DynamoDBClient", name: str) -> str:
    """With its indexes."""
    indexes = [
        {
            "IndexName": index,
            "KeySchema": [
                {"AttributeName": key, "KeyType": kind} for (key, _), kind in zip(keys, ("HASH", "RANGE"), strict=True)
            ],
            "Projection": projection(KEPT.get(index)),
        }
        for index, keys in INDEXES.items()
    ]
    types = {name: kind for keys in INDEXES.values() for name, kind in keys}
    defined = [{"AttributeName": name, "AttributeType": kind} for name, kind in types.items()]
    return make_table(client, name, AttributeDefinitions=[*KEY_TYPES, *defined], GlobalSecondaryIndexes=indexes)


def projection(kept: list[str] | None) -> Any:
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": kept} if kept else {"ProjectionType": "KEYS_ONLY"}


class OneAtATime:
    """A client each call of which is atomic, as in DynamoDB: moto alone lets other threads in between."""

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
