"""The entries of an order in the worklist. Pure.

An entry has no personal data and no text that somebody typed. A list of entries reads the orders themselves.
"""

from lambdas.orders.decisions.open_work import OpenWork, WorkKind, open_work
from lambdas.orders.model.order import Order
from lambdas.runtime.models import Frozen

MOST_URGENT = 3  # the highest priority of an order


class Entry(Frozen):
    """One thing that waits. `order_id` is empty for what is of no order; `about` then names the record. Unix seconds."""

    order_queue_id: int
    order_id: str = ""
    about: str = ""
    key: str
    kind: WorkKind
    team: str
    person: str = ""
    priority: int = 1
    since: int
    due_at: int

    @property
    def position(self) -> str:
        """Its place in every list: by priority, then by when it is due."""
        rank = MOST_URGENT - min(max(self.priority, 0), MOST_URGENT)
        return f"{rank}#{self.due_at:012d}#{self.order_id or self.about}#{self.key}"

    @property
    def lists(self) -> tuple[str, ...]:
        """The partitions that it stands in: of its queue, of its team there, and of its person there."""
        of_person = (of_person_in(self.order_queue_id, self.person),) if self.person else ()
        return (of_queue(self.order_queue_id), of_team_in(self.order_queue_id, self.team), *of_person)


def entries(order: Order) -> tuple[Entry, ...]:
    """The entries of an order; none if it waits for nobody."""
    return tuple(entry_of(order, work) for work in open_work(order))


def entry_of(order: Order, work: OpenWork) -> Entry:
    return Entry(
        order_queue_id=order.order_queue_id,
        order_id=order.order_id,
        key=work.key,
        kind=work.kind,
        team=work.team,
        person=work.person,
        priority=order.priority,
        since=work.since,
        due_at=work.due_at,
    )


def of_queue(order_queue_id: int) -> str:
    return f"worklist#{order_queue_id}"


def of_team_in(order_queue_id: int, team: str) -> str:
    return f"worklist#{order_queue_id}#team#{team}"


def of_person_in(order_queue_id: int, person: str) -> str:
    return f"worklist#{order_queue_id}#person#{person}"
