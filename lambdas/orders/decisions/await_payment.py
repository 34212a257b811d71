"""Orders that wait to be paid: which action waits, and how the order is asked to look for its money. Pure."""

from lambdas.orders.decisions.progress import unmet_prereqs
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order, without
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import WaitKey

AWAITING_MODULE = "await_payment"
INVOICING_MODULE = "generate_invoice"
LOOKS = {"look": "1"}  # the input of a run that looks for money, and asks a bank for none
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
    return _asked_to_look(order, waiting, by=by, now=now)


def next_look_at(order: Order) -> int | None:
    """When an action that waits for money looks for it automatically; None: none does."""
    waiting = () if order.is_final or order.is_lead else order.actions_of(order.step_id)
    return min((each.look_at for each in waiting if each.look_at is not None), default=None)


def with_looks_due(order: Order, now: int) -> Order:
    """The order with a run requested for each action whose time to look has come. The very same order if there is none."""
    look_at = next_look_at(order)
    if look_at is None or look_at > now:
        return order
    due = [each for each in order.actions_of(order.step_id) if each.look_at is not None and each.look_at <= now]
    return _asked_to_look(order, due, by="", now=now)


def _asked_to_look(order: Order, actions: list[ChecklistAction], *, by: str, now: int) -> Order:
    waits = without(order.waits, *(WaitKey.action(action.action_id) for action in actions))
    changed = order.changed(activity=now, waits=waits)
    for action in actions:
        changed = changed.with_action(action.changed(requested_at=now, by=by, input=LOOKS, look_at=None))
    return changed


def _has_looked_in_vain(order: Order, action: ChecklistAction) -> bool:
    """Generate Invoice waits for money that is not held: for a debit, or for what is paid in place of one that failed."""
    debits = action.module == INVOICING_MODULE and order.hold is None
    if not (debits or action.module == AWAITING_MODULE) or action.met or not action.attempts:
        return False
    return action.requested_at is None and not unmet_prereqs(order, action)


def _with_refunds_retried(order: Order, now: int) -> Order:
    """A canceled order whose undo waits for a refund: without that wait, so that the machine tries again."""
    keys = [WaitKey.undo(key) for key, action in order.actions.items() if action.module in _REFUNDING_MODULES]
    waits = without(order.waits, *keys)
    return order if len(waits) == len(order.waits) else order.changed(activity=now, waits=waits)
