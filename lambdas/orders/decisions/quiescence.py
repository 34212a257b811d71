"""Whether nothing of an order will move automatically. Pure.

Ubersmith runs automatic actions inside the call (reference/ubersmith.md 1.5), and its clients read the outcome right
after it. Our actions run in the machine, so a door that owes such an answer waits for this.
"""

from lambdas.orders.decisions import claims, progress
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import WaitKey, WaitKind


def is_at_rest(order: Order, now: int) -> bool:
    """It is final, its machine is stopped, or nothing of its step runs or is about to while somebody is waited for.

    A lead rests unless it is being submitted. Where an optional action was left behind for good, this may stay False.
    """
    if order.is_final or order.machine_stopped_at is not None:
        return True
    if order.step_status is StepStatus.LEADS:
        return not order.is_being_submitted(now)
    waits_for_somebody = any(WaitKey(key).kind is not WaitKind.GATE for key in order.waits)
    return waits_for_somebody and not any(_moves(order, action, now) for action in order.actions_of(order.step_id))


def _moves(order: Order, action: ChecklistAction, now: int) -> bool:
    """It runs, was asked to, or the machine is about to run or park it."""
    if claims.is_busy(action, now) or action.state is ActionState.RUNNING or action.requested_at is not None:
        return True
    if action.met or str(action.action_id) in order.waits or progress.unmet_prereqs(order, action):
        return False
    if action.optional:
        return action.automatic and action.state is ActionState.PENDING  # a failed try is not made again
    return action.automatic or action.state is ActionState.FAILED
