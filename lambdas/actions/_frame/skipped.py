"""What a skipped action still has to settle: a module that holds something for its action lets go of it.

Nothing waits for a skipped action, so the order goes on. What cannot be settled is a wait of the action's owner from the first
failure on (lambdas/orders/decisions/outstanding.py). What may pass is tried again for a moment by whoever came by, and after
that only when somebody asks for it: the machine would else go round by its retries for as long as the other side is silent.
"""

from dataclasses import replace
from typing import Any

from lambdas.actions._frame.module import Module, ThrottledError, Tools, TransientError
from lambdas.actions._frame.outcome import classed, config_of
from lambdas.orders.decisions import outstanding
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.orders.model.waits import WaitKey
from lambdas.orders.store import save
from lambdas.runtime.telemetry import MetricUnit, logger, metrics

TRIED_SECONDS = 120  # from the first failure on, by whoever comes by


def settle_skipped(module: Module[Any], order_id: str, action_id: int, use: Tools) -> None:
    """Raises TransientError or ThrottledError while it may be tried again at once."""
    if module.skipped is None:
        return
    order = use.orders.get(order_id)
    if order.actions[str(action_id)].state is not ActionState.SKIPPED:
        return
    try:
        module.skipped(order, config_of(module, order, action_id), replace(use, action_id=action_id))
    except Exception as error:  # noqa: BLE001 - `classed` decides what it is
        failure = classed(error)
        since = _kept_since(order, action_id, use, str(failure))
        if isinstance(failure, TransientError | ThrottledError) and use.now() < since + TRIED_SECONDS:
            raise failure from None
        return
    if WaitKey.outstanding(action_id) in order.waits:
        save(use.orders, order, lambda current: outstanding.without_outstanding(current, action_id))
        logger.info("skipped action settled")


def _kept_since(order: Order, action_id: int, use: Tools, why: str) -> int:
    """Since when it waits, now that it does."""
    now = use.now()
    after = save(use.orders, order, lambda current: outstanding.with_outstanding(current, action_id, why=why, now=now))
    metrics.add_metric("ActionFailed", MetricUnit.Count, 1)
    logger.warning("skipped action left something", reason=why)
    known = after.waits.get(WaitKey.outstanding(action_id))
    return known.since if known else now
