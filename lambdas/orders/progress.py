"""What an order may do next: pure decisions, order in, order out. Time and claims are passed in.

The rule is design section 5: a step is done when each of its non-optional actions is done or skipped; then the order enters
the next step. `Complete` is not entered here: only the machine writes it, under a condition that names every required
action (design, promise 5).
"""

from typing import Any

from lambdas.orders.order import ActionState, ChecklistAction, ChecklistStep, Hold, Order
from lambdas.orders.queue import Queue, StepStatus

CLAIMABLE = (ActionState.PENDING, ActionState.WAITING, ActionState.FAILED)


class OrderCanceled(Exception):
    """Tells the machine that the order was canceled meanwhile. The class name is the error name in the machine."""


class OrderMoved(Exception):
    """Tells the machine that the order is in another step now."""


class ActionBusy(Exception):
    """Another run of this action has not ended yet, and its time is not up. The machine tries again."""


def checklist_of(queue: Queue) -> tuple[tuple[ChecklistStep, ...], dict[str, ChecklistAction]]:
    """The queue's steps and actions, copied for one order."""
    steps = tuple(ChecklistStep(step_id=step.id, name=step.name, status=step.status) for step in queue.steps)
    fields = ("name", "module", "automatic", "optional", "client_viewable", "owner", "due_hours", "prereqs", "config")
    actions = {
        str(action.id): ChecklistAction(
            action_id=action.id, step_id=step.id, **{field: getattr(action, field) for field in fields}
        )
        for step in queue.steps
        for action in step.actions
    }
    return steps, actions


def step_is_done(order: Order, step_id: int) -> bool:
    return all(action.met or action.optional for action in order.actions_of(step_id))


def advanced(order: Order) -> Order:
    """The order in the first ordinary step, from its own on, that is not done; in the last one if all are."""
    if order.step_status is not StepStatus.ORDINARY:
        return order
    ordinary = [step for step in order.checklist_steps if step.status is StepStatus.ORDINARY]
    here = next(index for index, step in enumerate(ordinary) if step.step_id == order.step_id)
    goal = next((step for step in ordinary[here:] if not step_is_done(order, step.step_id)), ordinary[-1])
    return order.changed(step_id=goal.step_id)


def submitted(order: Order, *, now: int, hold: Hold | None) -> Order:
    """A lead that becomes an order: it leaves Leads, holding the money if there is any to hold."""
    first = next((step for step in order.checklist_steps if step.status is StepStatus.ORDINARY), order.step)
    waits = {key: wait for key, wait in order.waits.items() if key != LEADS_WAIT}
    moved = order.changed(
        step_id=first.step_id,
        step_status=first.status,
        submitted_at=now,
        activity=now,
        hold=hold,
        attempt=None,
        waits=waits,
        expires_at=None,
    )
    return advanced(moved)


LEADS_WAIT = "leads"


def is_claimable(order: Order, action_id: int, now: int) -> bool:
    """Whether a run of the action may start now. `DynamoOrderStore.claim` states the same as a condition."""
    action = order.actions[str(action_id)]
    lapsed = action.state is ActionState.RUNNING and (action.claim_ends_at or 0) < now
    return order.step_id == action.step_id and (action.state in CLAIMABLE or lapsed)


def refuse_claim(order: Order, action_id: int) -> None:
    """Why a claim failed: returns if the action is met already, else raises what the machine must do."""
    action = order.actions.get(str(action_id))
    if order.step_status is StepStatus.CANCELED:
        raise OrderCanceled(f"order {order.order_id} was canceled")
    if action is None:
        raise OrderMoved(f"order {order.order_id} has no action {action_id} on its checklist")
    if action.met:
        return
    if order.step_id != action.step_id:
        raise OrderMoved(f"order {order.order_id} is in {order.step.name} now")
    raise ActionBusy(f"action {action_id} of order {order.order_id} is running, attempt {action.attempts}")


def claimed(order: Order, action_id: int, *, claim: str, now: int, ends_at: int) -> Order:
    """The order while the action runs. The claim lapses at `ends_at`, when its Lambda has surely ended."""
    action = order.actions[str(action_id)]
    running = action.changed(
        state=ActionState.RUNNING, attempts=action.attempts + 1, claim=claim, claim_ends_at=ends_at, at=now
    )
    waits = {key: wait for key, wait in order.waits.items() if key != str(action_id)}
    return order.with_action(running).changed(waits=waits)


def done(
    order: Order,
    action_id: int,
    *,
    now: int,
    reason: str,
    result: dict[str, Any],
    client_id: str | None = None,
) -> Order:
    """The action is done; the order goes on to the next step when this was the last thing its step waited for."""
    action = order.actions[str(action_id)]
    finished = action.changed(
        state=ActionState.DONE, reason=reason, result=result, at=now, claim=None, claim_ends_at=None
    )
    waits = {key: wait for key, wait in order.waits.items() if key != str(action_id)}
    settled = order.with_action(finished).changed(activity=now, client_id=client_id or order.client_id, waits=waits)
    return advanced(settled)


def failed(order: Order, action_id: int, *, now: int, reason: str) -> Order:
    """The action did not succeed, and why, for the person who will act on it."""
    action = order.actions[str(action_id)]
    broken = action.changed(state=ActionState.FAILED, reason=reason, at=now, claim=None, claim_ends_at=None)
    return order.with_action(broken).changed(activity=now)


def undone(order: Order, action_id: int, *, now: int, reason: str) -> Order:
    """What the action did has been taken back."""
    action = order.actions[str(action_id)]
    return order.with_action(action.changed(state=ActionState.UNDONE, reason=reason, at=now, claim=None))


def canceled(order: Order, *, now: int, because: str) -> Order:
    """The fence: from here on no action starts, and one that is running finds its epoch gone when it settles."""
    last = order.checklist_steps[-1]
    return order.changed(
        step_id=last.step_id,
        step_status=last.status,
        epoch=order.epoch + 1,
        canceled_at=now,
        canceled_because=because,
        activity=now,
        waits={},
        expires_at=None,
    )
