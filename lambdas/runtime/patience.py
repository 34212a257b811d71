"""How long a call may go on trying what others were faster at: as long as its function lives, with a pause before each try.

Pauses have full jitter, so that many who wait for one record do not come back together
(https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic, sleep
from typing import Protocol

MARGIN_SECONDS = 2.0  # of the function's time, for what comes after the last try
WITHOUT_CONTEXT_SECONDS = 3.0  # where nobody said how long there is
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.02, 1.0
_ends_at: ContextVar[float | None] = ContextVar("ends_at", default=None)


class Context(Protocol):
    """What is used of a Lambda context."""

    def get_remaining_time_in_millis(self) -> int: ...


@contextmanager
def lasting(context: Context | None) -> Iterator[None]:
    """Around a call of a function: whatever waits in it ends before the function does."""
    left = (
        WITHOUT_CONTEXT_SECONDS if context is None else context.get_remaining_time_in_millis() / 1000 - MARGIN_SECONDS
    )
    token = _ends_at.set(monotonic() + left)
    try:
        yield
    finally:
        _ends_at.reset(token)


class Patience:
    """One thing that is tried again and again."""

    def __init__(self) -> None:
        known = _ends_at.get()
        self._ends_at = monotonic() + WITHOUT_CONTEXT_SECONDS if known is None else known
        self._longest = _FIRST_PAUSE_SECONDS

    def wait(self) -> bool:
        """Pause, then True; at once False where no time is left for another try."""
        pause = random.uniform(0, self._longest)
        if monotonic() + pause >= self._ends_at:
            return False
        sleep(pause)
        self._longest = min(self._longest * 2, _LONGEST_PAUSE_SECONDS)
        return True
