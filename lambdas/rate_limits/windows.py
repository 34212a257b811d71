"""Counts how often something happened in a window of time, with one atomic write per count.

Windows are fixed: they begin at multiples of their length, the same for everybody. So a count needs no read before it.
Around the end of a window up to twice the limit can pass; a sliding window would save no more than that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.runtime.aws import guard_dynamodb
from lambdas.runtime.items import from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_SK = "window"
_COUNTED = "n_"
_TRIED, _FAILED = "tried", "failed"


@dataclass(frozen=True)
class Window:
    """`counts`: how often what was counted happened in this window. `seconds_left`: until the next begins, at least 1."""

    counts: Mapping[str, int]
    seconds_left: int

    def of(self, counted: str) -> int:
        return self.counts.get(counted, 0)


@dataclass(frozen=True)
class CountedWindow:
    """The window of `name` that `begun_at` (Unix seconds) lies in."""

    name: str
    seconds: int
    begun_at: int

    @property
    def seconds_left(self) -> int:
        return _end(self.seconds, self.begun_at) - self.begun_at


@dataclass(frozen=True)
class Reservation:
    """Whether one more attempt was counted. If not, `failures` of the counted attempts are known to have failed."""

    is_granted: bool
    failures: int = 0


class Windows:
    """Counts in the guard table. Times are Unix seconds."""

    def __init__(self, table: str, client: "DynamoDBClient | None" = None) -> None:
        self._table = table
        self._client = client or guard_dynamodb()

    def count(self, name: str, *counted: str, seconds: int, now: int, by: int = 1) -> Window:
        """Add one (or `by`) to each of `counted` in the window of `name`; return the counts after that."""
        places = {f"#{index}": f"{_COUNTED}{each}" for index, each in enumerate(counted)}
        answer = self._client.update_item(
            TableName=self._table,
            Key=_key(name, seconds, now),
            UpdateExpression=f"SET expires_at = :end ADD {', '.join(f'{place} :by' for place in places)}",
            ExpressionAttributeNames=places,
            ExpressionAttributeValues=to_item({":end": _end(seconds, now), ":by": by}),
            ReturnValues="UPDATED_NEW",
        )
        return _window(answer["Attributes"], seconds, now)

    def admit(self, name: str, most: int, *, seconds: int, now: int) -> bool:
        """Count one more in the window of `name`, up to `most`. Return whether it was counted."""
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

    def reserve(self, window: CountedWindow, most: int) -> Reservation:
        """Count one more attempt in the window, up to `most`."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(window.name, window.seconds, window.begun_at),
                UpdateExpression="SET expires_at = :end ADD #tried :one",
                ConditionExpression="attribute_not_exists(#tried) OR #tried < :most",
                ExpressionAttributeNames={"#tried": _TRIED},
                ExpressionAttributeValues=to_item(
                    {":end": _end(window.seconds, window.begun_at), ":one": 1, ":most": most}
                ),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as full:
            response: Any = full.response
            found = from_item(response.get("Item", {}))
            return Reservation(is_granted=False, failures=int(found.get(_FAILED, 0)))
        return Reservation(is_granted=True)

    def release(self, window: CountedWindow) -> None:
        """Stop counting a reserved attempt: it did not fail."""
        self._add(window, **{_TRIED: -1})

    def confirm_failure(self, window: CountedWindow, *, is_reserved: bool = True) -> None:
        """Count a failed attempt, whether it was reserved before or not."""
        self._add(window, **({_FAILED: 1} if is_reserved else {_TRIED: 1, _FAILED: 1}))

    def _add(self, window: CountedWindow, **changes: int) -> None:
        self._client.update_item(
            TableName=self._table,
            Key=_key(window.name, window.seconds, window.begun_at),
            UpdateExpression=f"SET expires_at = :end ADD {', '.join(f'#{name} :{name}' for name in changes)}",
            ExpressionAttributeNames={f"#{name}": name for name in changes},
            ExpressionAttributeValues=to_item(
                {":end": _end(window.seconds, window.begun_at), **{f":{name}": by for name, by in changes.items()}}
            ),
        )


def _key(name: str, seconds: int, now: int) -> dict[str, dict[str, str]]:
    return to_item({"pk": f"window#{name}#{seconds}#{now // seconds}", "sk": _SK})


def _end(seconds: int, now: int) -> int:
    return (now // seconds + 1) * seconds


def _window(attributes: Mapping[str, Any], seconds: int, now: int) -> Window:
    found = from_item(attributes)
    counts = {key.removeprefix(_COUNTED): int(value) for key, value in found.items() if key.startswith(_COUNTED)}
    return Window(counts, _end(seconds, now) - now)
