"""All invoices that an order's services are on: its own, and those that a user made of them."""

from lambdas.records.invoices.credit_notes import find_note_number
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus, invoice_id_of
from lambdas.records.invoices.marks import invoices_with
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable


def read_invoices(records: RecordTable, order_id: str, brand_id: int) -> list[Invoice]:
    """The order's own invoice first, then the others."""
    invoices = InvoiceRecords(records)
    own = invoices.of_order(order_id)
    numbers = invoices_with(records, order_id)
    others = (invoices.get(invoice_id_of(brand_id, number)) for number in numbers)
    return [*([own] if own else []), *(each for each in others if each and each.order_id != order_id)]


def find_credit_note(records: RecordTable, invoice: Invoice, order_id: str) -> int | None:
    """The number of the note that credits the order's part of the invoice; None if there is none."""
    known = find_note_number(records, invoice, order_id)
    if known is None and invoice.reduction and invoice.status is InvoiceStatus.CREDITED:
        return invoice.reduction.note  # Notes of its parts came to all of it.
    return known
