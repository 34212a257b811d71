"""Names all that stays of a person who is erased, why, and for how long."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from infra.operate.person.found import Person, rows_of
from lambdas.records.invoices.invoice import Invoice, invoices_pk
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.quotes.contract import ContractRecords, KeptContract
from lambdas.records.table import RecordTable

ALWAYS = (
    "money: payments, the ledger of what providers were asked, disputes, and totals of orders stay; they name numbers, no person",
    "history: who did what and when stays, with its chain and anchors; its values of a person are erased",
    "recovery to a point in time of the tables has what was there for up to 35 days; dead letters for up to 14",
    "a stop of reminders stays as the digest of the address, so that none is mailed again",
    "not here: the payment provider's own records, mails that were sent, logs of your mail service: erase them there",
)


@dataclass(frozen=True)
class Retention:
    """`years`: how long invoices, and contracts of which one came, are kept by law. `now`: Unix seconds."""

    records: RecordTable
    years: int
    now: int

    def must_keep(self, contract: KeptContract) -> bool:
        """Whether it is the ground of an invoice that must still be kept."""
        if contract.order_id is None or InvoiceRecords(self.records).of_order(contract.order_id) is None:
            return False
        return self._ends_in(contract.content.signed_at) >= _year(self.now)

    def lines(self, person: Person) -> Iterator[str]:
        for client in person.clients:
            for invoice in self._documents(client.client_id):
                yield self._line(f"{invoice.kind.value.replace('_', ' ')} {invoice.shown_number}", invoice.issued_at)
        for order in person.orders:
            contract = ContractRecords(self.records).of_order(order.order_id)
            if contract and self.must_keep(contract):
                yield self._line(f"the contract of order {order.order_id}", contract.content.signed_at)
        yield from ALWAYS

    def _documents(self, client_id: str) -> list[Invoice]:
        rows = rows_of(self.records, invoices_pk(client_id))
        return [Invoice.model_validate(row) for row in rows if "lines" in row]

    def _line(self, what: str, at: int) -> str:
        last = self._ends_in(at)
        if last < _year(self.now):
            return f"{what} stays, although its time ended with {last}: issued documents are never changed here"
        return f"{what} stays until the end of {last}, because the law has it kept for {self.years} years"

    def _ends_in(self, at: int) -> int:
        return _year(at) + self.years


def _year(at: int) -> int:
    return datetime.fromtimestamp(at, UTC).year
