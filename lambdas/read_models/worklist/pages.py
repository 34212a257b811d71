"""Pages of the worklist, most urgent first.

A list is read from the partitions of the queues that may be seen. What a page costs follows from its length: entries that are
passed over, because no partition is as narrow as the filter, are counted, and end the page early.
"""

import base64
import hashlib
import heapq
import json
import re
from collections.abc import Callable, Iterator
from math import ceil

from lambdas.orders.decisions.open_work import WorkKind
from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.read_models.worklist.entries import MOST_URGENT, Entry, of_person_in, of_queue, of_team_in
from lambdas.runtime.models import Frozen

MAX_PASSED_OVER = 500
_BEHIND_ALL = "~"  # above every character of a position
_AFTER = "!"  # below every character that continues a position
_CURSOR = re.compile(r"([0-9]#\d{12}#[^\n]{1,200})\n([0-9a-f]{32})")
_REFUSAL = (
    "is not one of this list: it was altered, or made with other filters or for a user who sees other queues; "
    "begin again without a cursor"
)

Read = Callable[[str, str, str, int], Iterator[Entry]]


class WorklistFilter(Frozen):
    """`queues`: those that may be seen. `teams`: one of them; none: any. `overdue_at`: due before it. `unassigned`: in nobody's
    hands."""

    queues: frozenset[int]
    teams: tuple[str, ...] = ()
    person: str = ""
    unassigned: bool = False
    kind: WorkKind | None = None
    overdue_at: int | None = None
    limit: int = 50
    cursor: str | None = None

    @property
    def list_name(self) -> str:
        """Names the whole list, of which every page is a part. `overdue_at` moves with the time, and is no part of it."""
        parts = self.model_dump(mode="json", exclude={"limit", "cursor", "queues", "overdue_at"})
        bound = {**parts, "queues": sorted(self.queues), "overdue": self.overdue_at is not None}
        return json.dumps(bound, sort_keys=True)

    def holds(self, entry: Entry) -> bool:
        """Whether the entry is in the list."""
        return (
            entry.order_queue_id in self.queues
            and (not self.teams or entry.team in self.teams)
            and (not self.person or entry.person == self.person)
            and not (self.unassigned and entry.person)
            and (self.kind is None or entry.kind is self.kind)
            and (self.overdue_at is None or entry.due_at < self.overdue_at)
        )


class EntryPage(Frozen):
    """Part of a list. No `next_cursor`: nothing follows. It may be shorter than asked for, and not be the last."""

    entries: tuple[Entry, ...] = ()
    next_cursor: str | None = None


def page_of(read: Read, criteria: WorklistFilter) -> EntryPage:
    """A page of the list. `read`: entries of a partition between two positions. Raises InvalidOrderError for a foreign cursor."""
    behind = _position_at(criteria.cursor, criteria.list_name) if criteria.cursor else ""
    chosen: list[Entry] = []
    passed_over = 0
    last = behind
    for entry in _candidates(read, criteria, behind):
        if len(chosen) == criteria.limit or passed_over == MAX_PASSED_OVER:
            return EntryPage(entries=tuple(chosen), next_cursor=_cursor_at(last, criteria.list_name))
        last = entry.position
        if criteria.holds(entry):
            chosen.append(entry)
        else:
            passed_over += 1
    return EntryPage(entries=tuple(chosen))


def _candidates(read: Read, criteria: WorklistFilter, behind: str) -> Iterator[Entry]:
    """The entries of the narrowest partitions, in the order of their positions."""
    partitions = _partitions(criteria)
    page_size = ceil((criteria.limit + 1) / max(len(partitions), 1)) + 1
    for first, last in _ranges(criteria.overdue_at):
        begin = max(first, f"{behind}{_AFTER}") if behind else first
        if begin <= last:
            sources = [read(partition, begin, last, page_size) for partition in partitions]
            yield from heapq.merge(*sources, key=lambda entry: entry.position)


def _ranges(overdue_at: int | None) -> list[tuple[str, str]]:
    """Bounds of positions, one after the other: what is overdue lies apart for each priority."""
    if overdue_at is None:
        return [("0", _BEHIND_ALL)]
    return [(f"{rank}#", f"{rank}#{overdue_at:012d}") for rank in range(MOST_URGENT + 1)]


def _partitions(criteria: WorklistFilter) -> list[str]:
    queues = sorted(criteria.queues)
    if criteria.person:
        return [of_person_in(queue, criteria.person) for queue in queues]
    if criteria.teams:
        return [of_team_in(queue, team) for queue in queues for team in criteria.teams]
    return [of_queue(queue) for queue in queues]


def _cursor_at(position: str, bound_to: str) -> str:
    text = f"{position}\n{_check(position, bound_to)}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _position_at(cursor: str, bound_to: str) -> str:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        text = ""
    found = _CURSOR.fullmatch(text)
    if found and cursor == _cursor_at(found[1], bound_to):
        return found[1]
    raise InvalidOrderError((Problem("cursor", _REFUSAL),))


def _check(position: str, bound_to: str) -> str:
    return hashlib.sha256(f"{position}.{bound_to}".encode()).hexdigest()[:32]
