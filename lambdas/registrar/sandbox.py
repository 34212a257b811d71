"""The sandbox's registrar. A name's first label says what is answered, so that every page can be tried out."""

import time
from collections.abc import Callable

from lambdas.registrar.registrar import Standing

LATE_SECONDS = 8.0  # longer than anybody waits
_TAKEN = {"taken", "google", "example", "iana", "wikipedia"}


class SandboxRegistrar:
    """Taken: `taken…`, and names that everybody knows. `premium…` costs more, `unknown…` is not known, `late…` is answered too
    late, and free. All others are free."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep

    def ask(self, name: str) -> Standing:
        label = name.partition(".")[0]
        if label in _TAKEN or label.startswith("taken"):
            return Standing.TAKEN
        if label.startswith("premium"):
            return Standing.PREMIUM
        if label.startswith("unknown"):
            return Standing.UNKNOWN
        if label.startswith("late"):
            self._sleep(LATE_SECONDS)
        return Standing.FREE
