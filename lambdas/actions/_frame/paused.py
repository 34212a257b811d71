"""Holds back actions of paused modules, and of all that move money at a gateway that is paused.

The order says why and until when, and a record names the action for the function that wakes it. The record is written first:
one that nothing waits for does no harm (lambdas/records/pauses/waking.py).
"""

from functools import partial
from typing import Any

from lambdas.actions._frame.module import Module, Tools, TransientError
from lambdas.orders.decisions.paused import held_back, undo_held_back
from lambdas.orders.model.order import Order
from lambdas.orders.pauses import Pause, PauseKind, PausesUnreadError
from lambdas.orders.payment_key import gateway_of
from lambdas.orders.store import save
from lambdas.runtime.telemetry import MetricUnit, logger, metrics


class ActionWaits(Exception):
    """The machine must wait for a person, or for the end of a pause. The class name is the error name in the machine."""


def pause_of(module: Module[Any], order_id: str, use: Tools) -> Pause | None:
    """The pause that keeps the module from running or undoing now. Raises TransientError."""
    find = partial(use.pauses.of_module, module.name, moves_money=module.money != "none")
    try:
        pause = find()
        if pause is None or pause.kind is not PauseKind.GATEWAY:
            return pause
        hold = use.orders.get(order_id).hold  # only while a gateway is paused is it asked which one the order uses
        return find(gateway=gateway_of(hold.key)) if hold else pause
    except PausesUnreadError:
        raise TransientError("whether money may be moved could not be read") from None


def hold_back(pause: Pause, order_id: str, action_id: int, use: Tools, *, by_machine: bool) -> Order:
    """Write on the order that the action waits. Raises ActionWaits.

    If the action could not run anyway, because it is done or the order is elsewhere, returns the order.
    """
    use.pauses.keep_waiting(pause, order_id, action_id)
    held = False

    def change(current: Order) -> Order:
        nonlocal held
        changed = held_back(current, action_id, pause, now=use.now(), by_machine=by_machine)
        held = changed.actions.get(str(action_id)) != current.actions.get(str(action_id))
        return changed

    order = save(use.orders, use.orders.get(order_id), change)
    if held:
        _report(pause)
        raise ActionWaits(str(pause))
    return order


def hold_undo_back(pause: Pause, order: Order, action_id: int, use: Tools) -> None:
    """Write on the canceled order that its undo waits. Always raises ActionWaits."""
    use.pauses.keep_waiting(pause, order.order_id, action_id)
    save(use.orders, order, partial(undo_held_back, action_id=action_id, pause=pause, now=use.now()))
    _report(pause)
    raise ActionWaits(str(pause))


def _report(pause: Pause) -> None:
    metrics.add_metric("ActionPaused", MetricUnit.Count, 1)
    logger.info("action waits for the end of a pause", pause=pause.pause_id)
