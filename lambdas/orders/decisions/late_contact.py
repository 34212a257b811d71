"""Contact data that was changed on an order after its client was there: it counts for that order alone, and the order says so.

An order's own address may differ from its client's on purpose (a quote's, a branch office's), so neither is changed by
changing the other; `client.update` corrects the client.
"""

from lambdas.orders.contact.fields import CONTACT_FIELDS
from lambdas.orders.decisions.claims import is_busy
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order

_MAKES_THE_CLIENT = "provision_client"


def with_late_contact(before: Order, after: Order, now: int) -> Order:
    """The changed order, which names what of its contact data its client may have otherwise."""
    if before.is_lead or not (before.client_id or _is_client_being_made(before, now)):
        return after
    late = {key for key in CONTACT_FIELDS if text(before.info, key) != text(after.info, key)}
    if late <= set(before.contact_changed):
        return after
    return after.changed(contact_changed=tuple(sorted({*before.contact_changed, *late})))


def contact_note(order: Order) -> str:
    """Which contact data is meant, where the order's may be another than its client's; empty if it is the same."""
    if not order.contact_changed:
        return ""
    whose = f"client {order.client_id}" if order.client_id else "the client"
    fields = ", ".join(order.contact_changed)
    return f"{fields}: changed after {whose} was made, so it counts for this order alone; client.update corrects the client"


def _is_client_being_made(order: Order, now: int) -> bool:
    return any(action.module == _MAKES_THE_CLIENT and is_busy(action, now) for action in order.actions.values())
