"""History follows the order stream: it writes one item a revision, chained by hashes. The announcer calls it.

A change may come twice, late or after a gap. An item is written on the condition that there is none in its place. After a gap,
an item carries all values of the revision that it changed, so that it and later ones can be read. The item before it is known
from the last call, or read from the table.

Longer than 200 lines, because every way in which a change can come is handled in one place.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar

from lambdas.orders.model.fingerprint import fingerprint
from lambdas.orders.model.order import Order
from lambdas.read_models.history.deeds import AS_IT_STANDS, EDIT, REMOVE, Actor, Deed, actor_named, deed_of
from lambdas.read_models.history.item import HistoryItem, Link, Part, UnreadableItemError
from lambdas.read_models.history.table import HistoryTable, Record
from lambdas.read_models.history.texts import digest, unpacked
from lambdas.read_models.history.values import Values, changes, values_of
from lambdas.runtime.items import to_item, value_bytes
from lambdas.runtime.telemetry import MetricUnit, logger, metrics

_REMEMBERED = 5_000
# An older change comes from a redrive. Then the table is read: the order may be further, or erased.
_FRESH_SECONDS = 900
_LARGEST_BYTES = 400 * 1024
ERASE = "erase"
T = TypeVar("T")


def name_of(order: Order) -> str:
    """How history names an order: its number and fingerprint."""
    return f"{order.order_id}-{fingerprint(order.hash)}"


@dataclass(frozen=True)
class _Place:
    """The place of an item. `is_erased`: the order was erased, so that its personal values must not be kept."""

    previous: Link = field(default_factory=Link)
    is_late: bool = False
    is_erased: bool = False


class History:
    """The history of orders, as a follower of the stream. `now`: Unix seconds. `is_anchored`: note which orders change on a
    day, for its anchor."""

    def __init__(self, table: HistoryTable, now: Callable[[], int], *, is_anchored: bool = False) -> None:
        self._table, self._now, self._is_anchored = table, now, is_anchored
        self._heads: dict[str, Link] = {}
        self._marked: dict[str, str] = {}

    def follow(self, old: Order | None, new: Order | None) -> None:
        """Record a change. `old` None: the order was created, or comes as it stands. `new` None: it was removed."""
        if new is None:
            if old is not None:
                self._record_removal(old)
        elif old is not None and old.revision == new.revision:
            self._record_edit(old, new)
        else:
            self._record_revision(old, new)

    def erase(self, order_id: str, *, by: str = "") -> int:
        """Erase the personal values of an order from its history. Return how many items had any. The chain stays whole.

        `by`: who does it. An item beside the chain says so, once for each time that there was something to erase, and before it
        is erased. So a run that was interrupted and begins again leaves nothing unsaid.
        """
        if not self._table.count_personal(order_id):
            return 0
        for of in self._table.chains_of(order_id):
            self._record_erasure(of, by)
        return self._table.erase_personal(order_id, now=self._now())

    def _record_erasure(self, of: str, by: str) -> None:
        newest = self._table.newest(of)
        found = _readable(newest) if newest is not None else None
        if found is None or found.deed == Deed(actor_named(by), by, ERASE, found.deed.at):
            return
        last = _chained(found)
        deed = Deed(actor_named(by), by, ERASE, self._now())
        beside = [each for each in self._table.of_revision(of, last.revision) if f"#{ERASE}" in each["sk"]]
        side = f"{ERASE}{len(beside) + 1:03d}"
        self._put(
            HistoryItem(
                of=of, revision=last.revision, after=last.revision, previous=last, deed=deed, plain=Part(), side=side
            )
        )

    def _record_revision(self, old: Order | None, new: Order) -> None:
        deed = deed_of(old, new)
        item = _fitting(old, new, deed, self._place(name_of(new), old.revision if old else 0, new.revision, deed))
        item = self._without_erased(item)
        existing = self._put(item)
        if existing is not None:
            _compare(item, existing)

    def _without_erased(self, item: HistoryItem) -> HistoryItem:
        """The item without former values of a person, if this order's were erased: a correction would bring them back."""
        personal = item.personal
        if personal is None or not personal.tells_former or not self._table.was_erased(item.of):
            return item
        return replace(item, personal=None if personal.base else personal.without_former())

    def _record_edit(self, old: Order, new: Order) -> None:
        """Record that somebody edited the row without raising its revision."""
        of = name_of(new)
        item = self._without_erased(_fitting(old, new, deed_of(old, new), self._read_place(of, old.revision + 1)))
        if not item.plain.changes and item.personal is None:
            return
        beside = [record for record in self._table.of_revision(of, old.revision) if f"#{EDIT}" in record["sk"]]
        if any(item.says_the_same(HistoryItem.read(record)) for record in beside):
            return
        logger.warning("order was edited without a new revision", order_id=old.order_id, revision=old.revision)
        self._put(replace(item, side=f"{EDIT}{len(beside) + 1:03d}"))

    def _record_removal(self, old: Order) -> None:
        """Record that the row is gone. If its time to live removed it, erase its personal values."""
        of, now = name_of(old), self._now()
        is_expired = old.expires_at is not None and old.expires_at <= now
        deed = (
            Deed(Actor.MACHINE, "", ERASE, old.expires_at or now)
            if is_expired
            else Deed(Actor.CONSOLE, "", REMOVE, now)
        )
        place = self._read_place(of, old.revision + 1)
        self._put(
            HistoryItem(
                of=of,
                revision=old.revision,
                after=old.revision,
                previous=place.previous,
                deed=deed,
                plain=Part(),
                side=deed.how,
            )
        )
        if is_expired:
            self._table.erase_personal(old.order_id, of=of, now=now)

    def _put(self, item: HistoryItem) -> Record | None:
        """Write the item and remember it as its order's last one. Return what is there already instead."""
        record = item.record()
        if self._is_anchored:
            self._mark(item.of)
        existing = self._table.put_new(record)
        if existing is None and not item.side and not item.is_late:
            _remember(self._heads, item.of, Link(item.revision, digest(unpacked(record["content"]))))
        return existing

    def _mark(self, of: str) -> None:
        """Before the item is written, so that no item is without. Once a day, as far as this process knows."""
        today = datetime.fromtimestamp(self._now(), UTC).date().isoformat()
        if self._marked.get(of) != today:
            self._table.mark_changed(of, today)
            _remember(self._marked, of, today)

    def _place(self, of: str, after: int, revision: int, deed: Deed) -> _Place:
        if deed.at + _FRESH_SECONDS > self._now():
            head = self._heads.get(of)
            if head is not None and head.revision == after:
                return _Place(head)
            if revision == 1:
                return _Place()
        return self._read_place(of, revision)

    def _read_place(self, of: str, revision: int) -> _Place:
        newest = self._table.newest(of)
        if newest is None:
            return _Place()
        found = _readable(newest)
        if found is not None and found.revision < revision:
            return _Place(_chained(found), is_erased=_is_erased(found))
        below = self._table.newest(of, below=revision)
        before = _readable(below) if below is not None else None
        return _Place(
            _chained(before) if before else Link(),
            is_late=found is not None and not found.side,
            is_erased=found is not None and _is_erased(found),
        )


def _fitting(old: Order | None, new: Order, deed: Deed, place: _Place) -> HistoryItem:
    """The item of a change, with as much as an item holds: with former values, without them, or of the order as it stands."""
    item = _item(old, new, deed, place)
    if _fits(item):
        return item
    leaner = item.without_former()
    return leaner if _fits(leaner) else _item(None, new, replace(deed, how=AS_IT_STANDS), place)


def _fits(item: HistoryItem) -> bool:
    if len(repr(item)) < _LARGEST_BYTES // 8:
        return True
    return value_bytes({"M": to_item(item.record())}) <= _LARGEST_BYTES


def _item(old: Order | None, new: Order, deed: Deed, place: _Place) -> HistoryItem:
    after = old.revision if old else 0
    is_gap = place.previous.revision != after or deed.how == AS_IT_STANDS
    before, now = values_of(old) if old else Values(), values_of(new)
    personal = Part(changes(before.personal, now.personal), before.personal if is_gap else None)
    return HistoryItem(
        of=name_of(new),
        revision=new.revision,
        after=after,
        previous=place.previous,
        deed=deed,
        plain=Part(changes(before.plain, now.plain), before.plain if is_gap else None),
        personal=None if personal.is_empty or place.is_erased else personal,
        is_late=place.is_late,
    )


def _remember(known: dict[str, T], of: str, what: T) -> None:
    known.pop(of, None)
    known[of] = what
    while len(known) > _REMEMBERED:
        del known[next(iter(known))]


def _chained(item: HistoryItem) -> Link:
    """The item of the chain that the next one follows on."""
    return item.previous if item.side else item.link


def _is_erased(item: HistoryItem) -> bool:
    return item.side.startswith(ERASE)


def _readable(record: Record) -> HistoryItem | None:
    """None if the item was tampered with. `make verify-history` names it; what comes after is recorded all the same."""
    try:
        return HistoryItem.read(record)
    except UnreadableItemError as error:
        logger.error("history item cannot be read", order_id=record["pk"], item=record["sk"], reason=str(error))
        return None


def _compare(item: HistoryItem, existing: Record) -> None:
    """Log and count if another change is recorded under this revision. That one stays."""
    found = _readable(existing)
    if found is not None and (item.says_the_same(found) or AS_IT_STANDS in (item.deed.how, found.deed.how)):
        return
    metrics.add_metric("HistoryRefused", MetricUnit.Count, 1)
    logger.error(
        "history refused: another change is recorded under this revision",
        order_id=item.of.partition("-")[0],
        revision=item.revision,
    )
