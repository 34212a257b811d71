"""All invoices that an order's services are on: its own, and those that a user made of them."""

from collections.abc import Iterable

from lambdas.records.clients.service import order_id_of
from lambdas.records.invoices.credit_notes import find_note_number
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus, invoice_id_of
from lambdas.records.invoices.marks import invoices_with
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.invoices.reductions import Reductions
from lambdas.records.table import RecordTable


def read_invoices(records: RecordTable, order_id: str, brand_id: int) -> list[Invoice]:
    """The order's own invoice first, then the others."""
    invoices = InvoiceRecords(records)
    own = invoices.of_order(order_id)
    numbers = invoices_with(records, order_id)
    others = (invoices.get(invoice_id_of(brand_id, number)) for number in numbers)
    return [*([own] if own else []), *(each for each in others if each and each.order_id != order_id)]


def read_documents(records: RecordTable, order_id: str, brand_id: int, *, shared: bool = False) -> list[Invoice]:
    """The invoices and credit notes with nothing on them but this order, each invoice before its notes.

    `shared`: those of several orders too. Who may see one order may not see every other one of its client.
    """
    found = list[Invoice]()
    for invoice in read_invoices(records, order_id, brand_id):
        found += [invoice, *read_notes(records, invoice, (order_id,))]
    return [each for each in found if shared or {order_id_of(line.service_id) for line in each.lines} <= {order_id}]


def read_notes(records: RecordTable, invoice: Invoice, order_ids: Iterable[str]) -> list[Invoice]:
    """The notes of parts of the invoice, and those that credit the parts of these orders when they are canceled."""
    canceled = (find_note_number(records, invoice, order_id) for order_id in order_ids)
    numbers = Reductions(records).numbers_of(invoice) | {number for number in canceled if number}
    notes = (InvoiceRecords(records).note(invoice.client_id, number) for number in sorted(numbers))
    return [note for note in notes if note]


def find_credit_note(records: RecordTable, invoice: Invoice, order_id: str) -> int | None:
    """The number of the note that credits the order's part of the invoice; None if there is none."""
    known = find_note_number(records, invoice, order_id)
    if known is None and invoice.reduction and invoice.status is InvoiceStatus.CREDITED:
        return invoice.reduction.note  # Notes of its parts came to all of it.
    return known
