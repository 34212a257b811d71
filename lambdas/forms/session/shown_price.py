"""What a page showed of the order and its price, signed for the session it was shown to: the button charges that or nothing."""

import re

from lambdas.forms.session.session import Session
from lambdas.orders.decisions.seen import Seen, content_digest, price_digest
from lambdas.orders.errors import RevisionDiffersError
from lambdas.orders.model.order import Order

SEEN = "seen"  # the input's name
_STAMP = re.compile(r"([0-9]{1,12})\.([A-Z]{3})\.([0-9a-f]{32})\.([0-9a-f]{32}|)\.[A-Za-z0-9_-]{43}")


def stamp_of(session: Session, shown: Order) -> str:
    """Of the order as it is shown, which may be ahead of the session's order by what is typed on the page."""
    content = content_digest(session.order) if session.order else ""
    said = f"{shown.total_cents}.{shown.currency}.{price_digest(shown)}.{content}"
    return f"{said}.{session.derived(_purpose(session, said))}"


def seen_on(session: Session, stamp: str) -> Seen | None:
    """What the page of this stamp showed; None if the stamp is not ours, or of another session or order."""
    found = _STAMP.fullmatch(stamp)
    said, _, signature = stamp.rpartition(".")
    if found is None or not session.is_derived(_purpose(session, said), signature):
        return None
    total, currency, price, content = found.groups()
    return Seen(total_cents=int(total), currency=currency, price=price, content=content)


def refuse_unseen(order: Order, seen: Seen | None, now: int) -> Seen:
    """What the page showed. Raises RevisionDiffersError if the order is another one by now, or nobody says what was shown."""
    if seen is None:
        raise RevisionDiffersError(order.order_id, order.revision)
    if not order.is_being_submitted(now):
        seen.refuse_other_content(order)
    return seen


def _purpose(session: Session, said: str) -> str:
    order_id = session.order.order_id if session.order else ""
    return f"seen:{order_id}:{said}"
