"""Looks for numbers that are missing in a series of documents, and in its years."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple

from lambdas.records.invoices.invoice import InvoiceKind
from lambdas.records.invoices.series import number_sk, read_counter, series_pk
from lambdas.records.table import RecordTable
from lambdas.runtime.items import Item, from_item, to_item
from lambdas.watch.invariants.violation import Promise, Violation

MOST_NAMED = 20  # numbers of one gap


class _Row(NamedTuple):
    number: int
    year: int
    nth: int


def of_series(table: RecordTable, brand_id: int, kind: InvoiceKind) -> Iterator[Violation]:
    """A number that is noted for a document is no gap yet: that document, or the next one, is issued under it.

    A number of a year that was left when the year was over is none either: it is noted as unused.
    """
    pk = series_pk(brand_id, kind)
    known, numbers, years = read_counter(table, pk), _Numbers(), defaultdict[int, _Numbers](_Numbers)
    for row in _rows(table, pk):
        numbers.see(row.number)
        if row.year and not years[row.year].see(row.nth):
            yield _violation(pk, f"{row.year}-{row.nth} is the number of two documents; the second is {row.number}")
    after = read_counter(table, pk)
    missing = numbers.missing(known.latest) - known.noted - after.noted
    yield from _gap(pk, missing)
    if numbers.highest > after.latest:
        yield _violation(pk, f"number {numbers.highest} is issued, and the counter is at {after.latest}")
    if not missing:  # A row that is gone is missing in its year too.
        for year, latest in known.latest_of.items():
            yield from _gap(pk, years[year].missing(latest) - known.waiting(year) - after.waiting(year), f" of {year}")


class _Numbers:
    """Numbers that come nearly in order: what is kept is what is missing so far."""

    def __init__(self) -> None:
        self.highest, self._missing = 0, set[int]()

    def see(self, number: int) -> bool:
        """Note a number. False if it was noted before."""
        if number > self.highest:
            self._missing.update(range(self.highest + 1, number))
            self.highest = number
            return True
        if number not in self._missing:
            return False
        self._missing.remove(number)
        return True

    def missing(self, latest: int) -> set[int]:
        return self._missing | set(range(self.highest + 1, latest + 1))


_MEND = "look for its row in a recovery to a point in time, and put it back; docs/runbooks/PromisesBroken.md"


def _gap(pk: str, missing: Collection[int], of: str = "") -> Iterator[Violation]:
    if missing:
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        yield _violation(pk, f"missing{of}: {', '.join(map(str, sorted(missing)[:MOST_NAMED]))}{more}")


def _violation(pk: str, what: str) -> Violation:
    return Violation(promise=Promise.GAPLESS, place=pk, what=what, mend=_MEND)


def _rows(table: RecordTable, pk: str) -> Iterator[_Row]:
    """The issued numbers, in order. Only these attributes are carried over the network."""
    values: Item = to_item({":pk": pk, ":first": number_sk(0), ":last": number_sk("9" * 9)})
    pages = table.client.get_paginator("query").paginate(
        TableName=table.name,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
        ExpressionAttributeValues=values,
        ProjectionExpression="sk, series_year, series_number",
        ConsistentRead=True,
    )
    for page in pages:
        for item in map(from_item, page["Items"]):
            number = int(str(item["sk"]).partition("#")[2])
            yield _Row(number, int(item.get("series_year", 0)), int(item.get("series_number", 0)))
