"""When a lead expires: an order that nobody has submitted yet. Pure.

The sweeper (lambdas/watch) cancels a lead that nobody submits in time. Leads of earlier releases have an execution, which waits
for their submit and expires them.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lambdas.orders.decisions.progress import canceled
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.waits import LEADS_WAIT

if TYPE_CHECKING:  # runs of actions do not need it
    from lambdas.orders.model.queue import Queue

OWNER = "sales"
DAY_SECONDS = 86_400
ERASED_AFTER_SECONDS = (
    90 * DAY_SECONDS
)  # an expired lead has no reason to keep personal data (reference/order-systems.md 4.12)


def ends_at(queue: "Queue", now: int) -> int:
    """When a lead that is made now expires."""
    return now + (queue.leads.expires_after_days or 365) * DAY_SECONDS


def is_over(order: Order, now: int) -> bool:
    """A lead whose time is over, and that no execution will cancel."""
    if not order.is_lead or order.has_machine:
        return False
    until = lead_ends_at(order)
    return until is not None and until < now


def expired(lead: Order, *, now: int) -> Order:
    """Canceled because nobody submitted it in time, by nobody; it is erased some time later."""
    over = canceled(lead, now=now, because="the lead expired")
    return over.changed(expires_at=now + ERASED_AFTER_SECONDS, changed_by="", changed_how="expire", changed_because="")


def lead_ends_at(order: Order) -> int | None:
    """Unix seconds. Of a lead of an earlier version its execution's wait knows it."""
    if order.lead_ends_at is None and LEADS_WAIT in order.waits:
        return order.waits[LEADS_WAIT].due_at
    return order.lead_ends_at


def waits_of(order: Order) -> Mapping[str, Wait]:
    """The waits as people see them. A lead without an execution waits for its submit."""
    if not order.is_lead or order.lead_ends_at is None:
        return order.waits
    return {LEADS_WAIT: Wait(token="", since=order.ts, due_at=order.lead_ends_at, owner=OWNER)}
