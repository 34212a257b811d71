"""Numbers of a series of documents: each is used once, and none is left out.

A document has two numbers. One never begins again, and its id is made of it. The other is of its year, by the calendar of its
seller, and stands on it. Both are taken by one write before the transaction that issues the document, and noted beside the
counter under the document's ticket. So the same document gets the same numbers again after a crash, even after New Year. Numbers
stay unused if their document was refused or its process died; the next document takes them. No transaction touches the
counter, so issues do not wait for each other (docs/scale.md).

A number of a year belongs to one number of the other kind, whose row guards both. One that is left when its year is over stays
unused, and is noted as such.

Longer than 200 lines, because the writes of the counter and their conditions belong together.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from lambdas.records.invoices.invoice import NUMBER_DIGITS, InvoiceKind
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item, to_item
from lambdas.runtime.retry_budget import RetryBudget

STALE_SECONDS = 900  # No function lives as long.
_N, _SINCE, _YEAR, _NTH, _AT = "number", "since", "year", "nth", "at"
_PARTS = (_N, _SINCE, _YEAR, _NTH, _AT)
_NUMBER = f"{_N}#"
_UNUSED, _LATEST = "unused#", "latest#"


class Taken(NamedTuple):
    """Numbers that are taken for a document. `nth`: in its `year`. `at`: its date, as decided when they were taken."""

    number: int
    year: int
    nth: int
    at: int


class _Note(NamedTuple):
    """Numbers that are noted under a ticket. `since`: when they were noted; 0: they are free. `year` 0: of an earlier release."""

    ticket: str
    number: int
    since: int
    year: int
    nth: int
    at: int


def series_pk(brand_id: int | str, kind: InvoiceKind) -> str:
    """The partition of a series: one for each brand and kind of document."""
    return f"series#{brand_id}#{kind.value}"


def number_sk(number: int | str) -> str:
    """The sort key of a number in its series."""
    return f"number#{number:0>{NUMBER_DIGITS}}"


class Counter(NamedTuple):
    """How far a series came. `noted`: numbers that are not issued yet, or free for the next document, and those of years by year.

    `unused`: numbers of a year that no document has, nor will have. `latest_of`: by year.
    """

    latest: int
    noted: frozenset[int]
    noted_of: Mapping[int, frozenset[int]]
    unused: Mapping[int, frozenset[int]]
    latest_of: Mapping[int, int]

    def waiting(self, year: int) -> frozenset[int]:
        """Numbers of the year that no document has, for a reason that is known."""
        return self.noted_of.get(year, frozenset()) | self.unused.get(year, frozenset())


def read_counter(table: RecordTable, pk: str) -> Counter:
    """The counter of the series, as it stands."""
    stored = table.get(pk, "counter") or {}
    notes = _notes(stored)
    unused = [tuple(map(int, name.split("#")[1:])) for name in stored if name.startswith(_UNUSED)]
    years = {note.year for note in notes} | {year for year, _ in unused}
    return Counter(
        latest=int(stored.get("latest", 0)),
        noted=frozenset(note.number for note in notes),
        noted_of={year: frozenset(note.nth for note in notes if note.year == year) for year in years},
        unused={year: frozenset(nth for of, nth in unused if of == year) for year in years},
        latest_of={int(name[len(_LATEST) :]): int(at) for name, at in stored.items() if name.startswith(_LATEST)},
    )


class SeriesBusyError(Exception):
    """Too many documents were issued in the series at this moment; nothing was issued, try again."""


class Series:
    """One series in the record table, under `pk`. `now` gives Unix seconds. `zone`: by which its years begin."""

    def __init__(self, table: RecordTable, pk: str, now: Callable[[], int], zone: str = "UTC") -> None:
        self._table, self._pk, self._now, self._zone = table, pk, now, zone

    def take(self, document: str, at: int) -> Taken:
        """Take numbers for this document: those it has, else unused ones, else the next. Raises SeriesBusyError.

        `at`: its date, which decides its year. If it took numbers in another year moments ago, it keeps them and that date.
        """
        ticket, year, patience = _ticket(document), self._year(at), RetryBudget()
        while True:
            notes = {note.ticket: note for note in _notes(self._table.get(self._pk, "counter") or {})}
            mine = notes.get(ticket)
            if mine and (mine.year == year or (mine.year and mine.since > self._long_ago())):
                return Taken(mine.number, mine.year, mine.nth, at if mine.year == year else mine.at)
            free = mine or self._least_free(notes.values(), year)
            taken = self._take_over(ticket, free, year, at) if free else self._take_next(ticket, year, at)
            if taken:
                return taken
            patience.wait_or_raise(lambda: SeriesBusyError("the series is busy"))

    def close(self, document: str, number: int) -> None:
        """Remove the note of a number that is used now. If the document was given another one since, that stays noted."""
        remove = ", ".join(f"#{part}" for part in _PARTS)
        self._write(f"REMOVE {remove}", _ticket(document), {":number": number}, condition=_IS_ITS, names=_PARTS)

    def give_back(self, document: str, number: int) -> None:
        """Free the number: the document is not issued under it."""
        values = {":never": 0, ":number": number}
        self._write(f"SET #{_SINCE} = :never", _ticket(document), values, condition=_IS_ITS, names=(_N, _SINCE))

    def renumber(self, document: str, number: int, *, free: bool) -> None:
        """The number was issued with another number of a year. Keep the one that is noted for the document, with the next.

        `free`: for the next document.
        """
        update = f"SET latest = latest + :one, #{_N} = latest + :one"
        values, names = {":one": 1, ":number": number}, [_N]
        if free:
            update, values, names = f"{update}, #{_SINCE} = :never", {**values, ":never": 0}, [_N, _SINCE]
        self._write(update, _ticket(document), values, condition=_IS_ITS, names=names)

    def _year(self, at: int) -> int:
        if self._zone == "UTC":
            return datetime.fromtimestamp(at, UTC).year
        from zoneinfo import ZoneInfo

        return datetime.fromtimestamp(at, ZoneInfo(self._zone)).year

    def _long_ago(self) -> int:
        return self._now() - STALE_SECONDS

    def _least_free(self, notes: Any, year: int) -> _Note | None:
        """The least free numbers, of this year if there are any."""
        free = [note for note in notes if note.since <= self._long_ago()]
        return min(free, key=lambda note: (note.year != year, note.number), default=None)

    def _take_over(self, ticket: str, free: _Note, year: int, at: int) -> Taken | None:
        """Take free numbers. None if another process was faster. A number of another year is noted as unused."""
        own = free.ticket == ticket
        update = f"#{_N} = :number, #{_SINCE} = :now, #{_YEAR} = :year, #{_AT} = :at"
        values = {":number": free.number, ":now": self._now(), ":before": free.since, ":year": year, ":at": at}
        condition = f"#{_N} = :number AND #{_SINCE} = :before"
        more = {}
        if free.year == year:
            update += f", #{_NTH} = :nth"
            values[":nth"] = free.nth
        else:
            update += f", {_NEXT_OF_YEAR}"
            values |= {":none": 0, ":one": 1}
            more["#of_year"] = f"{_LATEST}{year}"
            if free.year:
                update += ", #unused = :one"
                more["#unused"] = f"{_UNUSED}{free.year}#{free.nth}"
        if not own:
            others = {f"#other_{part}": f"{part}#{free.ticket}" for part in _PARTS}
            more |= others
            update += f" REMOVE {', '.join(others)}"
            condition = f"#other_{_N} = :number AND #other_{_SINCE} = :before AND attribute_not_exists(#{_N})"
        found = self._write(f"SET {update}", ticket, values, condition=condition, more=more)
        if found is None:
            return None
        return Taken(free.number, year, free.nth if free.year == year else int(found[f"{_LATEST}{year}"]), at)

    def _take_next(self, ticket: str, year: int, at: int) -> Taken | None:
        """Take the numbers after the latest. None if this document is given some at this moment."""
        found = self._write(
            f"SET latest = if_not_exists(latest, :none) + :one, #{_N} = if_not_exists(latest, :none) + :one, "
            f"#{_SINCE} = :now, #{_YEAR} = :year, #{_AT} = :at, {_NEXT_OF_YEAR}",
            ticket,
            {":none": 0, ":one": 1, ":now": self._now(), ":year": year, ":at": at},
            condition=f"attribute_not_exists(#{_N})",
            more={"#of_year": f"{_LATEST}{year}"},
        )
        return Taken(int(found["latest"]), year, int(found[f"{_LATEST}{year}"]), at) if found is not None else None

    def _write(
        self,
        update: str,
        ticket: str,
        values: Mapping[str, int],
        *,
        condition: str,
        names: Sequence[str] = _PARTS,
        more: Mapping[str, str] | None = None,
    ) -> dict[str, Any] | None:
        """Make the update and return what it wrote; None if its condition failed. `names`: the parts of the note it names."""
        try:
            answer = self._table.client.update_item(
                TableName=self._table.name,
                Key=to_item({"pk": self._pk, "sk": "counter"}),
                UpdateExpression=update,
                ExpressionAttributeNames={f"#{part}": f"{part}#{ticket}" for part in names} | dict(more or {}),
                ExpressionAttributeValues=to_item(values),
                ConditionExpression=condition,
                ReturnValues="UPDATED_NEW",
            )
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return None
        return from_item(answer.get("Attributes", {}))


_IS_ITS = f"#{_N} = :number"
_NEXT_OF_YEAR = f"#of_year = if_not_exists(#of_year, :none) + :one, #{_NTH} = if_not_exists(#of_year, :none) + :one"


def _notes(counter: Mapping[str, Any]) -> list[_Note]:
    tickets = [name.removeprefix(_NUMBER) for name in counter if name.startswith(_NUMBER)]
    return [_Note(ticket, *(int(counter.get(f"{part}#{ticket}", 0)) for part in _PARTS)) for ticket in tickets]


def _ticket(document: str) -> str:
    """A short digest: every note makes each write of the counter larger."""
    return hashlib.sha256(document.encode()).hexdigest()[:12]
