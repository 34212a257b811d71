"""Credits of parts: to the cent, with their tax, and never more than the invoice, whoever credits at the same time."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.records.invoices.credit_notes import CreditNotes
from lambdas.records.invoices.invoice import CreditReason, Invoice, InvoiceKind, InvoiceLine, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.invoices.reductions import LineCredit, NotCreditableError, Reductions
from lambdas.records.table import RecordTable
from tests.support.build import NOW
from tests.support.tables import OneAtATime, make_table
from tests.support.thorough import examples
from tests.unit.records.builders import an_invoice

FAULT = CreditReason.FAULT


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdas.runtime.retry_budget.sleep", lambda _: None)


def a_line(cents: int, service: str = "1001001", *, rate: str = "") -> InvoiceLine:
    tax = {"tax_name": "VAT", "tax_rate": rate} if rate else {}
    return InvoiceLine(
        description=f"line {service} {cents} {rate}", service_id=service, quantity=1, amount_cents=cents, **tax
    )


def issued(records: RecordTable, *lines: InvoiceLine, order_id: str | None = "1001") -> Invoice:
    total = sum(line.amount_cents for line in lines)
    client = order_id or "101"
    return InvoiceRecords(records).issue(
        an_invoice(order_id=order_id, client_id=client, lines=lines, total_cents=total)
    )


def reduce(records: RecordTable, invoice: Invoice, reference: str, **parts: int | None) -> Invoice:
    now = InvoiceRecords(records).get(invoice.invoice_id)
    assert now is not None
    wanted = {int(name[1:]): LineCredit(FAULT, cents, "why") for name, cents in parts.items()}
    note = Reductions(records).issue(now, wanted, reference, NOW, refunds=False)
    assert note is not None
    return note


def current(records: RecordTable, invoice: Invoice) -> Invoice:
    found = InvoiceRecords(records).get(invoice.invoice_id)
    assert found is not None
    return found


def test_a_part_takes_its_tax_along_and_says_why(records: RecordTable) -> None:
    invoice = issued(records, a_line(1000), a_line(210, rate="21"))
    note = reduce(records, invoice, "case 1", _1=333)

    assert [line.amount_cents for line in note.lines] == [333, 70]
    assert {(line.reason, line.reason_text) for line in note.lines} == {(FAULT, "why")}
    assert (note.kind, note.total_cents, note.credits_number) == (InvoiceKind.CREDIT_NOTE, 403, invoice.number)
    now = current(records, invoice)
    assert (now.owed_cents, now.reduced_cents, now.credited_cents) == (807, 403, 403)
    assert (now.lines, now.total_cents, now.status) == (invoice.lines, 1210, InvoiceStatus.OPEN)
    assert Reductions(records).find(invoice, "case 1") == note


def test_parts_come_to_the_invoice_to_the_cent_and_no_further(records: RecordTable) -> None:
    invoice = issued(records, a_line(1000), a_line(-300), a_line(70, rate="10"))
    for number in range(6):
        reduce(records, invoice, f"case {number}", _1=111)
    last = reduce(records, invoice, "the rest", _1=None)

    assert [line.amount_cents for line in last.lines] == [34, 3]
    assert (current(records, invoice).owed_cents, current(records, invoice).status) == (0, InvoiceStatus.CREDITED)
    with pytest.raises(NotCreditableError, match="all of it"):
        reduce(records, invoice, "more", _1=1)


@pytest.mark.parametrize(
    ("number", "cents", "why"),
    [
        (3, 1, "is tax"),
        (2, 1, "nothing that was charged"),
        (4, 1, "no line"),
        (1, 701, "700|7.00 left"),
        (1, 0, "left"),
    ],
)
def test_what_cannot_be_credited_is_refused(records: RecordTable, number: int, cents: int, why: str) -> None:
    invoice = issued(records, a_line(1000), a_line(-300), a_line(70, rate="10"))

    with pytest.raises(NotCreditableError, match=why):
        reduce(records, invoice, "x", **{f"_{number}": cents})
    assert current(records, invoice) == invoice


def test_a_cancel_credits_what_parts_left(records: RecordTable) -> None:
    invoice = issued(records, a_line(1000), a_line(210, rate="21"))
    part = reduce(records, invoice, "case 1", _1=333)
    now, number = CreditNotes(records).credit(current(records, invoice), "1001", NOW)
    note = InvoiceRecords(records).of_order("1001", InvoiceKind.CREDIT_NOTE)

    assert note is not None
    assert (note.number, [line.amount_cents for line in note.lines]) == (number, [667, 140])
    assert note.total_cents + part.total_cents == invoice.total_cents
    assert {line.reason for line in note.lines} == {CreditReason.CANCELED}
    assert now.status is InvoiceStatus.CREDITED
    assert CreditNotes(records).credit(now, "1001", NOW) == (now, number)
    with pytest.raises(NotCreditableError, match="all of it"):
        reduce(records, invoice, "case 2", _1=1)


def test_a_cancel_of_what_parts_came_to_makes_no_empty_note(records: RecordTable) -> None:
    invoice = issued(records, a_line(1000))
    note = reduce(records, invoice, "all", _1=None)

    assert CreditNotes(records).credit(invoice, "1001", NOW) == (current(records, invoice), note.number)
    assert InvoiceRecords(records).of_order("1001", InvoiceKind.CREDIT_NOTE) is None


def test_of_an_invoice_of_several_orders_each_part_is_credited_once(records: RecordTable) -> None:
    invoice = issued(records, a_line(1000), a_line(500, "1002001"), order_id=None)
    part = reduce(records, invoice, "case 1", _1=400)
    first, _ = CreditNotes(records).credit(current(records, invoice), "1001", NOW)
    with pytest.raises(NotCreditableError, match="was canceled"):
        reduce(records, invoice, "case 2", _1=1)
    last, _ = CreditNotes(records).credit(current(records, invoice), "1002", NOW)

    assert (part.total_cents, first.credited, first.owed_cents) == (400, {"1001": 600}, 500)
    assert (last.owed_cents, last.status) == (0, InvoiceStatus.CREDITED)


_NAMES = count(5000)


@pytest.fixture(scope="module")
def table(dynamodb: DynamoDBClient) -> Iterator[RecordTable]:
    yield RecordTable(make_table(dynamodb, "reductions"), dynamodb)


LINES = st.lists(
    st.tuples(st.integers(1, 5_000), st.integers(0, 900), st.sampled_from(["", "7", "21"])), min_size=1, max_size=3
)


@given(LINES, st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3_000)), max_size=8))
@settings(max_examples=examples(30), deadline=None)
def test_notes_add_up_to_the_invoice_line_by_line(
    table: RecordTable, services: list[tuple[int, int, str]], wishes: list[tuple[int, int]]
) -> None:
    order, lines = str(next(_NAMES)), []
    for nth, (cents, discount, rate) in enumerate(services):
        service, off = f"{order}{nth + 1:03d}", min(discount, cents)
        lines += [a_line(cents, service), a_line(-off, service)]
        lines += [a_line((cents - off) * int(rate) // 100, service, rate=rate)] if rate else []
    firsts = [index for index, line in enumerate(lines, 1) if line.amount_cents > 0 and not line.tax_name]
    invoice, notes = issued(table, *lines, order_id=order), []
    for nth, (which, cents) in enumerate(wishes):
        try:
            notes.append(reduce(table, invoice, f"{nth}", **{f"_{firsts[which % len(firsts)]}": cents}))
        except NotCreditableError:
            continue
        now = current(table, invoice)
        assert now.owed_cents == invoice.total_cents - sum(note.total_cents for note in notes) >= 0
    CreditNotes(table).credit(current(table, invoice), order, NOW)
    if rest := InvoiceRecords(table).of_order(order, InvoiceKind.CREDIT_NOTE):
        notes.append(rest)

    assert sum(note.total_cents for note in notes) == invoice.total_cents
    for line in lines:
        credited = [each for note in notes for each in note.lines if each.description == line.description]
        same = [each for each in lines if each.description == line.description]
        assert sum(each.amount_cents for each in credited) == sum(each.amount_cents for each in same)


def test_ten_at_once_and_a_cancel_never_credit_more_than_there_is(
    records: RecordTable, dynamodb: DynamoDBClient
) -> None:
    shared = RecordTable(records.name, OneAtATime(dynamodb))  # type: ignore[arg-type]
    invoice = issued(records, a_line(1000), a_line(210, rate="21"))
    dice = random.Random(5)
    sums = [dice.randrange(50, 300) for _ in range(10)]

    def reduced(nth: int) -> int:
        for _ in range(30):
            now = current(shared, invoice)
            try:
                note = Reductions(shared).issue(now, {1: LineCredit(FAULT, sums[nth])}, f"{nth}", NOW, refunds=False)
            except NotCreditableError:
                return 0
            if note:
                return note.total_cents
        return 0

    with ThreadPoolExecutor(6) as pool:
        parts = [pool.submit(reduced, nth) for nth in range(10)]
        canceled = pool.submit(CreditNotes(shared).credit, invoice, "1001", NOW)
    rest = InvoiceRecords(records).of_order("1001", InvoiceKind.CREDIT_NOTE)

    assert canceled.result()[0].status is InvoiceStatus.CREDITED
    assert sum(part.result() for part in parts) + (rest.total_cents if rest else 0) == 1210
