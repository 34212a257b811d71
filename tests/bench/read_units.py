"""Read units of what a client reads, from its real answers: no engine bills as DynamoDB does.

An item's size: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
A read: 4 KB a unit, half of that for one that need not be consistent; a query is one read of all its items together:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from math import ceil
from typing import TYPE_CHECKING, Any

from lambdas.runtime.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_UNIT_BYTES = 4096


class ReadUnits:
    """Counts while it listens to the client."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self.units = 0.0
        self._consistent = False
        self._events = client.meta.events
        self._events.register("before-parameter-build.dynamodb", self._asked)
        self._events.register("after-call.dynamodb", self._answered)

    def stop(self) -> None:
        self._events.unregister("before-parameter-build.dynamodb", self._asked)
        self._events.unregister("after-call.dynamodb", self._answered)

    def _asked(self, params: dict[str, Any], **_: Any) -> None:
        asked = [params, *params.get("RequestItems", {}).values()]
        self._consistent = any(each.get("ConsistentRead") for each in asked)

    def _answered(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name == "Query":
            assert parsed["ScannedCount"] == len(parsed["Items"]), "a filter hides what was read"
            reads = [sum(map(item_bytes, parsed["Items"]))]
        elif model.name == "GetItem":
            reads = [item_bytes(parsed.get("Item", {}))]
        elif model.name == "BatchGetItem":  # a read for each item
            reads = [item_bytes(item) for items in parsed["Responses"].values() for item in items]
        else:
            raise AssertionError(f"{model.name} is not measured")
        units = sum(max(1, ceil(size / _UNIT_BYTES)) for size in reads)
        self.units += units * (1.0 if self._consistent else 0.5)


def item_bytes(item: Item) -> int:
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Item) -> int:
    kind, content = next(iter(value.items()))
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return (len(content.lstrip("-").replace(".", "")) + 1) // 2 + 1
        case "L":
            return 3 + sum(1 + _value_bytes(each) for each in content)
        case "M":
            return 3 + len(content) + item_bytes(content)
    return 1
