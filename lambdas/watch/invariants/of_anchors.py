"""Looks for days whose history was not anchored, on a stage that asks for it."""

from collections.abc import Iterator

from lambdas.records.history_anchor import LastAnchor, days_not_anchored
from lambdas.records.table import RecordTable
from lambdas.watch.invariants.violation import Promise, Violation


def of_anchors(table: RecordTable, now: int) -> Iterator[Violation]:
    """`now`: Unix seconds."""
    last_day, _ = LastAnchor(table).read()
    if days := days_not_anchored(last_day, now):
        what = f"days without an anchor: {days}; the last one is of {last_day or 'no day'}"
        yield Violation(promise=Promise.ANCHORED, place="history", what=what, mend=_MEND)


_MEND = "see why the function watch.anchor fails, then run it; docs/runbooks/HistoryNotAnchored.md"
