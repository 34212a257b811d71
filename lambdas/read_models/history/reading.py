"""Reads the history of an order: pages of entries in words, and the order as it was."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.order import Order
from lambdas.read_models.history.deed_words import deed_in_words
from lambdas.read_models.history.deeds import Actor
from lambdas.read_models.history.history import name_of
from lambdas.read_models.history.item import HistoryItem, UnreadableItemError, prefix
from lambdas.read_models.history.past import order_of, version_at, version_of_revision
from lambdas.read_models.history.table import HistoryTable
from lambdas.read_models.history.words import FieldChange, field_changes, reasons
from lambdas.runtime.telemetry import logger

_CURSOR = re.compile(r"[0-9]{9}(#[a-z0-9]{1,12})?")
_LAST_REVISION = 100_000_000  # from this number on a number is a time
_LAST_TIME = 253_402_300_799
# `+` of a time zone is a blank in an address where nobody escaped it.
_BLANK_ZONE = re.compile(r" (\d\d:?\d\d)$")


@dataclass(frozen=True)
class Entry:
    """One change of an order. `side`: empty, or what stands beside the revisions: an edit by hand, a removal.

    `is_gap`: revisions before it are not recorded. `is_late`: a later one was recorded first. `is_erased`: its personal values
    were erased. `why` and personal changes are there only for those who may see them.
    """

    revision: int
    side: str
    at: int
    actor: Actor
    by: str
    how: str
    deed: str
    action_id: int
    why: tuple[str, ...]
    changes: tuple[FieldChange, ...]
    is_late: bool
    is_gap: bool
    is_erased: bool


@dataclass(frozen=True)
class HistoryPage:
    """`recorded_revision`: the newest that is recorded; history may be behind the order for a moment."""

    order_id: str
    revision: int
    recorded_revision: int
    entries: tuple[Entry, ...]
    next_cursor: str | None


class HistoryReader:
    """Reads for one installation. Orders are as the order table has them, and the caller may see them."""

    def __init__(self, table: HistoryTable) -> None:
        self._table = table

    def page(
        self,
        order: Order,
        *,
        personal: bool,
        limit: int,
        descending: bool = True,
        cursor: str = "",
        has_room: Callable[[Entry], bool] = lambda entry: True,
    ) -> HistoryPage:
        """Up to `limit` entries, as far as an answer has room. `personal`: with what tells of a person.

        Raises InvalidOrderError for a cursor that no page gave.
        """
        if cursor and not _CURSOR.fullmatch(cursor):
            raise InvalidOrderError((Problem("cursor", "is none: send next_cursor of the page before"),))
        of, entries, last = name_of(order), list[Entry](), ""
        recorded = self._newest_revision(of)  # before the entries, of which more may come meanwhile
        for record in self._table.after(of, cursor, descending=descending, page_size=limit + 1):
            entry = self._entry(record, order, personal=personal)
            if entries and (len(entries) == limit or not has_room(entry)):
                break
            entries.append(entry)
            last = record["sk"].removeprefix(prefix(of))
        else:
            last = ""
        return HistoryPage(order.order_id, order.revision, recorded, tuple(entries), last or None)

    def as_of(self, order: Order, at: str, now: int) -> Order:
        """The order as it was at a revision or a time. Raises InvalidOrderError, NotInHistoryError."""
        revision, moment = asked_version(at)
        if revision == order.revision:
            return order
        items = self._items(order, revision)
        found = (
            version_at(order, items, moment, now) if revision is None else version_of_revision(order, items, revision)
        )
        return order if found.revision == order.revision else order_of(order, found)

    def _items(self, order: Order, revision: int | None) -> Iterator[HistoryItem]:
        """Up to the one after this revision, which may tell what the order was before."""
        last = None if revision is None else min(revision + 1, _LAST_REVISION)
        for record in self._table.of_order(name_of(order), last=last):
            try:
                yield HistoryItem.read(record)
            except UnreadableItemError as error:
                logger.error(
                    "history item cannot be read", order_id=order.order_id, item=record["sk"], reason=str(error)
                )

    def _newest_revision(self, of: str) -> int:
        newest = self._table.newest(of)
        return int(newest["sk"].removeprefix(prefix(of))[:9]) if newest else 0

    def _entry(self, record: dict[str, object], order: Order, *, personal: bool) -> Entry:
        try:
            return entry_of(HistoryItem.read(record), order, personal=personal)
        except UnreadableItemError as error:
            sk = str(record["sk"])
            logger.error("history item cannot be read", order_id=order.order_id, item=sk, reason=str(error))
            revision = int(sk.partition("#")[2][:9])
            deed = f"this entry cannot be read, for {error}; an operator checks it with make verify-history"
            return Entry(
                revision,
                "",
                0,
                Actor.UNKNOWN,
                "",
                "unreadable",
                deed,
                0,
                (),
                (),
                is_late=False,
                is_gap=True,
                is_erased=False,
            )


def entry_of(item: HistoryItem, order: Order, *, personal: bool) -> Entry:
    deed = item.deed
    return Entry(
        revision=item.revision,
        side=item.side,
        at=deed.at,
        actor=deed.actor,
        by=deed.by,
        how=deed.how,
        deed=deed_in_words(item, order),
        action_id=deed.action_id,
        why=tuple(reasons(item)) if personal else (),
        changes=tuple(field_changes(item, order, personal=personal)),
        is_late=item.is_late,
        is_gap=item.is_gap,
        is_erased=item.is_erased,
    )


def asked_version(at: str) -> tuple[int | None, int]:
    """The revision asked for, or else the time, in Unix seconds. Raises InvalidOrderError."""
    text = at.strip()
    if text.isascii() and text.isdecimal() and len(text) <= 12:
        number = int(text)
        if number < _LAST_REVISION:
            return number, 0
        if number <= _LAST_TIME:
            return None, number
    try:
        moment = datetime.fromisoformat(_BLANK_ZONE.sub(r"+\1", text))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        text = "must be a revision, a time in Unix seconds, or one such as 2026-11-27T08:30:00Z with its time zone"
        raise InvalidOrderError((Problem("at", text),))
    return None, int(moment.astimezone(UTC).timestamp())
