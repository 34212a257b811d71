"""Outstanding money of a skipped action: held, or refunded without notice. Pure.

The order continues, because nothing waits for a skipped action. The wait shows it to the action's owner until a run of the
module has cleared the money. The wait has no token, because no execution stands there.
"""

from lambdas.orders.decisions.claims import ASKED_SECONDS
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order, Wait, without
from lambdas.orders.model.waits import DISPUTE_WAIT, REFUND_WAIT, WaitKey


def with_outstanding(order: Order, action_id: int, *, why: str, now: int) -> Order:
    """The order with a wait for the owner of its skipped action. `why`: what is outstanding. An order whose action is no
    longer skipped, or that was canceled, stays as it is.
    """
    action = order.actions[str(action_id)]
    if not _is_outstanding(order, action):
        return order
    told = action.changed(requested_at=None)
    if why not in action.reason:
        told = told.changed(reason=f"{action.reason}; {why}; process this action to have it tried again")
    due_at = now + action.due_hours * 3600
    known = order.waits.get(WaitKey.outstanding(action_id))
    wait = known or Wait(token="", since=now, due_at=due_at, owner=action.owner)
    changed = order.with_action(told)
    return changed.changed(waits={**order.waits, WaitKey.outstanding(action_id): wait})


def without_outstanding(order: Order, action_id: int) -> Order:
    """The order without the wait for outstanding money. The very same order if there was none."""
    action = order.actions[str(action_id)]
    if WaitKey.outstanding(action_id) not in order.waits or not _is_outstanding(order, action):
        return order
    told = action.changed(requested_at=None, reason=f"{action.reason}; cleared since")
    return order.with_action(told).changed(waits=without(order.waits, WaitKey.outstanding(action_id)))


def with_retry_requested(order: Order, action_id: int, *, by: str, now: int) -> Order | None:
    """The order with a run requested that clears the outstanding money. None if nothing is outstanding. The wait stays until
    the run is done.
    """
    if WaitKey.outstanding(action_id) not in order.waits:
        return None
    action = order.actions[str(action_id)]
    if action.requested_at is not None and now < action.requested_at + ASKED_SECONDS:
        return order
    return order.with_action(action.changed(requested_at=now, by=by)).changed(activity=now)


def outstanding_waits(order: Order) -> dict[str, Wait]:
    """The waits that outlive a move or a new execution: those of actions that are still skipped, and those about the order's
    money.
    """
    of_actions = (
        (WaitKey.outstanding if action.state is ActionState.SKIPPED else WaitKey.hold)(action.action_id)
        for action in order.actions.values()
    )
    keys = (*of_actions, DISPUTE_WAIT, REFUND_WAIT)
    return {key: order.waits[key] for key in keys if key in order.waits}


def _is_outstanding(order: Order, action: ChecklistAction) -> bool:
    return action.state is ActionState.SKIPPED and order.canceled_at is None
