"""Looks for numbers that are missing in a series of documents."""

from collections.abc import Iterator

from lambdas.records.invoices.invoice import InvoiceKind
from lambdas.records.invoices.series import number_sk, read_noted_numbers, series_pk
from lambdas.records.table import RecordTable
from lambdas.runtime.items import Item, from_item, to_item
from lambdas.watch.invariants.violation import Promise, Violation

MOST_NAMED = 20  # numbers of one gap


def of_series(table: RecordTable, brand_id: int, kind: InvoiceKind) -> Iterator[Violation]:
    """A number that is noted for a document is no gap yet: that document, or the next one, is issued under it."""
    pk = series_pk(brand_id, kind)
    noted = read_noted_numbers(table, pk)
    latest, before = int((table.get(pk, "counter") or {}).get("latest", 0)), 0
    for number in _numbers(table, pk):
        yield from _gap(pk, [each for each in range(before + 1, number) if each not in noted])
        before = number
    yield from _gap(
        pk, [each for each in range(before + 1, latest + 1) if each not in noted | read_noted_numbers(table, pk)]
    )
    if before > latest:
        what = f"number {before} is issued, and the counter is at {latest}"
        yield Violation(promise=Promise.GAPLESS, place=pk, what=what, mend=_MEND)


_MEND = "look for its row in a recovery to a point in time, and put it back; docs/runbooks/PromisesBroken.md"


def _gap(pk: str, missing: list[int]) -> Iterator[Violation]:
    if missing:
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        what = f"missing: {', '.join(map(str, missing[:MOST_NAMED]))}{more}"
        yield Violation(promise=Promise.GAPLESS, place=pk, what=what, mend=_MEND)


def _numbers(table: RecordTable, pk: str) -> Iterator[int]:
    """The issued numbers, in order. Only keys are carried over the network."""
    values: Item = to_item({":pk": pk, ":first": number_sk(0), ":last": number_sk("9" * 9)})
    pages = table.client.get_paginator("query").paginate(
        TableName=table.name,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
        ExpressionAttributeValues=values,
        ProjectionExpression="sk",
        ConsistentRead=True,
    )
    for page in pages:
        yield from (int(str(from_item(item)["sk"]).partition("#")[2]) for item in page["Items"])
