"""How much a user of the API may still call, counted in windows of a minute.

A count is a write, and most users stay far from the limit: below half of it, a function counts a few calls at a time. Above
half, it counts each call at once. Only a few calls of each function are uncounted at any time.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lambdas.access.errors import TooManyCallsError
from lambdas.rate_limits.fail_open import ask_guard_table
from lambdas.rate_limits.windows import Windows

CALL_WINDOW_SECONDS = 60
MOST_UNCOUNTED = 5
_CALLS = "calls"
_MOST_USERS = 1_000


@dataclass(frozen=True)
class Allowance:
    """The calls that a user has left in this window. `seconds_left`: until it is `limit` again."""

    limit: int
    used: int
    seconds_left: int

    def check(self) -> None:
        """Raises TooManyCallsError if it is used up."""
        if self.used > self.limit:
            raise TooManyCallsError(self.limit, CALL_WINDOW_SECONDS, self.seconds_left)

    def headers(self) -> dict[str, str]:
        """https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10"""
        return {
            "RateLimit-Policy": f'"calls";q={self.limit};w={CALL_WINDOW_SECONDS}',
            "RateLimit": f'"calls";r={max(0, self.limit - self.used)};t={self.seconds_left}',
        }


@dataclass(frozen=True)
class _Seen:
    """Calls of one user in the window `number`: `counted` by the table so far, and `uncounted` ones."""

    number: int
    counted: int
    uncounted: int = 0


class Calls:
    """Calls per user. `now` gives Unix seconds."""

    def __init__(self, windows: Windows, now: Callable[[], int]) -> None:
        self._windows, self._now = windows, now
        self._seen: dict[str, _Seen] = {}

    def count(self, user: str, limit: int) -> Allowance | None:
        """Count one more call. None if it cannot be counted."""
        now = self._now()
        number, seconds_left = now // CALL_WINDOW_SECONDS, CALL_WINDOW_SECONDS - now % CALL_WINDOW_SECONDS
        seen = self._seen.get(user)
        if seen and seen.number == number and _may_wait(seen, limit):
            seen = _Seen(number, seen.counted, seen.uncounted + 1)
        else:
            by = 1 + (seen.uncounted if seen and seen.number == number else 0)
            window = ask_guard_table(
                lambda: self._windows.count(f"calls#{user}", _CALLS, seconds=CALL_WINDOW_SECONDS, now=now, by=by)
            )
            if window is None:
                return None
            seen = _Seen(number, window.of(_CALLS))
        if len(self._seen) >= _MOST_USERS:
            self._seen.clear()
        self._seen[user] = seen
        return Allowance(limit, seen.counted + seen.uncounted, seconds_left)


def _may_wait(seen: _Seen, limit: int) -> bool:
    return seen.uncounted + 1 < MOST_UNCOUNTED and seen.counted + MOST_UNCOUNTED < limit // 2
