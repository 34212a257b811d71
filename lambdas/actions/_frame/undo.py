"""Undoes what an action did to a canceled order."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lambdas.actions._frame.failures import OUTSIDE_ERRORS, classed, config_of, failed
from lambdas.actions._frame.module import Module, Tools
from lambdas.actions._frame.paused import hold_undo_back, pause_of
from lambdas.orders.decisions import claims, outcomes
from lambdas.orders.decisions.claims import ActionBusy
from lambdas.orders.errors import OrderChangedError
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.store import save
from lambdas.runtime.telemetry import logger


def undo_action(module: Module[Any], order_id: str, action_id: int, use: Tools) -> dict[str, Any]:
    """Undo what the action did to a canceled order. Raises ActionBusy while a run may still have an effect."""
    order = use.orders.get(order_id)
    action = order.actions.get(str(action_id))
    if order.step_status is not StepStatus.CANCELED or module.undo is None or action is None:
        return {"undone": False}  # An action that is None was added to the queue after the order was made.
    if action.attempts == 0 and module.money == "none":
        return {"undone": False}
    if claims.is_busy(action, use.now()):
        raise ActionBusy(f"action {action_id} of order {order_id} is still running")
    if pause := pause_of(module, order.order_id, use):
        hold_undo_back(pause, order, action_id, use)
    try:
        return _undo(module, module.undo, order, action_id, use)
    except (*OUTSIDE_ERRORS, OrderChangedError) as error:  # Of the order table, after the module has answered.
        raise classed(error) from None


def _undo(
    module: Module[Any], undo: Callable[[Order, Any, Tools], str | None], order: Order, action_id: int, use: Tools
) -> dict[str, Any]:
    try:
        undone = undo(order, config_of(module, order, action_id), replace(use, action_id=action_id))
    except Exception as error:  # noqa: BLE001 - `classed` decides what it is
        failure = classed(error)
        save(use.orders, order, lambda current: failed(current, action_id, failure, now=use.now()))
        logger.warning("undo failed", reason=str(failure), kind=type(failure).__name__)
        raise failure from None
    if undone:
        now = use.now()
        save(use.orders, order, lambda current: outcomes.undone(current, action_id, now=now, reason=undone))
        logger.info("action undone", reason=undone)
    return {"undone": bool(undone)}
