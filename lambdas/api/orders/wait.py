"""Waits until an order is at rest, for callers who read the outcome in the answer."""

import re
import time
from collections.abc import Callable

from lambdas.orders.decisions.quiescence import is_at_rest
from lambdas.orders.model.order import Order
from lambdas.runtime.telemetry import log_unexpected

LONGEST_WAIT_SECONDS = 15  # with a repeat's wait before it, less than the function may run
_WAIT = re.compile(r'(?i)(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=$|[,;])')
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS, _GROWTH = 0.05, 0.8, 1.4


def preferred_wait(prefer: str) -> int | None:
    """Seconds of `Prefer: wait=N`, at most what is possible here; a preference that cannot be read is none.

    https://www.rfc-editor.org/rfc/rfc7240#section-4.3
    """
    found = _WAIT.search(prefer)
    return min(int(found.group(1)), LONGEST_WAIT_SECONDS) if found else None


def wait_until_at_rest(
    order: Order,
    read: Callable[[], Order],
    *,
    now: Callable[[], int],
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Order:
    """Return the newest order: at rest, or as it is when the time is up. `read` reads consistently.

    The call itself is done already. If a read fails, the last known order is the answer.
    """
    ends_at, pause = clock() + seconds, _FIRST_PAUSE_SECONDS
    while not is_at_rest(order, now()) and clock() + pause <= ends_at:
        sleep(pause)
        pause = min(pause * _GROWTH, _LONGEST_PAUSE_SECONDS)
        try:
            order = read()
        except Exception as error:  # noqa: BLE001
            log_unexpected("an order that moves on could not be read", error, order_id=order.order_id)
            return order
    return order
