"""The documents of a period, and what their series say of themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from lambdas.documents.wording import day_of
from lambdas.orders.model.money import format_cents
from lambdas.records.invoices.invoice import Invoice, InvoiceKind, invoices_pk
from lambdas.records.invoices.records import sort_key
from lambdas.records.invoices.series import Counter, read_counter, series_pk
from lambdas.records.invoices.totals_per_rate import net_cents
from lambdas.records.table import RecordTable
from lambdas.watch.invariants.of_series import of_series

_NAMES = {InvoiceKind.INVOICE: "invoices", InvoiceKind.CREDIT_NOTE: "credit notes"}


@dataclass(frozen=True)
class Books:
    """Documents of these brands, dated from `first` to `last`, both inclusive, by the calendar of their seller."""

    records: RecordTable
    brands: Sequence[int]
    first: date
    last: date

    def read(self) -> tuple[list[Invoice], list[str], bool]:
        """The documents, lines that say whether all are there, and whether they are."""
        documents, proof, is_whole = list[Invoice](), list[str](), True
        for brand in self.brands:
            for kind in InvoiceKind:
                found, lost = self._of_series(brand, kind)
                gaps = [violation.what for violation in of_series(self.records, brand, kind)]
                documents += found
                proof += self._proof(brand, kind, found, [*lost, *gaps])
                is_whole = is_whole and not lost and not gaps
        return documents, proof, is_whole

    def _of_series(self, brand: int, kind: InvoiceKind) -> tuple[list[Invoice], list[str]]:
        documents, lost = list[Invoice](), list[str]()
        for row in self.records.query(series_pk(brand, kind), "number#"):
            if not self._may_be_in(row.get("issued_at")):
                continue
            number = int(row["number"])
            found = self.records.get(invoices_pk(str(row["client_id"])), sort_key(kind, number))
            if found is None:
                lost.append(f"number {number} is taken, and its document is not there")
                continue
            document = Invoice.model_validate(found)
            if self.first.isoformat() <= day_of(document.issued_at, document.time_zone) <= self.last.isoformat():
                documents.append(document)
        return documents, lost

    def _may_be_in(self, issued_at: int | None) -> bool:
        """Whether a document of this moment may be of the period, in some time zone. Earlier releases did not note it."""
        if issued_at is None:
            return True
        day = datetime.fromtimestamp(int(issued_at), UTC).date()
        return self.first - timedelta(days=1) <= day <= self.last + timedelta(days=1)

    def _proof(self, brand: int, kind: InvoiceKind, found: list[Invoice], wrong: list[str]) -> Iterator[str]:
        what = f"brand {brand}, {_NAMES[kind]}"
        counter = read_counter(self.records, series_pk(brand, kind))
        yield f"{what}: {len(found)} in this period; {counter.latest} numbers were given in all, from 1"
        for currency in sorted({each.currency for each in found}):
            of_currency = [each for each in found if each.currency == currency]
            net, total = (
                sum(net_cents(each.lines) for each in of_currency),
                sum(each.total_cents for each in of_currency),
            )
            sums = ", ".join(
                f"{name} {format_cents(cents, currency)}"
                for name, cents in (("net", net), ("tax", total - net), ("total", total))
            )
            yield f"{what}: {sums} {currency}"
        for year, latest in sorted(counter.latest_of.items()):
            if self.first.year <= year <= self.last.year:
                yield f"{what}: {year} has the numbers 1 to {latest}{_not_issued(counter, year)}"
        yield from (f"{what}: WRONG: {each}" for each in wrong)
        if not wrong:
            yield f"{what}: no number is missing"


def _not_issued(counter: Counter, year: int) -> str:
    waiting = sorted(counter.noted_of.get(year, ()))
    unused = sorted(counter.unused.get(year, ()))
    parts = ((waiting, "being issued now, or free for the next"), (unused, "unused, because the year was over"))
    return "".join(f"; {', '.join(map(str, numbers))}: {why}" for numbers, why in parts if numbers)
