"""Counts of failures under several keys: whoever fails too often under one of them is not asked any more, for a while.

Only failures count, so whoever succeeds is never held up. Counting fails open: without its table nobody is refused, which is
logged and counted in the metric GuardFailures (docs/decisions.md, Guards of the API).
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from lambdas.guards.attempts import attempt
from lambdas.guards.windows import Window, Windows
from lambdas.runtime.models import Frozen

_COUNTED = "failures"


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


class Failures:
    """Failures in the guard table. `about` keeps those of different things apart; `now` gives Unix seconds."""

    def __init__(self, windows: Windows, about: str, now: Callable[[], int]) -> None:
        self._windows, self._about, self._now = windows, about, now

    def over(self, keys: Sequence[Key]) -> Over | None:
        """The first key under which as many failed as may; it reads, and counts nothing."""
        for key in keys:
            seen = attempt(partial(self._look, key))
            if seen and seen[0] >= key.limit.most:
                return Over(key.kind, seen[1])
        return None

    def count(self, keys: Sequence[Key]) -> None:
        """One failure, under each of its keys."""
        for key in keys:
            attempt(partial(self._count, key))

    def _look(self, key: Key) -> tuple[int, int]:
        window = self._windows.look(self._name(key), _COUNTED, seconds=key.limit.seconds, now=self._now())
        return window.of(_COUNTED), window.seconds_left

    def _count(self, key: Key) -> Window:
        return self._windows.count(self._name(key), _COUNTED, seconds=key.limit.seconds, now=self._now())

    def _name(self, key: Key) -> str:
        return f"{self._about}#{key.kind}#{hashlib.sha256(key.value.casefold().encode()).hexdigest()}"
