"""Good standing: whether a client may be trusted with a further invoice."""

from lambdas.records.invoice import Invoice, InvoiceKind
from lambdas.records.table import RecordTable

DUE_DAYS = 30  # of an invoice that names no day itself
_DAY = 86_400


def has_overdue_invoice(table: RecordTable, client_id: str, now: int) -> bool:
    found = table.query(f"client#{client_id}", f"{InvoiceKind.INVOICE}#")
    return any(is_overdue(Invoice.model_validate(item), now) for item in found)


def is_overdue(invoice: Invoice, now: int) -> bool:
    """Whether something is owed on it whose day is past."""
    due_at = invoice.issued_at + DUE_DAYS * _DAY if invoice.due_at is None else invoice.due_at
    return invoice.is_owed and due_at < now
