"""Actions that a pause holds back, and how they continue. Pure.

The action waits as for a person: its machine parks in the wait that every action has, with its owner and deadline. The end of the
pause takes the wait away and asks for the run.
"""

from lambdas.orders.decisions import claims, outcomes, outstanding, progress
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order, without
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import WaitKey
from lambdas.orders.pauses import Pause


def held_back(order: Order, action_id: int, pause: Pause, *, now: int, by_machine: bool) -> Order:
    """The order whose action waits for the end of the pause. The very same order if the action could not run anyway.

    A person's request and input stay, for the run that follows.
    """
    if by_machine and progress.machine_is_ahead(order, action_id):
        order = progress.advanced(order, machine_went_on=True)
    action = order.actions.get(str(action_id))
    if action is None or order.is_final or order.is_lead or order.step_id != action.step_id:
        return order
    if claims.is_busy(action, now) or (action.met and action.requested_at is None):
        return order
    state = action.state if action.met else ActionState.WAITING
    waits = action.changed(
        state=state, reason=str(pause), at=now, requested_at=None, paused_until=pause.ends_at, failed_last=False
    )
    changed = order.with_action(waits).changed(activity=now)
    return progress.advanced(changed) if action.optional else changed


def undo_held_back(order: Order, action_id: int, pause: Pause, *, now: int) -> Order:
    """The canceled order whose undo of this action waits for the end of the pause."""
    if order.step_status is not StepStatus.CANCELED:
        return order
    return outcomes.failed(order, action_id, now=now, reason=str(pause))


def resumed(order: Order, action_id: int, *, now: int) -> Order:
    """The order with the run requested that a pause held back. The very same order if nothing of it waits for that."""
    action, undo = order.actions.get(str(action_id)), WaitKey.undo(action_id)
    if action is None:
        return order
    if order.step_status is StepStatus.CANCELED:
        return order.changed(activity=now, waits=without(order.waits, undo)) if undo in order.waits else order
    if (again := outstanding.with_retry_requested(order, action_id, by=action.by, now=now)) is not None:
        return again
    if action.paused_until is None or action.state is ActionState.SKIPPED:
        return order
    if order.is_final or order.step_id != action.step_id:
        return order.with_action(action.changed(paused_until=None, reason=_PASSED)).changed(activity=now)
    asked = action.changed(requested_at=now, paused_until=None, reason=_GOES_ON)
    return order.with_action(asked).changed(activity=now, waits=without(order.waits, WaitKey.action(action_id)))


def is_settled(order: Order, action_id: int) -> bool:
    """Whether nothing of the action waits for the end of a pause any more, or ever will: else it is looked at again."""
    action = order.actions.get(str(action_id))
    if action is None or order.step_status is not StepStatus.CANCELED:
        return True
    return order.unwound_at is not None or action.state is not ActionState.FAILED


_PASSED = "was not tried: it was paused while the order went on"
_GOES_ON = "continues after a pause"
