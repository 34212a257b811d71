"""Signed stamps of the order and price that a page showed to a session. The button charges exactly that, or nothing."""

import re

from lambdas.forms.session.session import Session
from lambdas.orders.decisions.lead.shown_order import ShownOrder, content_digest, price_digest
from lambdas.orders.errors import RevisionDiffersError
from lambdas.orders.model.order import Order

SEEN = "seen"  # the input's name
_STAMP = re.compile(r"([0-9]{1,12})\.([A-Z]{3})\.([0-9a-f]{32})\.([0-9a-f]{32}|)\.[A-Za-z0-9_-]{43}")


def stamp_of(session: Session, shown: Order) -> str:
    """The stamp of the order as shown, which may include entries of the page that are not saved yet."""
    content = content_digest(session.order) if session.order else ""
    stated = f"{shown.total_cents}.{shown.currency}.{price_digest(shown)}.{content}"
    return f"{stated}.{session.derived(_purpose(session, stated))}"


def seen_on(session: Session, stamp: str) -> ShownOrder | None:
    """The content and price that the page of this stamp showed; None if the stamp is not of this session and order."""
    found = _STAMP.fullmatch(stamp)
    stated, _, signature = stamp.rpartition(".")
    if found is None or not session.is_derived(_purpose(session, stated), signature):
        return None
    total, currency, price, content = found.groups()
    return ShownOrder(total_cents=int(total), currency=currency, price=price, content=content)


def refuse_unseen(order: Order, seen: ShownOrder | None, now: int) -> ShownOrder:
    """The shown content and price. Raises RevisionDiffersError if it is unknown or the order has changed."""
    if seen is None:
        raise RevisionDiffersError(order.order_id, order.revision)
    if not order.is_being_submitted(now):
        seen.refuse_other_content(order)
    return seen


def _purpose(session: Session, stated: str) -> str:
    order_id = session.order.order_id if session.order else ""
    return f"seen:{order_id}:{stated}"
