"""Counts failures under several keys, such as source and login. A caller over one limit is refused until its window ends.

An attempt is counted before its outcome is known, by one conditional write, and released if it succeeds. So however many arrive
at once, no more are looked at than may fail. A caller who finds all places reserved waits a moment: the others may succeed.
Counting fails open. Without its table nobody is refused; the metric GuardFailures counts that (docs/decisions.md).
"""

import hashlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from pydantic import Field

from lambdas.rate_limits.fail_open import ask_guard_table
from lambdas.rate_limits.windows import CountedWindow, Windows
from lambdas.runtime.models import Frozen

WAIT_SECONDS = 1.0


class Limit(Frozen):
    """A number of attempts in a time."""

    most: int = Field(description="How many there may be.")
    seconds: int = Field(description="In how many seconds.")


@dataclass(frozen=True)
class Key:
    """A key to count failures under. `kind` names it in logs; `value` (such as a person's address) is kept as a hash only."""

    kind: str
    value: str
    limit: Limit


@dataclass(frozen=True)
class LimitReached:
    """The limit of a key is reached. `seconds_left`: until its window ends."""

    kind: str
    seconds_left: int


@dataclass(frozen=True)
class Attempt:
    """An attempt that counts as failed until its outcome is known. Record one of the two outcomes, once.

    `is_reserved` is False if nothing was counted before, because the attempt is made in any case.
    """

    windows: Windows
    counted: Sequence[CountedWindow]
    is_reserved: bool = True

    def on_success(self) -> None:
        """Stop counting the attempt."""
        for window in self.counted if self.is_reserved else ():
            ask_guard_table(partial(self.windows.release, window))

    def on_failure(self) -> None:
        """Keep the attempt counted, and let nobody wait for it any longer."""
        for window in self.counted:
            ask_guard_table(partial(self.windows.confirm_failure, window, is_reserved=self.is_reserved))


class Failures:
    """Failures in the guard table. `about` keeps those of different things apart; `now` gives Unix seconds."""

    def __init__(self, windows: Windows, about: str, now: Callable[[], int]) -> None:
        self._windows, self._about, self._now = windows, about, now

    def begin(self, keys: Sequence[Key]) -> Attempt | LimitReached:
        """Count an attempt under each key, or return the first key whose limit is reached by failures and open attempts."""
        ends_at, counted = time.monotonic() + WAIT_SECONDS, list[CountedWindow]()
        for key in keys:
            window = self._window(key)
            is_reserved = self._reserve(window, key.limit.most, ends_at)
            if is_reserved is False:
                Attempt(self._windows, counted).on_success()
                return LimitReached(key.kind, window.seconds_left)
            if is_reserved is None:  # a table that did not answer once is not asked again
                break
            counted.append(window)
        return Attempt(self._windows, counted)

    def begin_unlimited(self, keys: Sequence[Key]) -> Attempt:
        """An attempt that no limit refuses. It counts if it fails."""
        return Attempt(self._windows, [self._window(key) for key in keys], is_reserved=False)

    def _window(self, key: Key) -> CountedWindow:
        return CountedWindow(self._name(key), key.limit.seconds, self._now())

    def _reserve(self, window: CountedWindow, most: int, ends_at: float) -> bool | None:
        """Return whether one of `most` places was reserved; None if the table does not answer."""
        while True:
            found = ask_guard_table(partial(self._windows.reserve, window, most))
            if found is None or found.is_granted:
                return None if found is None else True
            if found.failures >= most or time.monotonic() > ends_at:
                return False
            time.sleep(random.uniform(0.02, 0.1))

    def _name(self, key: Key) -> str:
        return f"{self._about}#{key.kind}#{hashlib.sha256(key.value.casefold().encode()).hexdigest()}"
