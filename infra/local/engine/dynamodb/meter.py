"""Meters the tables: writes a line of JSON per request, with the units DynamoDB would bill for it.

AWS: a write costs a unit per KB of the larger of old and new item, and twice that in a transaction. Each index entry that it
adds, changes or removes costs a unit per KB. A failed condition costs a write too. A read costs a unit per 4 KB, half of it if
it may be inconsistent, twice in a transaction.
The engine counts writes by these rules on request, and reads at a flat rate. Here it always counts, and reads are counted from
their results. A filter that hides items is an error.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
"""

import functools
import json
import threading
from collections.abc import Callable
from http import HTTPStatus
from math import ceil
from pathlib import Path
from typing import Any

from ministack.services import dynamodb

from infra.local.engine.dynamodb.writes import WRITES
from infra.local.engine.patching import wrap

Json = dict[str, Any]
Call = Callable[[Json], Any]
READS = ("_get_item", "_query", "_batch_get_item", "_scan", "_transact_get_items")
_READ_BYTES = 4096
_one_line_at_a_time = threading.Lock()


def apply(file: Path) -> None:
    """Write a line to the file for each request to a table."""
    for name in WRITES:
        wrap(dynamodb, name, functools.partial(_metered_write, file, name))
    for name in READS:
        wrap(dynamodb, name, functools.partial(_metered_read, file, name))


def _metered_write(file: Path, name: str, original: Call) -> Call:
    @functools.wraps(original)
    def write(data: Json) -> Any:
        asked = data.get("ReturnConsumedCapacity", "NONE")
        answer = original({**data, "ReturnConsumedCapacity": "INDEXES"})
        status, headers, body = answer
        content = json.loads(body)
        if status != HTTPStatus.OK:
            _keep(file, name, data, failed=True, table_units=float(_operations(data)))
            return answer
        consumed = content.get("ConsumedCapacity", [])
        for of_table in consumed if isinstance(consumed, list) else [consumed]:
            indexes = {
                index: units["CapacityUnits"] for index, units in of_table.get("GlobalSecondaryIndexes", {}).items()
            }
            table_units = of_table["CapacityUnits"] - sum(indexes.values())
            _keep(file, name, data, table=of_table["TableName"], table_units=table_units, indexes=indexes)
        if asked == "NONE":
            content.pop("ConsumedCapacity", None)
            return status, headers, json.dumps(content, ensure_ascii=False).encode()
        return answer

    return write


def _metered_read(file: Path, name: str, original: Call) -> Call:
    @functools.wraps(original)
    def read(data: Json) -> Any:
        answer = original(data)
        status, _, body = answer
        if status == HTTPStatus.OK:
            _keep(file, name, data, read_units=_units_read(name, data, json.loads(body)))
        return answer

    return read


def _units_read(name: str, data: Json, content: Json) -> float:
    if name in ("_query", "_scan"):
        if content["ScannedCount"] != len(content.get("Items", [])):
            raise RuntimeError("a filter, a count or a projection hides what was read, so it cannot be metered")
        return _units(sum(map(_size, content["Items"])), consistent=bool(data.get("ConsistentRead")))
    if name == "_get_item":
        return _units(_size(_whole(data)), consistent=bool(data.get("ConsistentRead")))
    if name == "_transact_get_items":
        return sum(2 * _units(_size(found.get("Item", {})), consistent=True) for found in content["Responses"])
    return sum(
        _units(_size(item), consistent=bool(data["RequestItems"][table].get("ConsistentRead")))
        for table, items in content["Responses"].items()
        for item in items
    )


def _whole(data: Json) -> Json:
    """The item as it stands: a projection returns less than what is read."""
    table = dynamodb._tables[data["TableName"]]
    return dynamodb._get_item_by_key(table, data["Key"]) or {}


def _size(item: Json) -> int:
    return int(dynamodb._item_size_bytes(item)) if item else 0


def _units(size: int, *, consistent: bool) -> float:
    return max(1, ceil(size / _READ_BYTES)) * (1.0 if consistent else 0.5)


def _operations(data: Json) -> int:
    """How many items a request names; what was refused costs a write of each, twice in a transaction."""
    return 2 * len(data["TransactItems"]) if "TransactItems" in data else 1


def _kind(data: Json) -> str:
    """The kind of a single item by its key, such as `order#`; empty for requests of several items."""
    key = data.get("Key") or data.get("Item") or {}
    return str(key.get("pk", {}).get("S", "")).partition("#")[0]


def _keep(file: Path, name: str, data: Json, **facts: Any) -> None:
    line = json.dumps({"request": name.removeprefix("_"), "table": data.get("TableName"), "kind": _kind(data), **facts})
    with _one_line_at_a_time, file.open("a") as meter:
        meter.write(line + "\n")
