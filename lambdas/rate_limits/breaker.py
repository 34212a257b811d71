"""A circuit breaker: it opens after too many failures and closes again after a quiet time.

If it opens again within a day, it stays open twice as long. A limit for a whole day opens it again at the first failure. So
an operation that keeps failing is tried a bounded number of times (tests/unit/payments/test_carding.py).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pydantic import Field

from lambdas.rate_limits.failures import Limit
from lambdas.rate_limits.windows import Windows
from lambdas.runtime.aws import guard_dynamodb
from lambdas.runtime.items import from_item, to_item
from lambdas.runtime.models import Frozen

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

REMEMBERED_SECONDS = 86_400  # after it closed; then it starts with its shortest time again
_LONGEST_DOUBLING = 3  # eight times the quiet time
_COUNTED = "failures"
_SK = "breaker"


class BreakerRule(Frozen):
    """Opens at the `most`-th failure in the window of one of its limits. Until it closes, no card is tried."""

    limits: tuple[Limit, ...] = Field(description="Limits of failures, each with a window of its own.")
    quiet_seconds: int = Field(description="For how long it opens at first.")


class Opened(Frozen):
    """Times are Unix seconds. `times`: how often it has opened recently."""

    opened_at: int
    closes_at: int
    times: int


class Breaker:
    """Breakers in the guard table, by name. `now` gives Unix seconds."""

    def __init__(self, table: str, now: Callable[[], int], client: "DynamoDBClient | None" = None) -> None:
        self._table, self._now = table, now
        self._client = client or guard_dynamodb()
        self._windows = Windows(table, self._client)

    def find_open(self, name: str) -> Opened | None:
        """Return since when it is open and until when; None while it is closed."""
        found = self._read(name)
        return found if found and found.closes_at > self._now() else None

    def on_failure(self, name: str, rule: BreakerRule) -> bool:
        """Count a failure. Return whether this one opened the breaker."""
        counts = [
            self._windows.count(f"breaker#{name}", _COUNTED, seconds=limit.seconds, now=self._now()).of(_COUNTED)
            for limit in rule.limits
        ]
        too_many = any(count >= limit.most for count, limit in zip(counts, rule.limits, strict=True))
        return too_many and self._open(name, rule)

    def _open(self, name: str, rule: BreakerRule) -> bool:
        now, before = self._now(), self._read(name)
        if before and before.closes_at > now:
            return False
        times = before.times if before and before.closes_at + REMEMBERED_SECONDS > now else 0
        closes_at = now + rule.quiet_seconds * 2 ** min(times, _LONGEST_DOUBLING)
        opened = Opened(opened_at=now, closes_at=closes_at, times=times + 1)
        item = {**_key(name), **opened.model_dump(), "expires_at": closes_at + REMEMBERED_SECONDS}
        unread: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        read = {
            "ConditionExpression": "closes_at = :read",
            "ExpressionAttributeValues": to_item({":read": before.closes_at if before else None}),
        }
        try:
            self._client.put_item(TableName=self._table, Item=to_item(item), **(read if before else unread))
        except self._client.exceptions.ConditionalCheckFailedException:
            return False  # another failure opened it at the same moment
        return True

    def _read(self, name: str) -> Opened | None:
        answer = self._client.get_item(TableName=self._table, Key=to_item(_key(name)), ConsistentRead=True)
        return Opened.model_validate(from_item(answer["Item"])) if "Item" in answer else None


def _key(name: str) -> dict[str, str]:
    return {"pk": f"breaker#{name}", "sk": _SK}
