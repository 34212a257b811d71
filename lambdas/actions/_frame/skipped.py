"""Releases what a module holds for an action that was skipped, such as money.

Nothing waits for a skipped action, so the order continues. If the release fails, the action's owner has a wait from the first
failure on (lambdas/orders/decisions/outstanding.py). An error that may pass is tried again for a moment by each run that comes
by. After that it is tried only on request: otherwise the machine would repeat its retries while the other side is silent.
"""

from dataclasses import replace
from typing import Any

from lambdas.actions._frame.failures import classed, config_of
from lambdas.actions._frame.module import Module, ThrottledError, Tools, TransientError
from lambdas.actions._frame.paused import pause_of
from lambdas.orders.decisions import outstanding
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.orders.model.waits import WaitKey
from lambdas.orders.store import save
from lambdas.runtime.telemetry import MetricUnit, logger, metrics

TRIED_SECONDS = 120  # From the first failure on, by each run that comes by.


def release_skipped(module: Module[Any], order_id: str, action_id: int, use: Tools) -> None:
    """Raise TransientError or ThrottledError while it may be tried again at once."""
    if module.on_skip is None:
        return
    order = use.orders.get(order_id)
    if order.actions[str(action_id)].state is not ActionState.SKIPPED:
        return
    if pause := pause_of(module, order_id, use):
        use.pauses.keep_waiting(pause, order_id, action_id)
        _record_wait(order, action_id, use, str(pause))
        return
    try:
        module.on_skip(order, config_of(module, order, action_id), replace(use, action_id=action_id))
    except Exception as error:  # noqa: BLE001 - `classed` decides what it is
        failure = classed(error)
        since = _record_wait(order, action_id, use, str(failure))
        if isinstance(failure, TransientError | ThrottledError) and use.now() < since + TRIED_SECONDS:
            raise failure from None
        return
    if WaitKey.outstanding(action_id) in order.waits:
        save(use.orders, order, lambda current: outstanding.without_outstanding(current, action_id))
        logger.info("skipped action cleared")


def _record_wait(order: Order, action_id: int, use: Tools, why: str) -> int:
    """Write the owner's wait on the order, and return since when it waits (Unix seconds)."""
    now = use.now()
    after = save(use.orders, order, lambda current: outstanding.with_outstanding(current, action_id, why=why, now=now))
    metrics.add_metric("ActionFailed", MetricUnit.Count, 1)
    logger.warning("skipped action left something", reason=why)
    known = after.waits.get(WaitKey.outstanding(action_id))
    return known.since if known else now
