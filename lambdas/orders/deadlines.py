"""Deadlines of waits. Pure."""

from lambdas.orders.order import Order, Wait
from lambdas.orders.progress import LEADS_WAIT

LEADS_GRACE_SECONDS = 3_600  # of leads of earlier versions: their machine cancels them at the deadline


def swept(order: Order, now: int) -> Order:
    """The order with its overdue waits marked. Where there are none, it is written all the same: the index named it too
    early, and a write sets that right."""
    waits = {
        key: wait.changed(overdue=True) if is_overdue(key, wait, now) else wait for key, wait in order.waits.items()
    }
    return order.changed(waits=waits)


def is_overdue(key: str, wait: Wait, now: int) -> bool:
    if wait.due_at is None:
        return False
    return wait.due_at + (LEADS_GRACE_SECONDS if key == LEADS_WAIT else 0) < now
