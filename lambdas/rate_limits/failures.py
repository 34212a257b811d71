"""Counts of failures under several keys: whoever fails too often under one of them is not asked any more, for a while.

A try is counted before its outcome is known, by one conditional write, and taken back if it does not fail: so however many are
sent at once, no more are looked at than may fail. Who finds the rest in flight waits a moment for them, for they may all be
right. Counting fails open: without its table nobody is refused, which is logged and counted in the metric GuardFailures
(docs/decisions.md, Guards of the API).
"""

import hashlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from lambdas.rate_limits.fail_open import attempt
from lambdas.rate_limits.windows import Place, Windows
from lambdas.runtime.models import Frozen

WAIT_SECONDS = 1.0


class Limit(Frozen):
    """At most `most` failures in a window of `seconds`."""

    most: int
    seconds: int


@dataclass(frozen=True)
class Key:
    """What failures are counted under: `kind` names it in logs, `value` (a person's address, say) is only kept as a hash."""

    kind: str
    value: str
    limit: Limit


@dataclass(frozen=True)
class Over:
    """A key under which too many failed. `seconds_left`: until its window ends."""

    kind: str
    seconds_left: int


@dataclass(frozen=True)
class Trial:
    """A try that is counted as if it had failed, until it is known. Say one of the two, once.

    `taken` is False where nothing was counted yet, for it is tried in any case.
    """

    windows: Windows
    places: Sequence[Place]
    taken: bool = True

    def passed(self) -> None:
        """It did not fail."""
        for place in self.places if self.taken else ():
            attempt(partial(self.windows.take_back, place))

    def failed(self) -> None:
        """It stays counted, and nobody waits for it any more."""
        for place in self.places:
            attempt(partial(self.windows.confirm, place, taken=self.taken))


class Failures:
    """Failures in the guard table. `about` keeps those of different things apart; `now` gives Unix seconds."""

    def __init__(self, windows: Windows, about: str, now: Callable[[], int]) -> None:
        self._windows, self._about, self._now = windows, about, now

    def begin(self, keys: Sequence[Key]) -> Trial | Over:
        """Count a try under each of the keys; or the first key under which as many failed, or are in flight, as may."""
        ends_at, places = time.monotonic() + WAIT_SECONDS, list[Place]()
        for key in keys:
            place = self._place(key)
            taken = self._take(place, key.limit.most, ends_at)
            if taken is False:
                Trial(self._windows, places).passed()
                return Over(key.kind, place.seconds_left)
            if taken is None:  # a table that is silent once is not asked again
                break
            places.append(place)
        return Trial(self._windows, places)

    def begin_anyway(self, keys: Sequence[Key]) -> Trial:
        """A try that nobody refuses; it counts if it fails."""
        return Trial(self._windows, [self._place(key) for key in keys], taken=False)

    def _place(self, key: Key) -> Place:
        return Place(self._name(key), key.limit.seconds, self._now())

    def _take(self, place: Place, most: int, ends_at: float) -> bool | None:
        """None if the table does not answer."""
        while True:
            failed = attempt(partial(self._windows.take, place, most))
            if failed is None or failed.taken:
                return None if failed is None else True
            if failed.count >= most or time.monotonic() > ends_at:
                return False
            time.sleep(random.uniform(0.02, 0.1))

    def _name(self, key: Key) -> str:
        return f"{self._about}#{key.kind}#{hashlib.sha256(key.value.casefold().encode()).hexdigest()}"
