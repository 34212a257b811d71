"""Tries again what another process wrote first, with a pause before each try, at most as long as the function lives.

This is the only retry loop of optimistic writes. The AWS client retries throttled and failed requests, but not a condition
that did not hold. Pauses have full jitter, so many writers of one record do not come back together
(https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
"""

import math
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic, sleep
from typing import Protocol

MARGIN_SECONDS = 2.0  # Of the function's time, for what comes after the last try.
WITHOUT_CONTEXT_SECONDS = 3.0  # If no function's time is known.
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.02, 1.0
_ends_at: ContextVar[float | None] = ContextVar("ends_at", default=None)


class Context(Protocol):
    """The part of a Lambda context that is used."""

    def get_remaining_time_in_millis(self) -> int: ...


@contextmanager
def retry_budget(context: Context | None) -> Iterator[None]:
    """Bound every wait within a call, so that it ends before the function does."""
    left = (
        WITHOUT_CONTEXT_SECONDS if context is None else context.get_remaining_time_in_millis() / 1000 - MARGIN_SECONDS
    )
    token = _ends_at.set(monotonic() + left)
    try:
        yield
    finally:
        _ends_at.reset(token)


class RetryBudget:
    """One thing that is tried again until it succeeds, no time is left, or `tries` are used up.

    `pause` sleeps for some seconds; tests pass their own.
    """

    def __init__(
        self,
        tries: int | None = None,
        *,
        longest_pause_seconds: float = _LONGEST_PAUSE_SECONDS,
        pause: Callable[[float], None] | None = None,
    ) -> None:
        known = _ends_at.get()
        unknown = math.inf if tries else monotonic() + WITHOUT_CONTEXT_SECONDS  # `tries` are a bound of their own.
        self._ends_at = unknown if known is None else known
        self._tries, self._tried = tries, 1
        self._longest, self._longest_ever = _FIRST_PAUSE_SECONDS, longest_pause_seconds
        self._pause = pause

    def wait(self) -> bool:
        """Pause, then return True. Return False at once if no time or no try is left."""
        seconds = random.uniform(0, self._longest)
        if self._tried == self._tries or monotonic() + seconds >= self._ends_at:
            return False
        (self._pause or sleep)(seconds)
        self._tried += 1
        self._longest = min(self._longest * 2, self._longest_ever)
        return True

    def wait_or_raise(self, busy: Callable[[], Exception]) -> None:
        """Pause before the next try. If none is left, raise what `busy` makes."""
        if not self.wait():
            raise busy() from None
