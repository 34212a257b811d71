"""Automatic progress of an order: pure decisions, order in, order out. Time and claims are passed in.

A step is done when each required action is done or skipped, and each optional automatic action that can run was tried
(design section 5). Then the order enters the next step. `Complete` is not entered here. Only the machine writes it, under a
condition that names every required action (design, promise 5). operator/manual_actions.py holds what people decide.
"""

from collections.abc import Mapping
from typing import Any

from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.info import merge
from lambdas.orders.model.order import Hold, Order, without
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import LEADS_WAIT, MACHINE_WAIT, WaitKey, WaitKind


def unmet_prereqs(order: Order, action: ChecklistAction) -> tuple[ChecklistAction, ...]:
    """The prereqs of the action that are neither done nor skipped."""
    prereqs = (order.actions[str(needed)] for needed in action.prereqs if str(needed) in order.actions)
    return tuple(prereq for prereq in prereqs if not prereq.met)


def required_done(order: Order, step_id: int) -> bool:
    return all(action.met or action.optional for action in order.actions_of(step_id))


def step_is_done(order: Order, step_id: int) -> bool:
    """Nothing in the step holds the order up: neither a required action nor a try of an optional one that can run."""
    tries = (
        action
        for action in order.actions_of(step_id)
        if action.optional and action.may_run_by_itself and not unmet_prereqs(order, action)
    )
    return required_done(order, step_id) and not any(tries)


def advanced(order: Order, *, machine_went_on: bool = False) -> Order:
    """The order in the first ordinary step, from its own on, that is not done; in the last one if all are.

    `machine_went_on`: the machine has left the order's step behind, so no try of an optional action is left in it.
    """
    if order.step_status is not StepStatus.ORDINARY:
        return order
    is_done = required_done if machine_went_on else step_is_done
    ordinary = [step for step in order.checklist_steps if step.status is StepStatus.ORDINARY]
    here = next(index for index, step in enumerate(ordinary) if step.step_id == order.step_id)
    goal = next((step for step in ordinary[here:] if not is_done(order, step.step_id)), ordinary[-1])
    return _gates_opened(order.changed(step_id=goal.step_id))


def machine_is_ahead(order: Order, action_id: int) -> bool:
    """The action stands in a later step than the order, and nothing required keeps the order from it."""
    positions = [step.step_id for step in order.checklist_steps]
    action = order.actions.get(str(action_id))
    reached = advanced(order, machine_went_on=True).step_id
    return action is not None and positions.index(order.step_id) < positions.index(action.step_id) <= positions.index(
        reached
    )


def _gates_opened(order: Order) -> Order:
    """Without the waits of actions whose prereqs are met, and of optional ones whose step is done: the relay wakes them."""
    gates = [key for key in map(WaitKey, order.waits) if key.kind is WaitKind.GATE]
    opened = [gate for gate in gates if _is_open(order, gate)]
    for action in (order.actions[gate.action_key] for gate in opened):
        if action.state is ActionState.PENDING:
            order = order.with_action(action.changed(reason=""))  # it named the prereqs that the gate waited for
    return order.changed(waits=without(order.waits, *opened)) if opened else order


def _is_open(order: Order, gate: WaitKey) -> bool:
    action = order.actions.get(gate.action_key)
    if action is None or action.step_id != order.step_id or not unmet_prereqs(order, action):
        return True
    return action.optional and step_is_done(order, action.step_id)


def submitted(order: Order, *, now: int, hold: Hold | None) -> Order:
    """A lead that becomes an order: it leaves Leads, holding the money if there is any to hold."""
    first = next((step for step in order.checklist_steps if step.status is StepStatus.ORDINARY), order.step)
    moved = order.changed(
        step_id=first.step_id,
        step_status=first.status,
        submitted_at=now,
        activity=now,
        hold=hold,
        attempt=None,
        waits=without(order.waits, LEADS_WAIT),
        lead_ends_at=None,
        expires_at=None,
    )
    return advanced(with_machine(moved))


def with_machine(order: Order) -> Order:
    """The order with an execution that walks it: the one it has, its first, or another where that was stopped."""
    if order.has_machine:
        return order
    return order.changed(
        machine_run=order.machine_run + 1,
        machine_stopped_at=None,
        machine_stopped_because="",
        waits=without(order.waits, MACHINE_WAIT),
    )


def done(
    order: Order,
    action_id: int,
    *,
    now: int,
    reason: str,
    result: dict[str, Any],
    client_id: str | None = None,
    info: Mapping[str, Any] | None = None,
    by: str | None = None,
) -> Order:
    """The order with the action done. If its step waited for nothing else, the order moves to the next step.

    `by`: the user who requested the run, if somebody moved the order in the meantime.
    """
    if order.step_status is StepStatus.CANCELED:
        reason = f"{reason}; {_LATE}" if reason else _LATE
    finished = _settled(order, action_id, ActionState.DONE, now, reason).changed(result=result, passed_over=False)
    finished = finished if by is None else finished.changed(by=by)
    changed = order.with_action(finished).changed(
        activity=now,
        client_id=client_id or order.client_id,
        info=merge(order.info, info or {}),
        waits=without(order.waits, WaitKey.action(action_id)),
    )
    return advanced(changed)


def failed(order: Order, action_id: int, *, now: int, reason: str, retryable: bool = False) -> Order:
    """The order with the action failed. `reason` is for the person who acts on it. `retryable`: a retry may succeed."""
    given = order.actions[str(action_id)].input  # stays, because the machine may retry
    action = _settled(order, action_id, ActionState.FAILED, now, reason).changed(input=given, retryable=retryable)
    changed = order.with_action(_left_behind(order, action)).changed(activity=now)
    return advanced(changed) if action.optional else changed


def waiting(order: Order, action_id: int, *, now: int, reason: str, result: dict[str, Any]) -> Order:
    """The module wants something of somebody."""
    action = _settled(order, action_id, ActionState.WAITING, now, reason).changed(result=result)
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


def canceled(order: Order, *, now: int, because: str, by: str = "") -> Order:
    """The canceled order. No further action starts. A running action sees the new epoch when it reports its result.

    The machine takes back what the order did. A lead did nothing unless one of its payments was started, and needs no
    machine.
    """
    last = order.checklist_steps[-1]
    has_done_nothing = order.is_lead and order.attempt is None and not order.has_machine
    fenced = with_machine(order) if order.is_lead and not has_done_nothing else order
    return fenced.changed(
        step_id=last.step_id,
        step_status=last.status,
        epoch=order.epoch + 1,
        canceled_at=now,
        canceled_because=because,
        canceled_by=by,
        activity=now,
        waits={},
        review_at=None,
        review_because="",
        unwound_at=now if has_done_nothing else None,
        lead_ends_at=None,
        expires_at=None,
    )


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
    return action.changed(**settled, claim=None, claim_ends_at=None, paused_until=None)
