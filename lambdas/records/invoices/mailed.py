"""How far the documents of each series were mailed. Nothing is written when a document is issued: its series tells of it."""

from typing import NamedTuple

from lambdas.records.invoices.invoice import InvoiceKind
from lambdas.records.invoices.series import read_counter, series_pk
from lambdas.records.table import RecordTable

_STAGE = "mailed"
_NOT_HIGHER = "attribute_not_exists(pk) OR done <= :done"
_FIRST_LOOK = 100  # numbers of a series that was never looked at; older documents were issued before mails were wanted


class Progress(NamedTuple):
    """All documents up to number `done` are settled, and those in `above` too. Mailed, or not to be mailed: settled."""

    done: int
    above: frozenset[int] = frozenset()

    def with_settled(self, numbers: frozenset[int]) -> "Progress":
        settled, done = self.above | numbers, self.done
        while done + 1 in settled:
            done += 1
        return Progress(done, frozenset(number for number in settled if number > done))


class MailedDocuments:
    """The rows that tell when mailing began on this stage, and how far it came in each series."""

    def __init__(self, records: RecordTable) -> None:
        self._records = records

    def began_at(self, now: int) -> int:
        """When mailing began on this stage, in Unix seconds: now, if it never did."""
        self._records.put_new({"pk": _STAGE, "sk": _STAGE, "began_at": now})
        found = self._records.get(_STAGE, _STAGE)
        return int(found["began_at"]) if found else now

    def progress(self, brand_id: int, kind: InvoiceKind) -> Progress:
        found = self._records.get(*_key(brand_id, kind))
        if found:
            return Progress(int(found["done"]), frozenset(map(int, found["above"])))
        latest = read_counter(self._records, series_pk(brand_id, kind)).latest
        return Progress(max(0, latest - _FIRST_LOOK))

    def keep(self, brand_id: int, kind: InvoiceKind, progress: Progress) -> None:
        """Write it down, unless another run came further."""
        pk, sk = _key(brand_id, kind)
        record = {"pk": pk, "sk": sk, "done": progress.done, "above": sorted(progress.above)}
        self._records.put_if(_NOT_HIGHER, record, done=progress.done)


def _key(brand_id: int, kind: InvoiceKind) -> tuple[str, str]:
    return f"{_STAGE}#{brand_id}#{kind.value}", _STAGE
