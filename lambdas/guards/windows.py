"""How often something happened in a window of time: one atomic write per count, one read per look.

Windows are fixed: they begin at multiples of their length, the same for everybody, so a count needs no read before it. Between
the end of one and the start of the next up to twice the limit can pass, which is all that a sliding window would save.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.runtime.aws import guard_dynamodb
from lambdas.runtime.items import from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_SK = "window"
_COUNTED = "n_"


@dataclass(frozen=True)
class Window:
    """`counts`: how often what was counted happened in this window. `seconds_left`: until the next begins, at least 1."""

    counts: Mapping[str, int]
    seconds_left: int

    def of(self, counted: str) -> int:
        return self.counts.get(counted, 0)


class Windows:
    """Counts in the guard table. Times are Unix seconds."""

    def __init__(self, table: str, client: "DynamoDBClient | None" = None) -> None:
        self._table = table
        self._client = client or guard_dynamodb()

    def count(self, name: str, *counted: str, seconds: int, now: int) -> Window:
        """Add one to each of `counted` in the window of `name`, and say how it stands then."""
        places = {f"#{index}": f"{_COUNTED}{each}" for index, each in enumerate(counted)}
        answer = self._client.update_item(
            TableName=self._table,
            Key=_key(name, seconds, now),
            UpdateExpression=f"SET expires_at = :end ADD {', '.join(f'{place} :one' for place in places)}",
            ExpressionAttributeNames=places,
            ExpressionAttributeValues=to_item({":end": _end(seconds, now), ":one": 1}),
            ReturnValues="UPDATED_NEW",
        )
        return _window(answer["Attributes"], seconds, now)

    def admit(self, name: str, most: int, *, seconds: int, now: int) -> bool:
        """Count one more in the window of `name`, unless that were more than `most`; whether it was counted."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(name, seconds, now),
                UpdateExpression="SET expires_at = :end ADD #admitted :one",
                ConditionExpression="attribute_not_exists(#admitted) OR #admitted < :most",
                ExpressionAttributeNames={"#admitted": f"{_COUNTED}admitted"},
                ExpressionAttributeValues=to_item({":end": _end(seconds, now), ":one": 1, ":most": most}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def look(self, name: str, *counted: str, seconds: int, now: int) -> Window:
        """How it stands, without counting. A count of the last moment may be missing: the read is the cheap kind."""
        places = {f"#{index}": f"{_COUNTED}{each}" for index, each in enumerate(counted)}
        answer = self._client.get_item(
            TableName=self._table,
            Key=_key(name, seconds, now),
            ProjectionExpression=", ".join(places),
            ExpressionAttributeNames=places,
        )
        return _window(answer.get("Item", {}), seconds, now)


def _key(name: str, seconds: int, now: int) -> dict[str, dict[str, str]]:
    return to_item({"pk": f"window#{name}#{seconds}#{now // seconds}", "sk": _SK})


def _end(seconds: int, now: int) -> int:
    return (now // seconds + 1) * seconds


def _window(attributes: Mapping[str, object], seconds: int, now: int) -> Window:
    found = from_item(attributes)
    counts = {key.removeprefix(_COUNTED): int(value) for key, value in found.items() if key.startswith(_COUNTED)}
    return Window(counts, _end(seconds, now) - now)
