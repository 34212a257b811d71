"""Automatic progress of an order: pure decisions, order in, order out. Time and claims are passed in.

A step is done when each required action is done or skipped, and each optional automatic action that can run was tried
(design section 5). Then the order enters the next step. `Complete` is not entered here. Only the machine writes it, under a
condition that names every required action (design, promise 5). outcomes.py holds what becomes of a run.
operator/manual_actions.py holds what people decide.
"""

from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Hold, Order, without
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import DISPUTE_WAIT, LEADS_WAIT, MACHINE_WAIT, WaitKey, WaitKind


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
        waits={key: wait for key, wait in order.waits.items() if key == DISPUTE_WAIT},
        refund_there=None,
        review_at=None,
        review_because="",
        unwound_at=now if has_done_nothing else None,
        lead_ends_at=None,
        expires_at=None,
    )
