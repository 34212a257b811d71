"""The latest changes of an order: when, who, what, why (`order.history`)."""

from lambdas.desk.desk import Desk
from lambdas.desk.pages.times import moment
from lambdas.orders.model.order import Order
from lambdas.read_models.history.reading import Entry, HistoryReader
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right
from lambdas.runtime.models import Frozen

_SHOWN = 30


class HistoryLine(Frozen):
    """`by`: who did it, in words. `why`: the reasons that were given, as far as the user may see them."""

    revision: int
    when: str
    by: str
    deed: str
    why: tuple[str, ...]


class HistoryShown(Frozen):
    """The newest first. `is_behind`: the latest changes are not recorded yet. `has_more`: older ones are not shown."""

    lines: tuple[HistoryLine, ...]
    is_behind: bool
    has_more: bool


def read_history(desk: Desk, user: ApiUser, order: Order) -> HistoryShown:
    personal = user.may_in(Right.PERSONAL_DATA, order.order_queue_id, order.brand_id)
    page = HistoryReader(HistoryTable(desk.history)).page(
        order, personal=personal, limit=_SHOWN, descending=True, cursor="", has_room=lambda entry: True
    )
    return HistoryShown(
        lines=tuple(_line(entry) for entry in page.entries),
        is_behind=page.recorded_revision < order.revision,
        has_more=page.next_cursor is not None,
    )


def _line(entry: Entry) -> HistoryLine:
    by = f"{entry.by} ({entry.actor.value})" if entry.by else entry.actor.value
    return HistoryLine(
        revision=entry.revision, when=moment(entry.at or None), by=by, deed=entry.deed, why=tuple(entry.why)
    )
