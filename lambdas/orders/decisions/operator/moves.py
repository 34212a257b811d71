"""Moves of an order to another step by hand. Pure: order in, order out, or a refusal with its reason.

Rules that are not public (reference/ubersmith.md 6.7) are stated in docs/decisions.md.
"""

from lambdas.orders.decisions import claims, outstanding, progress
from lambdas.orders.errors import OrderIsFinalError
from lambdas.orders.model.checklist import ActionState, ChecklistAction, ChecklistStep
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.operator_errors import MoveRefusedError, MoveWithoutReasonError


def passed_over(order: Order, step: ChecklistStep) -> tuple[ChecklistAction, ...]:
    """The required actions, neither done nor skipped, that a move to this step leaves behind. Raises if there is no such move."""
    _refuse_move(order, step)
    positions = [place.step_id for place in order.checklist_steps]
    here, goal = positions.index(order.step_id), positions.index(step.step_id)
    return tuple(
        action
        for action in order.actions.values()
        if not action.optional and not action.met and here <= positions.index(action.step_id) < goal
    )


def moved(order: Order, step: ChecklistStep, *, by: str, why: str = "", now: int) -> Order:
    """The order in another ordinary step. Actions that it passes over are skipped, with the mover's name and
    reason. Actions of a step that it returns to count again. The epoch rises, as with a cancel: waiting states are woken.
    """
    passed = passed_over(order, step)
    if step.step_id == order.step_id:
        return order
    positions = [place.step_id for place in order.checklist_steps]
    here, goal = positions.index(order.step_id), positions.index(step.step_id)
    for action in order.actions.values():
        if action.captures and not action.met and order.hold and here <= positions.index(action.step_id) < goal:
            raise MoveRefusedError(
                order,
                f"holds money that {action.name} ({action.action_id}) takes; process or skip it in its step first",
            )
    if passed and not why:
        raise MoveWithoutReasonError(order, passed)
    actions = {
        key: _passed(action, here, goal, positions.index(action.step_id), by=by, now=now, where=_where(step, why))
        for key, action in order.actions.items()
    }
    there = order.changed(step_id=step.step_id, actions=actions, epoch=order.epoch + 1, activity=now)
    there = there.changed(waits=outstanding.outstanding_waits(there))
    if progress.advanced(there, machine_went_on=True).step_id != step.step_id:
        text = f"has nothing left to do there: every action of {step.name} is done or skipped"
        raise MoveRefusedError(
            order, f"{text}; undo a skip, or process one of its actions again while the order is there"
        )
    return there


def step_of(order: Order, *, step_id: int | None, step_name: str | None) -> ChecklistStep:
    """The step of the order's checklist with this id, or else with this name."""
    for step in order.checklist_steps:
        if step.step_id == step_id or (step_id is None and step.name.casefold() == (step_name or "").casefold()):
            return step
    known = ", ".join(f"{step.step_id} {step.name}" for step in order.checklist_steps)
    raise MoveRefusedError(order, f"has no such step; its steps are {known}")


def _passed(
    action: ChecklistAction, here: int, goal: int, place: int, *, by: str, now: int, where: str
) -> ChecklistAction:
    """An action as the move leaves it. A run in progress keeps its claim and may still finish. Nothing waits for it."""
    running = claims.is_busy(action, now)
    if here <= place < goal and not action.optional and not action.met:
        reason = f"passed over: {by} moved the order to {where}"
        over = action.changed(
            state=ActionState.SKIPPED, passed_over=True, reason=reason, by=by, at=now, requested_at=None, told=""
        )
        return over if running else over.changed(claim=None, claim_ends_at=None)
    if goal <= place <= here and action.passed_over:
        if running:
            return action.changed(state=ActionState.RUNNING, passed_over=False, requested_at=None, told="")
        reason = f"{by} moved the order back to {where}"
        return action.changed(state=ActionState.PENDING, passed_over=False, reason=reason, by=by, at=now, told="")
    if action.captures and action.state is ActionState.SKIPPED and here <= place < goal:
        # The machine may never come by it again; asked for, its module lets go of the money.
        return action.changed(requested_at=now)
    return action.changed(requested_at=None)


def _where(step: ChecklistStep, why: str) -> str:
    return f"{step.name}: {why}" if why else step.name


def _refuse_move(order: Order, step: ChecklistStep) -> None:
    if order.is_final:
        raise OrderIsFinalError(order.order_id, order.step.name, "moved")
    if order.is_lead:
        raise MoveRefusedError(order, "is a lead; it leaves Leads by order.submit")
    if step.status is StepStatus.CANCELED:
        raise MoveRefusedError(order, "goes to Canceled by order.cancel only")
    if step.status is StepStatus.LEADS:
        raise MoveRefusedError(order, "was submitted and does not become a lead again")
    if step.status is StepStatus.COMPLETE:
        unmet = [action for action in order.actions.values() if not action.optional and not action.met]
        names = ", ".join(f"{action.name} ({action.action_id})" for action in unmet)
        raise MoveRefusedError(
            order,
            f"enters Complete automatically when every required action is done or skipped; still open: {names or 'none'}",
        )
