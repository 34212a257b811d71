"""Limits what one caller may do: calls, logins (login_limits.py) and guesses. Finds calls that were made before.

Counting fails open: without its table nobody is refused, and the metric GuardFailures counts it. A request with an
Idempotency-Key is refused instead, before anything is done, because its sender relies on it not being done twice.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from lambdas.access.allowance import Allowance, Calls
from lambdas.access.login_limits import LoginLimits
from lambdas.rate_limits.failures import Attempt, Failures, Key, LimitReached
from lambdas.rate_limits.windows import Windows

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

    from lambdas.rate_limits.idempotency import IdempotencyKeys
    from lambdas.records.table import RecordTable


class CallerLimits:
    """`now` gives Unix seconds; `calls_per_minute` is for users that have no limit of their own.

    `failed_logins_of_source`, `login_kept_seconds`: see LoginLimits.
    """

    def __init__(
        self,
        table: str,
        now: Callable[[], int],
        *,
        calls_per_minute: int,
        failed_logins_of_source: int,
        login_kept_seconds: int = 0,
        client: "DynamoDBClient | None" = None,
    ) -> None:
        self._table, self._client, self._now = table, client, now
        self._calls_per_minute = calls_per_minute
        self._windows = Windows(table, client)
        self._calls = Calls(self._windows, now)
        self.logins = LoginLimits(
            self._windows,
            now,
            failed_logins_of_source=failed_logins_of_source,
            kept_seconds=login_kept_seconds,
        )

    def count_call(self, user: str, calls_per_minute: int | None = None) -> Allowance | None:
        """Count a call of this user. None if it cannot be counted."""
        return self._calls.count(user, self._calls_per_minute if calls_per_minute is None else calls_per_minute)

    def guess(self, about: str, keys: Sequence[Key]) -> Attempt | LimitReached:
        """Count an attempt to find something out, before it is looked at. LimitReached: too many failed under one key."""
        return Failures(self._windows, about, self._now).begin(keys)

    @cached_property
    def expiring(self) -> "RecordTable":
        """The guard table, for what is kept for a while and then forgotten."""
        from lambdas.records.table import RecordTable

        return RecordTable(self._table, self._client)

    @cached_property
    def idempotency_keys(self) -> "IdempotencyKeys":
        from lambdas.rate_limits.idempotency import IdempotencyKeys

        return IdempotencyKeys(self._table, self._now, self._client)
