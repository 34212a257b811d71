"""A document is found by the number that stands on it, wherever its row stands in the series."""

import pytest

from lambdas.catalog.seller import Seller, Sellers
from lambdas.records.invoices.invoice import Invoice
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from tests.unit.records.builders import an_invoice

NEW_YEAR = 1_798_761_600  # 2027-01-01
SELLER = Seller(brand_id=1, name="S", address="A", city="C", country="DE", time_zone="UTC")


@pytest.fixture(autouse=True)
def _seller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdas.records.invoices.records.load_sellers", lambda: Sellers(brands=(SELLER,)))


def issue(records: RecordTable, nth: int, at: int, *, dies: bool = False) -> Invoice | None:
    def die(number: int) -> list[object]:
        raise KeyboardInterrupt

    draft = an_invoice(order_id=str(nth), client_id=str(nth), issued_at=at)
    invoices = InvoiceRecords(records, lambda: at)
    if dies:
        with pytest.raises(KeyboardInterrupt):
            invoices.issue(draft, also=die)
        return None
    return invoices.issue(draft)


def test_each_is_found_over_years_and_behind_numbers_of_processes_that_died(records: RecordTable) -> None:
    made = [issue(records, 1001 + nth, NEW_YEAR + (nth - 8) * 86_400 * 30, dies=nth in (3, 7, 9)) for nth in range(20)]
    issued = [each for each in made if each]

    assert len(issued) == 17
    for invoice in issued:
        assert InvoiceRecords(records).named(1, invoice.document_number) == invoice
    assert InvoiceRecords(records).named(2, issued[0].document_number) is None
    assert InvoiceRecords(records).named(1, "INV-2026-00099") is None
    assert InvoiceRecords(records).named(1, "no number") is None
