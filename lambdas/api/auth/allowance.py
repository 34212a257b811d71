"""How much a user of the API may still call, counted in windows of a minute.

Far from the limit a function counts the calls it hears a few at a time: a count is a write, and most users never come near.
Past half of the limit every call is counted at once, so that what was not told yet is at most a few calls of each function.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lambdas.api.auth.errors import TooManyCallsError
from lambdas.rate_limits.fail_open import ask_guard_table
from lambdas.rate_limits.windows import Windows

CALL_WINDOW_SECONDS = 60
MOST_UNTOLD = 5
_CALLS = "calls"
_MOST_USERS = 1_000


@dataclass(frozen=True)
class Allowance:
    """What a user may still call in this window. `seconds_left`: until it is `limit` again."""

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
class _Heard:
    """Of one user, in the window `number`: what the table said last, and what it was not told yet."""

    number: int
    told: int
    untold: int = 0


class Calls:
    """Calls per user. `now` gives Unix seconds."""

    def __init__(self, windows: Windows, now: Callable[[], int]) -> None:
        self._windows, self._now = windows, now
        self._heard: dict[str, _Heard] = {}

    def count(self, user: str, limit: int) -> Allowance | None:
        """One call more. None if it cannot be counted."""
        now = self._now()
        number, seconds_left = now // CALL_WINDOW_SECONDS, CALL_WINDOW_SECONDS - now % CALL_WINDOW_SECONDS
        heard = self._heard.get(user)
        if heard and heard.number == number and _may_wait(heard, limit):
            heard = _Heard(number, heard.told, heard.untold + 1)
        else:
            by = 1 + (heard.untold if heard and heard.number == number else 0)
            window = ask_guard_table(
                lambda: self._windows.count(f"calls#{user}", _CALLS, seconds=CALL_WINDOW_SECONDS, now=now, by=by)
            )
            if window is None:
                return None
            heard = _Heard(number, window.of(_CALLS))
        if len(self._heard) >= _MOST_USERS:
            self._heard.clear()
        self._heard[user] = heard
        return Allowance(limit, heard.told + heard.untold, seconds_left)


def _may_wait(heard: _Heard, limit: int) -> bool:
    return heard.untold + 1 < MOST_UNTOLD and heard.told + MOST_UNTOLD < limit // 2
