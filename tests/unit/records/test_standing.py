"""Good standing: an active client of the brand who has no unpaid invoice that is overdue."""

from typing import Any

import pytest

from lambdas.records.clients.client import ClientRecords, ClientStatus
from lambdas.records.clients.standing import DUE_DAYS
from lambdas.records.invoices.invoice import InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from tests.support.build import NOW
from tests.unit.records.builders import a_client, an_invoice

_DAY = 86_400


def in_good_standing(records: RecordTable, *, at: int = NOW, brand_id: int = 1) -> bool:
    return ClientRecords(records).in_good_standing("101", brand_id, at)


@pytest.fixture
def client(records: RecordTable) -> None:
    ClientRecords(records).make(a_client(), None)


def test_nobody_has_none(records: RecordTable) -> None:
    assert not in_good_standing(records)


@pytest.mark.usefixtures("client")
def test_a_client_who_owes_nothing_has(records: RecordTable) -> None:
    assert in_good_standing(records)


def test_a_lead_of_the_sales_manager_has_none(records: RecordTable) -> None:
    ClientRecords(records).make(a_client(active=ClientStatus.LEAD), None)

    assert not in_good_standing(records)


@pytest.mark.usefixtures("client")
def test_a_client_of_another_brand_has_none_here(records: RecordTable) -> None:
    assert in_good_standing(records)
    assert not in_good_standing(records, brand_id=2)


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize(
    ("invoice", "days_later", "good"),
    [
        ({"due_at": NOW + 14 * _DAY}, 14, True),
        ({"due_at": NOW + 14 * _DAY}, 15, False),
        ({}, DUE_DAYS, True),
        ({}, DUE_DAYS + 1, False),
        ({"total_cents": 0, "due_at": NOW}, 15, True),
    ],
)
def test_an_unpaid_invoice_counts_from_the_day_it_is_due(
    records: RecordTable, invoice: dict[str, Any], days_later: int, good: bool
) -> None:
    InvoiceRecords(records).issue(an_invoice(**invoice))

    assert in_good_standing(records, at=NOW + days_later * _DAY) is good


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("status", [InvoiceStatus.PAID, InvoiceStatus.CREDITED])
def test_what_is_paid_or_credited_is_not_owed(records: RecordTable, status: InvoiceStatus) -> None:
    invoices = InvoiceRecords(records)
    invoices.mark(invoices.issue(an_invoice(due_at=NOW)), status, at=NOW)

    assert in_good_standing(records, at=NOW + 90 * _DAY)


@pytest.mark.usefixtures("client")
def test_one_overdue_invoice_among_many_is_enough(records: RecordTable) -> None:
    invoices = InvoiceRecords(records)
    for number in range(5):
        paid = invoices.issue(an_invoice(order_id=str(2000 + number)))
        invoices.mark(paid, InvoiceStatus.PAID, at=NOW)
    invoices.issue(an_invoice(order_id="3000", due_at=NOW))

    assert not in_good_standing(records, at=NOW + 1)
