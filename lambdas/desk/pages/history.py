"""The latest changes of an order: when, who, what, why (`order.history`)."""

import json
from typing import Any

from lambdas.desk.desk import Desk
from lambdas.desk.pages.times import moment
from lambdas.orders.model.order import Order
from lambdas.read_models.history.reading import Entry, HistoryReader
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right
from lambdas.runtime.models import Frozen

_ON_ORDER, _ON_A_PAGE = 15, 50
_LONGEST = 300


class Difference(Frozen):
    """`before`, `after`: empty for no value."""

    label: str
    before: str
    after: str


class HistoryLine(Frozen):
    """`by`: who did it, in words. `why`: the reasons that were given, `changes`: what changed, as far as the user may see them.

    `is_version`: the order as it was then can be shown.
    """

    revision: int
    when: str
    by: str
    deed: str
    why: tuple[str, ...]
    changes: tuple[Difference, ...]
    is_version: bool


class HistoryShown(Frozen):
    """The newest first. `is_behind`: the latest changes are not recorded yet. `next_cursor`: for the older ones; or empty."""

    order_id: str
    lines: tuple[HistoryLine, ...] = ()
    is_behind: bool = False
    next_cursor: str = ""


def read_history(desk: Desk, user: ApiUser, order: Order, cursor: str = "", *, limit: int = _ON_ORDER) -> HistoryShown:
    """Raises InvalidOrderError for a cursor that no page gave."""
    personal = user.may_in(Right.PERSONAL_DATA, order.order_queue_id, order.brand_id)
    page = HistoryReader(HistoryTable(desk.history)).page(
        order, personal=personal, limit=limit, descending=True, cursor=cursor
    )
    return HistoryShown(
        order_id=order.order_id,
        lines=tuple(_line(entry) for entry in page.entries),
        is_behind=page.recorded_revision < order.revision,
        next_cursor=page.next_cursor or "",
    )


def read_whole_history(desk: Desk, user: ApiUser, order_id: str, cursor: str) -> HistoryShown:
    """A long page of it. Raises OrderNotFoundError, NotHereError, InvalidOrderError."""
    order = desk.order(user, order_id, "order.history")
    return read_history(desk, user, order, cursor, limit=_ON_A_PAGE)


def read_version(desk: Desk, user: ApiUser, order_id: str, at: str) -> Order:
    """The order as it was at a revision or a time. Raises OrderNotFoundError, NotHereError, InvalidOrderError,
    NotInHistoryError."""
    return HistoryReader(HistoryTable(desk.history)).as_of(desk.order(user, order_id), at, desk.now())


def _line(entry: Entry) -> HistoryLine:
    by = f"{entry.by} ({entry.actor.value})" if entry.by else entry.actor.value
    return HistoryLine(
        revision=entry.revision,
        when=moment(entry.at or None),
        by=by,
        deed=entry.deed,
        why=tuple(entry.why),
        changes=tuple(
            Difference(label=each.label, before=_shown(each.before), after=_shown(each.after)) for each in entry.changes
        ),
        is_version=not entry.side and entry.how != "unreadable",
    )


def _shown(value: Any) -> str:
    """A value as text, and not more of it than one reads."""
    said = "" if value is None else value if isinstance(value, str) else json.dumps(value, default=str)
    return f"{said[:_LONGEST]}…" if len(said) > _LONGEST else said
