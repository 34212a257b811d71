"""Outcomes of a run of an action: done, failed, waiting, undone, or not run at all. Pure: order in, order out."""

from collections.abc import Mapping
from typing import Any

from lambdas.orders.decisions.progress import advanced
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.info import merge
from lambdas.orders.model.order import Hold, Order, without
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import WaitKey


def done(
    order: Order,
    action_id: int,
    *,
    now: int,
    reason: str,
    result: dict[str, Any],
    client_id: str | None = None,
    info: Mapping[str, Any] | None = None,
    capture_id: str = "",
    by: str | None = None,
) -> Order:
    """The order with the action done. If its step waited for nothing else, the order moves to the next step.

    `by`: the user who requested the run, if somebody moved the order in the meantime. `capture_id`: what the provider calls what
    was taken of the hold.
    """
    if order.step_status is StepStatus.CANCELED:
        reason = f"{reason}; {_LATE}" if reason else _LATE
    finished = _settled(order, action_id, ActionState.DONE, now, reason).changed(result=result, passed_over=False)
    finished = finished if by is None else finished.changed(by=by)
    changed = order.with_action(finished).changed(
        activity=now,
        client_id=client_id or order.client_id,
        info=merge(order.info, info or {}),
        hold=_captured(order.hold, capture_id),
        waits=without(order.waits, WaitKey.action(action_id), WaitKey.hold(action_id)),
    )
    return advanced(changed)


def _captured(hold: Hold | None, capture_id: str) -> Hold | None:
    if hold is None or not capture_id:
        return hold
    return hold.changed(ids=hold.ids.changed(capture=capture_id).besides(hold.transaction_id))


def failed(order: Order, action_id: int, *, now: int, reason: str, retryable: bool = False) -> Order:
    """The order with the action failed. `reason` is for the person who acts on it. `retryable`: a retry may succeed."""
    given = order.actions[str(action_id)].input  # stays, because the machine may retry
    action = _settled(order, action_id, ActionState.FAILED, now, reason).changed(input=given, retryable=retryable)
    changed = order.with_action(_left_behind(order, action)).changed(activity=now)
    return advanced(changed) if action.optional else changed


def waiting(
    order: Order, action_id: int, *, now: int, reason: str, result: dict[str, Any], look_at: int | None = None
) -> Order:
    """The module wants something of somebody. `look_at`: it runs again automatically then."""
    action = _settled(order, action_id, ActionState.WAITING, now, reason).changed(result=result, look_at=look_at)
    return order.with_action(_left_behind(order, action)).changed(activity=now)


def not_run(order: Order, action_id: int, *, now: int, reason: str) -> Order:
    """A run that was asked for cannot be: nobody asks for it any more, and the action says why. What is done stays done."""
    action = order.actions[str(action_id)]
    if action.requested_at is None or order.is_final:
        return order
    unasked = action.changed(requested_at=None)
    if action.met:
        return order.with_action(unasked.changed(reason=reason)).changed(activity=now)
    return failed(order.with_action(unasked), action_id, now=now, reason=reason)


def undone(order: Order, action_id: int, *, now: int, reason: str) -> Order:
    """The order with the action undone."""
    taken_back = order.with_action(_settled(order, action_id, ActionState.UNDONE, now, reason))
    return taken_back.changed(waits=without(order.waits, WaitKey.undo(action_id)))


def _left_behind(order: Order, action: ChecklistAction) -> ChecklistAction:
    """An action that the order was moved past while it ran, and that is not done, is passed over by who moved it."""
    if not action.passed_over or order.step_status is StepStatus.CANCELED:
        return action
    before = order.actions[str(action.action_id)].reason
    return action.changed(state=ActionState.SKIPPED, reason=f"{before}; {action.reason}")


_LATE = (
    "the order was canceled meanwhile, so this is taken back: process this action if that does not happen automatically"
)
# The reason if a module gives none, because nobody should be asked without knowing what for.
_TO_DO = {
    ActionState.FAILED: "it failed, and its module does not say why: process this action again, or skip it",
    ActionState.WAITING: "it waits for somebody: process this action, or skip it",
}


def _settled(order: Order, action_id: int, state: ActionState, now: int, reason: str) -> ChecklistAction:
    action = order.actions[str(action_id)]
    reason = reason or _TO_DO.get(state, "")
    failed_last = state is ActionState.FAILED
    settled = {"state": state, "failed_last": failed_last, "retryable": False, "reason": reason, "at": now, "input": {}}
    return action.changed(**settled, claim=None, claim_ends_at=None, paused_until=None, look_at=None)
