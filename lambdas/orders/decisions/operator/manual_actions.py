"""Manual decisions about an action: process, skip, undo a skip. Pure: order in, order out, or a refusal with its reason.

Rules that are not public (reference/ubersmith.md 6.2 and 6.6) are stated in docs/decisions.md.
"""

import hashlib
import json
from typing import Any

from lambdas.orders.decisions import claims, outstanding, progress
from lambdas.orders.errors import OrderIsFinalError
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order, without
from lambdas.orders.model.shares import refuse_long_input
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import WaitKey
from lambdas.orders.operator_errors import ActionRefusedError, TooEarlyError


def processed(order: Order, action_id: int, *, by: str, given: dict[str, Any], now: int) -> Order:
    """The order with a run of the action requested; the relay starts it.

    A second request changes nothing while the first may still start a run. The same input sent twice changes nothing, whatever
    happened since: a caller that retries does not know whether the first call arrived. On a canceled order, only another try of
    a failed undo can be requested. For a skipped action, in any step, it is another try to clear its outstanding money.
    """
    if given and _is_repeated_input(order, action_id, given, now):
        return order
    undo = WaitKey.undo(action_id)
    if order.step_status is StepStatus.CANCELED and undo in order.waits:
        return order.changed(activity=now, waits=without(order.waits, undo))
    if (again := outstanding.with_retry_requested(order, action_id, by=by, now=now)) is not None:
        return again
    action = _here(order, action_id, "processed")
    if action.state is ActionState.SKIPPED:
        raise ActionRefusedError(action, "was skipped; undo the skip first (undo_skip=1)")
    if action.state is ActionState.DONE and not action.reprocess:
        raise ActionRefusedError(action, "is done, and its module does nothing when it is run again")
    if missing := progress.unmet_prereqs(order, action):
        names = ", ".join(f"{prereq.name} ({prereq.action_id})" for prereq in missing)
        raise TooEarlyError(action, f"needs {names} first; process or skip that before")
    _refuse_busy(action, now)
    refuse_long_input(given, len(order.actions))
    if action.requested_at is not None and now < action.requested_at + claims.ASKED_SECONDS:
        return order
    told = f"{action.attempts}:{_digest(given)}" if given else ""
    asked = action.changed(requested_at=now, by=by, input=given, told=told)
    return order.with_action(asked).changed(activity=now, waits=without(order.waits, WaitKey.action(action_id)))


def skipped(order: Order, action_id: int, *, by: str, why: str, now: int) -> Order:
    """The order with this action skipped. A skipped action counts as done. If the step waited for nothing else, the order
    moves on.
    """
    action = _here(order, action_id, "skipped")
    if action.state is ActionState.SKIPPED:
        return order
    if action.state is ActionState.DONE:
        raise ActionRefusedError(action, "is done already, so there is nothing to skip")
    _refuse_busy(action, now)
    reason = f"skipped by {by}" + (f": {why}" if why else "")
    over = action.changed(state=ActionState.SKIPPED, reason=reason, by=by, at=now, requested_at=None, told="")
    waits = without(order.waits, WaitKey.action(action_id), WaitKey.gate(action_id), WaitKey.hold(action_id))
    return progress.advanced(order.with_action(over).changed(activity=now, waits=waits))


def unskipped(order: Order, action_id: int, *, by: str, now: int) -> Order:
    """The order with the skip undone. An automatic action runs; a manual one waits to be processed.

    The machine is past the action, so it begins the step again, as after a move. Then every wait has an owner.
    """
    action = _here(order, action_id, "unskipped")
    if action.state is not ActionState.SKIPPED:
        raise ActionRefusedError(action, f"is {action.state.value}, not skipped")
    asked = now if action.automatic and not progress.unmet_prereqs(order, action) else None
    again = action.changed(
        state=ActionState.PENDING,
        reason=f"skip undone by {by}",
        by=by,
        at=now,
        requested_at=asked,
        passed_over=False,
    )
    changed = order.with_action(again).changed(activity=now, epoch=order.epoch + 1)
    return changed.changed(waits=outstanding.outstanding_waits(changed))


def _here(order: Order, action_id: int, wish: str) -> ChecklistAction:
    if order.is_final:
        raise OrderIsFinalError(order.order_id, order.step.name, wish)
    action = order.actions.get(str(action_id))
    if action is None:
        known = ", ".join(f"{one.action_id} {one.name}" for one in order.actions_of(order.step_id)) or "none"
        raise ActionRefusedError(
            None, f"order {order.order_id} has no action {action_id}; in {order.step.name} it has: {known}"
        )
    if action.step_id != order.step_id:
        positions = [step.step_id for step in order.checklist_steps]
        is_ahead = positions.index(action.step_id) > positions.index(order.step_id)
        place = order.checklist_steps[positions.index(action.step_id)].name
        refusal = TooEarlyError if is_ahead else ActionRefusedError
        raise refusal(action, f"belongs to {place}, and the order is in {order.step.name}: it cannot be {wish} now")
    return action


def _refuse_busy(action: ChecklistAction, now: int) -> None:
    if claims.is_busy(action, now):
        raise TooEarlyError(action, "is running at this moment; look again in a few seconds")


def _is_repeated_input(order: Order, action_id: int, given: dict[str, Any], now: int) -> bool:
    """Whether the same input was accepted before, and its run is in progress or has done the work."""
    action = order.actions.get(str(action_id))
    if action is None or not action.told:
        return False
    attempts, _, digest = action.told.partition(":")
    if digest != _digest(given):
        return False
    if claims.is_busy(action, now):
        return action.attempts == int(attempts) + 1
    return action.state is ActionState.UNDONE or (action.state is ActionState.DONE and not action.reprocess)


def _digest(given: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(given, sort_keys=True, default=str).encode()).hexdigest()[:16]
