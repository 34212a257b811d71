"""Deadlines of waits. Pure."""

from lambdas.orders.decisions import await_payment, hold_clock
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import LEADS_WAIT, WaitKey, WaitKind

LEADS_GRACE_SECONDS = 3_600  # of leads of earlier versions: their machine cancels them at the deadline
UNDO_DUE_SECONDS = 86_400
UNWOUND_WITHIN_SECONDS = 900  # of its cancel, or of what happened last; after that its execution is looked for
_LOOKED_FOR_SECONDS = 3_600


def with_overdue_marked(order: Order, now: int) -> Order:
    """The order with its overdue waits marked. Where there are none, it is written all the same: the index named it too
    early, and a write sets that right."""
    waits = {
        key: wait.changed(overdue=True) if is_overdue(key, wait, now) else wait
        for key, wait in order.waits.items()
        if WaitKey(key).kind is not WaitKind.HOLD or hold_clock.is_kept(order)
    }
    return order.changed(waits=waits).looked_over(now)


def is_overdue(key: str, wait: Wait, now: int) -> bool:
    if wait.due_at is None:
        return False
    return wait.due_at + (LEADS_GRACE_SECONDS if key == LEADS_WAIT else 0) < now


def next_look_at(order: Order) -> int | None:
    """When the sweeper must look at the order. None while no wait has a date.

    The machine parks an action without knowing the other waits, and it leaves an existing date as it is, because an update
    has no minimum. So no date stands for longer than the shortest deadline of an action that may still park.
    """
    dates = [wait.due_at for wait in order.waits.values() if wait.due_at and not wait.overdue]
    if dates and (soonest := _soonest_seconds(order)) is not None:
        dates.append(max(order.activity, order.looked_at or 0) + soonest)
    if (hold_at := hold_clock.next_look_at(order)) is not None:
        dates.append(hold_at)
    if (look_at := await_payment.next_look_at(order)) is not None:
        dates.append(look_at)
    if order.is_lead and order.lead_ends_at:
        dates.append(order.lead_ends_at)
    if is_unwinding(order):
        looked_at = order.looked_at or 0
        again = looked_at + _LOOKED_FOR_SECONDS
        dates.append(again if looked_at >= order.activity else order.activity + UNWOUND_WITHIN_SECONDS)
    return min(dates, default=None)


def is_unwinding(order: Order) -> bool:
    """Whether a running execution still takes back what a canceled order did."""
    return order.step_status is StepStatus.CANCELED and order.unwound_at is None and order.has_machine


def _soonest_seconds(order: Order) -> int | None:
    """The shortest time in which something that does not wait now could be overdue."""
    if order.step_status is StepStatus.CANCELED:
        return UNDO_DUE_SECONDS
    waiting = {key for key, wait in order.waits.items() if not wait.overdue}
    hours = (
        action.due_hours
        for key, action in order.actions.items()
        if action.step_id == order.step_id and not (action.met or action.optional or key in waiting)
    )
    soonest = min(hours, default=None)
    return None if soonest is None else soonest * 3600
