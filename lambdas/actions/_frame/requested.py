"""Runs an action on request, beside the machine. Nobody waits for its answer: its outcome is on the order."""

import random
import time
from collections.abc import Callable
from typing import Any

from lambdas.actions._frame.module import ActionError, Module, ThrottledError, Tools, TransientError
from lambdas.actions._frame.paused import ActionWaits
from lambdas.actions._frame.run import Context, run_action
from lambdas.orders.decisions.claims import ActionUnasked, OrderCanceled, OrderMoved

REQUESTED_TRIES = 4


def run_requested(
    module: Module[Any],
    order_id: str,
    action_id: int,
    context: Context,
    use: Tools,
    *,
    pause: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Run an action that a user requested, and return how it ended.

    An error that may pass is tried again here, with full jitter, because the first try uses up the request. Only ActionBusy
    is raised: Lambda invokes again later. If this run's own process died, its claim lets the next one in.
    """
    for attempt in range(1, REQUESTED_TRIES + 1):
        try:
            return run_action(module, order_id, action_id, context, use, by_machine=False, only_if_asked=attempt == 1)
        except (TransientError, ThrottledError) as passing:
            if attempt == REQUESTED_TRIES:
                return {"ended": type(passing).__name__}
            pause(random.uniform(0, 2**attempt))
        except (ActionError, ActionUnasked, ActionWaits, OrderCanceled, OrderMoved) as ended:
            return {"ended": type(ended).__name__}
    raise AssertionError("the last try answers or ends")
