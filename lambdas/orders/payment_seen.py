"""Orders that wait to be paid: which action waits, and how it is told that the money came."""

from lambdas.orders.decisions.progress import UNDO, unmet_prereqs
from lambdas.orders.errors import OrderNotFoundError
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order, without
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.ports import OrderStore
from lambdas.orders.store import save

AWAITING_MODULE = "await_payment"
INVOICING_MODULE = "generate_invoice"
_GIVE_BACK = (INVOICING_MODULE, "add_services")  # modules whose undo gives back what was paid on invoices


def awaits_payment(order: Order) -> bool:
    """Whether an action of the order has still to see that it is paid, before what comes after it."""
    return any(action.module == AWAITING_MODULE and not action.met for action in order.actions.values())


def payment_seen(order: Order, *, by: str, now: int) -> Order:
    """The order with a run asked for of what waits for its money; the very same order if nothing does.

    A run that is under way may have looked before the money was there: it is asked for all the same, and comes after it.
    """
    if order.step_status is StepStatus.CANCELED:
        return _returned(order, now)
    waiting = [action for action in order.actions_of(order.step_id) if _looked_for_it(order, action)]
    if not waiting:
        return order
    changed = order.changed(activity=now, waits=without(order.waits, *(str(action.action_id) for action in waiting)))
    for action in waiting:
        changed = changed.with_action(action.changed(requested_at=now, by=by))
    return changed


def tell_paid(store: OrderStore, order_id: str, *, by: str, now: int) -> None:
    """Have the order look for its money now. It may be told again."""
    try:
        order = store.get(order_id)
    except OrderNotFoundError:
        return

    def change(current: Order) -> Order:
        wanted = payment_seen(current, by=by, now=now)
        return wanted if wanted is current else wanted.changed(changed_by=by, changed_how="process")

    save(store, order, change)


def _looked_for_it(order: Order, action: ChecklistAction) -> bool:
    if action.module != AWAITING_MODULE or action.met or not action.attempts:
        return False
    return action.requested_at is None and not unmet_prereqs(order, action)


def _returned(order: Order, now: int) -> Order:
    """A canceled order whose undo waits for money to be paid back: it is tried again."""
    keys = [f"{UNDO}{key}" for key, action in order.actions.items() if action.module in _GIVE_BACK]
    waits = without(order.waits, *keys)
    return order if len(waits) == len(order.waits) else order.changed(activity=now, waits=waits)
