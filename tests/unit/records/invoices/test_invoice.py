"""Invoices and credit notes: one of a kind per order, series without gaps, whoever writes at the same time."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.records.invoices.invoice import ChargeAttempt, Invoice, InvoiceKind, InvoiceLine, InvoiceStatus
from lambdas.records.invoices.marks import find_invoiced
from lambdas.records.invoices.records import InvoiceRecords, ServicesInvoicedError
from lambdas.records.invoices.series import SeriesBusyError
from lambdas.records.request_key import RequestKey, RequestKeyUsedError
from lambdas.records.table import RecordTable
from lambdas.runtime.retry_budget import retry_budget
from tests.support.build import NOW
from tests.unit.records.builders import an_invoice


class Rivals:
    """A client whose transactions find that a rival's came first, or is still open."""

    def __init__(self, client: Any, rival: Any) -> None:
        self._client, self._rival = client, rival

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **request: Any) -> Any:
        self._rival()
        return self._client.transact_write_items(**request)


def contested(records: RecordTable, rival: Callable[[], object]) -> RecordTable:
    client: Any = Rivals(records.client, rival)
    return RecordTable(records.name, client)


def conflict(client: Any) -> Exception:
    answer: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": "conflict"},
        "CancellationReasons": [{"Code": "TransactionConflict"}, {"Code": "None"}, {"Code": "None"}],
    }
    refused: Exception = client.exceptions.TransactionCanceledException(answer, "TransactWriteItems")
    return refused


class NoTime:
    """The context of a function that is about to end."""

    def get_remaining_time_in_millis(self) -> int:
        return 2_050


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdas.runtime.retry_budget.sleep", lambda _: None)


@pytest.fixture
def invoices(records: RecordTable) -> InvoiceRecords:
    return InvoiceRecords(records)


def of_order(order_id: int, **changes: Any) -> Invoice:
    return an_invoice(order_id=str(order_id), client_id=str(order_id), **changes)


def test_an_invoice_comes_back_as_it_was_issued(invoices: InvoiceRecords) -> None:
    issued = invoices.issue(an_invoice())

    of_the_seller = {name: getattr(issued, name) for name in ("seller", "notes", "untaxed", "time_zone")}
    assert issued == an_invoice(number=1, document_number="INV-2027-00001", **of_the_seller)
    assert invoices.get(issued.invoice_id) == issued
    assert invoices.of_order("1001") == issued
    assert invoices.of_order("1002") is None


def test_an_order_has_one_invoice_however_often_it_is_issued(invoices: InvoiceRecords) -> None:
    numbers = [invoices.issue(an_invoice()).number for _ in range(3)]

    assert numbers == [1, 1, 1]
    assert invoices.issue(of_order(1002)).number == 2


def test_numbers_have_no_gap_and_no_double_when_issues_interleave(records: RecordTable) -> None:
    plain = InvoiceRecords(records)
    dice, waiting = random.Random(7), list(range(60))
    issued: list[int] = []

    def rival() -> None:
        if waiting and dice.random() < 0.4:
            issued.append(plain.issue(of_order(waiting.pop())).number)
        elif dice.random() < 0.1:
            raise conflict(records.client)

    invoices = InvoiceRecords(contested(records, rival))
    while waiting:
        order_id = waiting.pop()
        try:
            issued.append(invoices.issue(of_order(order_id)).number)
        except SeriesBusyError:
            waiting.append(order_id)

    assert sorted(issued) == list(range(1, 61))
    stored = [plain.of_order(str(order_id)) for order_id in range(60)]
    assert sorted(invoice.number for invoice in stored if invoice) == list(range(1, 61))


def test_of_two_issues_for_one_order_one_wins_and_both_answer_it(records: RecordTable) -> None:
    plain = InvoiceRecords(records)
    first: list[Invoice] = []

    def rival() -> None:
        if not first:
            first.append(plain.issue(an_invoice()))

    assert InvoiceRecords(contested(records, rival)).issue(an_invoice(issued_at=9)) == first[0]


def test_a_series_that_stays_busy_issues_nothing(records: RecordTable) -> None:
    def rival() -> None:
        raise conflict(records.client)

    with retry_budget(NoTime()), pytest.raises(SeriesBusyError, match="series of invoices"):
        InvoiceRecords(contested(records, rival)).issue(an_invoice())
    assert InvoiceRecords(records).of_order("1001") is None
    assert InvoiceRecords(records).issue(an_invoice()).number == 1, "the number was kept for it"


def test_credit_notes_and_brands_have_series_of_their_own(invoices: InvoiceRecords) -> None:
    invoices.issue(of_order(1001))
    invoices.issue(of_order(1002))
    note = invoices.issue(of_order(1002, kind=InvoiceKind.CREDIT_NOTE, credits_number=2))
    other_brand = invoices.issue(of_order(1003, brand_id=2))

    assert (note.number, other_brand.number) == (1, 1)
    assert invoices.of_order("1002", InvoiceKind.CREDIT_NOTE) == note
    assert (found := invoices.of_order("1002")) is not None
    assert (found.kind, found.number) == (InvoiceKind.INVOICE, 2)


OPEN, PAID, CREDITED = InvoiceStatus
SETTLED = [
    ([PAID], PAID),
    ([PAID, PAID], PAID),
    ([CREDITED], CREDITED),
    ([PAID, CREDITED], CREDITED),
    ([CREDITED, CREDITED], CREDITED),
]


@pytest.mark.parametrize(("steps", "end"), SETTLED)
def test_an_invoice_is_settled_forward_and_repeats_change_nothing(
    invoices: InvoiceRecords, steps: list[InvoiceStatus], end: InvoiceStatus
) -> None:
    invoice = invoices.issue(an_invoice())
    settled = [invoices.mark(invoice, step, "t-1", at=NOW) for step in steps][-1]

    assert (settled.status, settled.transaction_id) == (end, "t-1")
    assert invoices.of_order("1001") == settled


def test_a_credited_invoice_cannot_be_paid(invoices: InvoiceRecords) -> None:
    invoice = invoices.issue(an_invoice())
    invoices.mark(invoice, CREDITED, at=NOW)

    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        invoices.mark(invoice, PAID, at=NOW)


def test_settling_without_a_payment_keeps_the_one_there_is(invoices: InvoiceRecords) -> None:
    invoice = invoices.issue(an_invoice())
    invoices.mark(invoice, PAID, "t-1", at=NOW)

    assert invoices.mark(invoice, CREDITED, at=NOW).transaction_id == "t-1"


def test_an_invoice_is_found_by_its_id(invoices: InvoiceRecords) -> None:
    issued = invoices.issue(an_invoice(brand_id=12))

    assert issued.invoice_id == "12000000001"
    assert invoices.get("12000000001") == issued
    assert invoices.get("1000000001") is None
    assert invoices.of_client("101") == (issued,)


def test_a_service_is_invoiced_once_ever(invoices: InvoiceRecords, records: RecordTable) -> None:
    invoices.issue(an_invoice())
    invoices.mark(an_invoice(number=1), CREDITED, at=NOW)

    with pytest.raises(ServicesInvoicedError, match="service 1001001 is on invoice 1 already"):
        invoices.issue(an_invoice(order_id=None))
    assert find_invoiced(records, ["1001001", "1001002"]) == {"1001001": 1}
    assert invoices.issue(of_order(1002)).number == 2


def test_of_two_invoices_of_one_service_at_once_one_is_issued(records: RecordTable) -> None:
    plain = InvoiceRecords(records)
    rivals: list[Invoice] = []

    def rival() -> None:
        if not rivals:
            rivals.append(plain.issue(an_invoice(order_id=None)))

    with pytest.raises(ServicesInvoicedError):
        InvoiceRecords(contested(records, rival)).issue(an_invoice(order_id=None))
    assert plain.of_client("101") == tuple(rivals)


def test_an_order_of_a_hundred_packs_fits_an_invoice(invoices: InvoiceRecords, records: RecordTable) -> None:
    services = [f"1001{number:03d}" for number in range(1, 101)]
    lines = tuple(InvoiceLine(description="x", service_id=each, quantity=1, amount_cents=1) for each in services)

    invoices.issue(an_invoice(lines=lines, total_cents=100))
    assert find_invoiced(records, services) == dict.fromkeys(services, 1)


def test_a_request_key_makes_one_invoice(invoices: InvoiceRecords) -> None:
    key = RequestKey.of("web", "k", "client.invoice_generate", {"client_id": "101"}, NOW)
    other = RequestKey.of("web", "k", "client.invoice_generate", {"client_id": "102"}, NOW)
    first = invoices.issue(an_invoice(order_id=None), key)

    assert invoices.issue(an_invoice(order_id=None), key) == first
    with pytest.raises(RequestKeyUsedError) as used:
        invoices.issue(an_invoice(order_id=None, client_id="102", lines=()), other)
    assert used.value.made == first.invoice_id


def test_an_attempt_is_written_by_one_of_those_who_read_the_same(invoices: InvoiceRecords) -> None:
    invoice = invoices.issue(an_invoice())
    attempts = [ChargeAttempt(key="k", billing_info_id="7", claim=claim, claim_ends_at=9) for claim in "ab"]

    written = [invoices.write_charge(invoice, attempt) for attempt in attempts]
    assert [found is not None for found in written] == [True, False]
    assert written[0]
    assert invoices.write_charge(written[0], None, declines=1) == invoice.model_copy(update={"declines": 1})
    invoices.mark(invoice, PAID, at=NOW)
    assert invoices.write_charge(invoice, attempts[0]) is None
