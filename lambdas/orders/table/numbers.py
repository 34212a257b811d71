"""Numbers taken from a counter in blocks, so that the counter is no limit when many orders come at once (docs/scale.md)."""

import threading
import time
from collections.abc import Callable

LARGEST_BLOCK = 10
BUSY_SECONDS = 10.0


class Numbers:
    """One number after the other. `take(size)` raises the counter by `size` and gives where it stands then.

    A block is one number as long as orders are rare, and twice as many each time it was used up within some seconds: numbers of
    a process that ends are lost, and a shop with few orders shall not see gaps for that.
    """

    def __init__(self, take: Callable[[int], int], clock: Callable[[], float] = time.monotonic) -> None:
        self._take, self._clock = take, clock
        self._lock = threading.Lock()
        self._left: range = range(0)
        self._size, self._taken_at = 0, -BUSY_SECONDS

    def next(self) -> int:
        with self._lock:
            if not self._left:
                now = self._clock()
                is_busy = now - self._taken_at < BUSY_SECONDS
                self._size, self._taken_at = min(2 * self._size, LARGEST_BLOCK) if is_busy else 1, now
                latest = self._take(self._size)
                self._left = range(latest - self._size + 1, latest + 1)
            number, self._left = self._left[0], self._left[1:]
            return number
