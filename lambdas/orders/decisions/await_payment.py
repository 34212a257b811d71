"""Orders that wait to be paid: which action waits, and how the order is asked to look for its money. Pure."""

from lambdas.orders.decisions.progress import unmet_prereqs
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order, without
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import WaitKey

AWAITING_MODULE = "await_payment"
INVOICING_MODULE = "generate_invoice"
_REFUNDING_MODULES = (INVOICING_MODULE, "add_services")  # their undo refunds what was paid on invoices


def awaits_payment(order: Order) -> bool:
    """Whether an action of the order still waits for the payment before the actions after it run."""
    return any(action.module == AWAITING_MODULE and not action.met for action in order.actions.values())


def with_payment_check(order: Order, *, by: str, now: int) -> Order:
    """The order with a run requested for each action that waits for its money. The very same order if none waits.

    A run in progress may have looked before the money arrived. The requested run comes after it.
    """
    if order.step_status is StepStatus.CANCELED:
        return _with_refunds_retried(order, now)
    waiting = [action for action in order.actions_of(order.step_id) if _has_looked_in_vain(order, action)]
    if not waiting:
        return order
    waits = without(order.waits, *(WaitKey.action(action.action_id) for action in waiting))
    changed = order.changed(activity=now, waits=waits)
    for action in waiting:
        changed = changed.with_action(action.changed(requested_at=now, by=by))
    return changed


def _has_looked_in_vain(order: Order, action: ChecklistAction) -> bool:
    if action.module != AWAITING_MODULE or action.met or not action.attempts:
        return False
    return action.requested_at is None and not unmet_prereqs(order, action)


def _with_refunds_retried(order: Order, now: int) -> Order:
    """A canceled order whose undo waits for a refund: without that wait, so that the machine tries again."""
    keys = [WaitKey.undo(key) for key, action in order.actions.items() if action.module in _REFUNDING_MODULES]
    waits = without(order.waits, *keys)
    return order if len(waits) == len(order.waits) else order.changed(activity=now, waits=waits)
