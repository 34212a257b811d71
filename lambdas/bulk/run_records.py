"""Runs in the record table: a head, the pages of planned orders, the outcome of each order, the counts of each page.

The list of all runs names their ids. It is in the order in which they were previewed.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from lambdas.bulk.errors import BulkBusyError
from lambdas.bulk.preview import Page
from lambdas.bulk.preview_records import page_of
from lambdas.bulk.run import Outcome, OutcomeKind, Run
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item, to_item

_HEAD, _OUTCOME, _COUNTS = "run", "outcome#", "counts#"
_LIST = "bulk_runs"


class RunRecords:
    """Every write is conditional. All of them may be repeated."""

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def find(self, run_id: str) -> Run | None:
        found = self._table.get(_pk(run_id), _HEAD)
        return Run.model_validate(found["run"]) if found else None

    def add(self, run: Run, pages: list[Page], *, previewed_at: int) -> Run:
        """Write the pages, the entry of the list, then the head. If the run was added before, return it as it is."""
        for number, page in enumerate(pages):
            self._table.put_new(
                {"pk": _pk(run.run_id), "sk": _page_sk(number), "orders": [list(order) for order in page]}
            )
        self._table.put_new({"pk": _LIST, "sk": f"{previewed_at:011d}.{run.run_id}", "run_id": run.run_id})
        if self._table.put_new(_head(run)):
            return run
        return self.find(run.run_id) or run

    def latest(self, *, behind: str = "", most: int) -> tuple[list[Run], str]:
        """Runs, the latest first, and where to continue; empty: none follows. An entry whose run was not written is left out."""
        page = self._table.client.query(
            TableName=self._table.name,
            KeyConditionExpression="pk = :pk AND sk < :behind",
            ExpressionAttributeValues=to_item({":pk": _LIST, ":behind": behind or "~"}),
            ScanIndexForward=False,
            Limit=most,
        )
        entries = [from_item(item) for item in page["Items"]]
        found = [run for entry in entries if (run := self.find(entry["run_id"]))]
        return found, entries[-1]["sk"] if entries and "LastEvaluatedKey" in page else ""

    def change(self, run_id: str, change: Callable[[Run], Run]) -> Run | None:
        """Write what is decided on the run as it is; decide again if another process wrote first. None: no such run."""
        patience = self._table.patience()
        while (run := self.find(run_id)) is not None:
            wanted = change(run)
            if wanted is run:
                return run
            written = wanted.changed(revision=run.revision + 1)
            if self._table.put_if("revision = :read", _head(written), read=run.revision):
                return written
            patience.wait_or_raise(BulkBusyError)
        return None

    def page(self, run_id: str, number: int) -> Page:
        found = self._table.get(_pk(run_id), _page_sk(number))
        return page_of(found["orders"]) if found else ()

    def outcomes_of_page(self, run_id: str, number: int) -> dict[str, Outcome]:
        """By place."""
        found = self._table.query(_pk(run_id), f"{_OUTCOME}{number:05d}.")
        return {outcome.place: outcome for outcome in map(_outcome, found)}

    def add_outcome(self, run_id: str, outcome: Outcome) -> None:
        """Keep the first outcome of an order: a run acts on it once."""
        sk = f"{_OUTCOME}{outcome.place}"
        self._table.put_new({"pk": _pk(run_id), "sk": sk, **outcome.model_dump()})

    def save_counts(self, run_id: str, number: int, counts: Mapping[str, int]) -> None:
        """Keep the counts of a page, unless more of its orders are counted already."""
        total = sum(counts.values())
        item = {"pk": _pk(run_id), "sk": f"{_COUNTS}{number:05d}", "counts": dict(counts), "counted": total}
        self._table.put_if("attribute_not_exists(pk) OR counted < :counted", item, counted=total)

    def counts(self, run_id: str) -> dict[OutcomeKind, int]:
        """Orders by outcome, of all pages that were come to."""
        counts: Counter[str] = Counter()
        for page in self._table.query(_pk(run_id), _COUNTS):
            counts.update(page["counts"])
        return {kind: counts[kind.value] for kind in OutcomeKind}

    def outcomes(
        self, run_id: str, *, behind: str = "", limit: int = 100, kind: OutcomeKind | None = None
    ) -> tuple[tuple[Outcome, ...], str]:
        """A page of outcomes by place, and the place to continue behind; empty: none follows."""
        wanted: dict[str, Any] = {
            "TableName": self._table.name,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ConsistentRead": True,
        }
        found: list[Outcome] = []
        first = f"{_OUTCOME}{behind}~" if behind else _OUTCOME  # `~` sorts behind all that a place has
        while True:
            values = {":pk": _pk(run_id), ":first": first, ":last": f"{_OUTCOME}~"}
            page = self._table.client.query(**wanted, ExpressionAttributeValues=to_item(values), Limit=limit + 1)
            for outcome in map(_outcome, map(from_item, page["Items"])):
                if kind in (None, outcome.outcome):
                    if len(found) == limit:
                        return tuple(found), found[-1].place
                    found.append(outcome)
                first = f"{_OUTCOME}{outcome.place}~"
            if "LastEvaluatedKey" not in page:
                return tuple(found), ""


def _outcome(item: Mapping[str, Any]) -> Outcome:
    return Outcome.model_validate({name: item[name] for name in Outcome.model_fields})


def _head(run: Run) -> dict[str, Any]:
    return {"pk": _pk(run.run_id), "sk": _HEAD, "revision": run.revision, "run": run.model_dump()}


def _pk(run_id: str) -> str:
    return f"bulk#{run_id}"


def _page_sk(number: int) -> str:
    return f"page#{number:05d}"
