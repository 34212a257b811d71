"""The claim: the right to run an action now. Pure; `DynamoOrderStore.claim` states the same as one conditional write.

A live claim means that a run is in progress, whatever the action's state is: a wait may have overwritten the state.
"""

from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order, without
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import WaitKey

ASKED_SECONDS = 600  # Lambda gives up an asynchronous call after three tries within some four minutes


class OrderCanceled(Exception):
    """Tells the machine that the order was canceled meanwhile. The class name is the error name in the machine."""


class OrderMoved(Exception):
    """Tells the machine that the order is in another step now."""


class ActionUnasked(Exception):
    """The action is done by hand, and nobody asked for this run. The machine waits for somebody who does."""


class ActionBusy(Exception):
    """Another run of this action has not ended yet, and its time is not up. The machine tries again."""


def is_busy(action: ChecklistAction, now: int) -> bool:
    """Whether a run is in progress, whatever the state is."""
    return action.claim_ends_at is not None and action.claim_ends_at >= now


def is_claimable(order: Order, action_id: int, now: int, *, claim: str = "", only_if_asked: bool = False) -> bool:
    """Whether a run of the action may start now. `DynamoOrderStore.claim` states the same as a condition.

    A requested run that died is tried again under the same claim, because its request is used up.
    """
    action = order.actions[str(action_id)]
    asked = action.requested_at is not None
    match action.state:
        case ActionState.PENDING | ActionState.WAITING:
            may_run = action.automatic or asked
        case ActionState.DONE:
            may_run = asked
        case ActionState.FAILED:
            may_run = action.automatic or asked or action.retryable
        case state:
            may_run = state is ActionState.RUNNING
    here = order.step_id == action.step_id
    wanted = asked or not only_if_asked or (claim != "" and action.claim == claim)
    return here and may_run and not is_busy(action, now) and wanted


def refuse_claim(order: Order, action_id: int) -> None:
    """Raise the error that says why a claim failed. Return if the action is done or skipped already."""
    action = order.actions.get(str(action_id))
    if order.step_status is StepStatus.CANCELED:
        raise OrderCanceled(f"order {order.order_id} was canceled")
    if action is None:
        raise OrderMoved(f"order {order.order_id} has no action {action_id} on its checklist")
    if action.met:
        return
    if order.step_id != action.step_id:
        raise OrderMoved(f"order {order.order_id} is in {order.step.name} now")
    if action.claim_ends_at is None:
        raise ActionUnasked(f"action {action_id} of order {order.order_id} waits for somebody to process it")
    raise ActionBusy(f"action {action_id} of order {order.order_id} is running, attempt {action.attempts}")


def claimed(order: Order, action_id: int, *, claim: str, now: int, ends_at: int) -> Order:
    """The order while the action runs. The claim lapses at `ends_at`, when its Lambda has surely ended."""
    action = order.actions[str(action_id)]
    running = action.changed(
        state=ActionState.RUNNING,
        attempts=action.attempts + 1,
        claim=claim,
        claim_ends_at=ends_at,
        at=now,
        requested_at=None,
        paused_until=None,
        look_at=None,
    )
    return order.with_action(running).changed(waits=without(order.waits, WaitKey.action(action_id)))


def unclaimed(order: Order, action_id: int, *, reason: str = "") -> Order:
    """The order with the claim released: the action may not run yet. `reason`: why."""
    action = order.actions[str(action_id)]
    free = action.changed(
        state=ActionState.PENDING, attempts=action.attempts - 1, claim=None, claim_ends_at=None, reason=reason
    )
    return order.with_action(free)
