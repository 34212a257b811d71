"""The worklist as a user sees it: a page of entries, with their orders as they are now."""

from collections.abc import Mapping
from dataclasses import dataclass

from lambdas.access.visibility import order_seen_by
from lambdas.catalog.plan import Plan
from lambdas.orders.decisions.open_work import OpenWork, open_work
from lambdas.orders.model.order import Order
from lambdas.orders.ports import OrderStore
from lambdas.orders.table.entries import UnreadableOrder
from lambdas.read_models.worklist.entries import Entry, entry_of
from lambdas.read_models.worklist.pages import WorklistFilter, page_of
from lambdas.read_models.worklist.store import WorklistStore
from lambdas.read_models.worklist.violations import Violations
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right
from lambdas.runtime.models import Frozen


class WorkEntry(Frozen):
    """Open work of an order. `order`: as the user may see it. `now`: Unix seconds."""

    order: Order
    work: OpenWork
    now: int

    @property
    def is_overdue(self) -> bool:
        return self.work.due_at < self.now


class WorklistPage(Frozen):
    """Part of a worklist. No `next_cursor`: nothing follows. `behind_since`: since when at least the list does not know of some
    changes (Unix seconds); None: no sign of that. `violations`: broken promises, on the first page alone."""

    entries: tuple[WorkEntry, ...] = ()
    unreadable: tuple[UnreadableOrder, ...] = ()
    next_cursor: str | None = None
    behind_since: int | None = None
    violations: Violations = Violations()


@dataclass(frozen=True)
class WorklistReader:
    """Reads the worklist for a user."""

    store: WorklistStore
    orders: OrderStore
    user: ApiUser
    plans: Mapping[str, Plan]
    now: int

    def read(self, criteria: WorklistFilter) -> WorklistPage:
        """A page of the list. Each entry is as its order says it now. An entry whose work is over is left out.

        Raises InvalidOrderError for a foreign cursor.
        """
        page = page_of(self.store.read, criteria)
        found = {order.order_id: order for order in self.orders.get_many(_ids(page.entries))}
        shown, unreadable, behind = list[WorkEntry](), dict[str, UnreadableOrder](), list[int]()
        for entry in page.entries:
            order = found.get(entry.order_id)
            if isinstance(order, UnreadableOrder):
                unreadable[order.order_id] = order
            elif order is None or not self.user.may_in(Right.VIEW, order.order_queue_id, order.brand_id):
                continue
            elif (work := _as_it_is(entry, order)) is None or not criteria.holds(entry_of(order, work)):
                behind.append(order.activity)
            else:
                shown.append(WorkEntry(order=order_seen_by(self.user, order, self.plans), work=work, now=self.now))
        return WorklistPage(
            entries=tuple(shown),
            unreadable=tuple(unreadable.values()),
            next_cursor=page.next_cursor,
            behind_since=min(behind, default=None),
        )


def _ids(entries: tuple[Entry, ...]) -> list[str]:
    return list(dict.fromkeys(entry.order_id for entry in entries if entry.order_id))


def _as_it_is(entry: Entry, order: Order) -> OpenWork | None:
    """The entry's work as the order has it now. None: it is over, and the list has not heard of that yet."""
    return next((work for work in open_work(order) if work.key == entry.key), None)
