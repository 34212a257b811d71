"""The stopped machine of an order, and its restart. Pure.

An execution that is stopped, fails or times out leaves the order where it was, and the order shows it. `restart` begins a
new execution, which finds finished actions done. It raises the epoch, so that no run of the old execution can write a
result.
"""

from lambdas.orders.decisions.lead.lead_expiry import lead_ends_at
from lambdas.orders.decisions.outstanding import outstanding_waits
from lambdas.orders.errors import OrderIsFinalError
from lambdas.orders.model import executions
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.modules import load_modules
from lambdas.orders.model.order import Order, Wait, without
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import MACHINE_WAIT
from lambdas.orders.operator_errors import RestartRefusedError
from lambdas.orders.ports import Executions

OWNER = "operations"  # of an order that no machine walks
DUE_SECONDS = 4 * 3600
STARTS_WITHIN_SECONDS = 120  # after the order's last change, as Step Functions lets see it


def machine_stopped(order: Order, *, execution: str, because: str, at: int) -> Order:
    """The order marked as stopped, with a wait for operations and a deadline. An order at its end, or one that another
    execution walks, stays as it is.

    A lead whose execution an earlier release started needs none. It is submitted, or expires, as other leads do.
    """
    if not order.has_machine or not executions.is_of(order, execution) or _is_at_its_end(order):
        return order
    stopped = order.changed(machine_stopped_at=at, machine_stopped_because=because, activity=at)
    if order.is_lead:
        return stopped.changed(lead_ends_at=lead_ends_at(order) or at, waits={})
    return stopped.changed(waits={**order.waits, MACHINE_WAIT: _wait_for_operator(at)})


def machine_goes_on(order: Order, *, execution: str, at: int) -> Order:
    """Redriven in the console."""
    if not executions.is_of(order, execution) or order.machine_stopped_at is None:
        return order
    waits = without(order.waits, MACHINE_WAIT)
    return order.changed(machine_stopped_at=None, machine_stopped_because="", waits=waits, activity=at)


def needs_machine(order: Order) -> bool:
    """Whether the order needs an execution."""
    return order.machine_run > 0 and not order.is_lead and not _is_at_its_end(order)


def with_execution_state(order: Order, found_by: Executions, *, now: int) -> Order:
    """The order with the state that Step Functions reports, so that an unreported stop shows."""
    if order.machine_stopped_at is not None or not needs_machine(order):
        return order
    found = found_by.execution(order)
    if found is None:
        if now < order.activity + STARTS_WITHIN_SECONDS:
            return order
        return machine_stopped(
            order, execution=executions.execution_name(order), because="its machine was not started", at=now
        )
    if found.goes_on:
        return order
    because = executions.stopped_because(found.status, found.error, found.cause)
    return machine_stopped(order, execution=found.name, because=because, at=now)


def with_running_machine(
    order: Order, queue: Queue | None, *, by: str, now: int, machine_hash: str = "", lenient: bool = False
) -> Order:
    """The decided order, with a new run if its machine was stopped.

    Raises RestartRefusedError if the deployed queue does not fit the order. `lenient`: the decision stands all the same, and
    the order waits for operations.
    """
    if order.machine_stopped_at is None or not needs_machine(order):
        return order
    try:
        return restarted(order, queue, by=by, now=now).changed(machine_hash=machine_hash)
    except RestartRefusedError:
        if not lenient:
            raise
    return (
        order
        if MACHINE_WAIT in order.waits
        else order.changed(waits={**order.waits, MACHINE_WAIT: _wait_for_operator(now)})
    )


def _wait_for_operator(now: int) -> Wait:
    """The wait for an operator. It has no token, because any decision about the order starts a new execution."""
    return Wait(token="", since=now, due_at=now + DUE_SECONDS, owner=OWNER)


def restarted(order: Order, queue: Queue | None, *, by: str, now: int) -> Order:
    """The order with a new run of its queue's machine as it is deployed now."""
    queue = _queue_of(order, queue)
    actions = {
        key: _ended_with_its_machine(action, is_canceled=order.step_status is StepStatus.CANCELED, now=now)
        if action.state is ActionState.RUNNING and (action.claim_ends_at or 0) < now
        else action
        for key, action in order.actions.items()
    }
    return order.changed(
        actions=actions,
        machine_run=order.machine_run + 1,
        machine_stopped_at=None,
        machine_stopped_because="",
        epoch=order.epoch + 1,
        queue_hash=queue.content_hash,
        waits=outstanding_waits(order),
        activity=now,
        restarted_by=by,
    )


def _queue_of(order: Order, queue: Queue | None) -> Queue:
    """The queue that the order can be restarted in. Raises OrderIsFinalError, RestartRefusedError."""
    if _is_at_its_end(order):
        raise OrderIsFinalError(order.order_id, order.step.name, "restarted")
    if order.is_lead:
        raise RestartRefusedError(
            order.order_id, "it is a lead, of which nothing runs before it is submitted; submit it"
        )
    if order.machine_stopped_at is None:
        raise RestartRefusedError(
            order.order_id, "its machine is running; cancel, move, or process the action it waits for"
        )
    if queue is None:
        raise RestartRefusedError(
            order.order_id, f"its queue {order.order_queue_id} is no longer deployed; deploy it again"
        )
    _refuse_what_does_not_map(order, queue)
    return queue


def _ended_with_its_machine(action: ChecklistAction, *, is_canceled: bool, now: int) -> ChecklistAction:
    """A run that ended with its machine and reported nothing. It failed, like a run that reports a failure."""
    to_do = "what it did is taken back" if is_canceled else "process this action again, or skip it"
    reason = f"its machine was stopped while it ran: {to_do}"
    failed = {"state": ActionState.FAILED, "failed_last": True, "retryable": False, "reason": reason, "at": now}
    return action.changed(**failed, claim=None, claim_ends_at=None)


def _refuse_what_does_not_map(order: Order, queue: Queue) -> None:
    """The deployed machine must know the order's step and every action it still needs, and ask for none it does not have."""
    if order.step_id not in {step.id for step in queue.steps}:
        raise RestartRefusedError(
            order.order_id, f"the queue has no step {order.step_id} any more; move the order to one it has"
        )
    if order.step_status is StepStatus.CANCELED:
        _refuse_what_cannot_be_undone(order, queue)
        return
    ours = {action.action_id: action for action in order.actions.values()}
    theirs = {action.id: action for action in queue.actions if action.in_machine}
    places = {action.id: step.id for step in queue.steps for action in step.actions}
    other = [
        action.name
        for key, action in ours.items()
        if key in theirs and not action.met and (action.step_id, action.module) != (places[key], theirs[key].module)
    ]
    lost = [action.name for key, action in ours.items() if key not in theirs and not action.met and not action.optional]
    new = [action.name for key, action in theirs.items() if key not in ours and not action.optional]
    if lost:
        raise RestartRefusedError(
            order.order_id, f"the queue no longer has {', '.join(lost)}; skip them on the order first"
        )
    if other:
        text = f"the queue now runs {', '.join(other)} in another step or with another module; skip them on the order first"
        raise RestartRefusedError(order.order_id, text)
    if new:
        text = f"the queue now has {', '.join(new)}, which this order was not made with; cancel it and order again"
        raise RestartRefusedError(order.order_id, text)


def _refuse_what_cannot_be_undone(order: Order, queue: Queue) -> None:
    """A canceled order needs of the queue only what takes back what it did."""
    theirs = {action.id: action.module for action in queue.actions}
    modules = load_modules()
    lost = [
        f"{action.name} ({action.action_id}, {action.module})"
        for action in order.actions.values()
        if (action.attempts or action.captures) and action.state is not ActionState.UNDONE
        if theirs.get(action.action_id) != action.module
        if action.module not in modules or modules[action.module].undoes
    ]
    if lost:
        text = f"the queue no longer has {', '.join(lost)}, which must be undone; put it into the queue again"
        raise RestartRefusedError(order.order_id, text)


def _is_at_its_end(order: Order) -> bool:
    return order.step_status is StepStatus.COMPLETE or order.unwound_at is not None
