"""Invoices as API 2.0 answers them (reference/ubersmith.md 4.9)."""

from typing import Any

from lambdas.orders.model.money import format_cents
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus


def generated(invoice: Invoice) -> dict[str, Any]:
    """The new invoice."""
    return {
        "invid": invoice.invoice_id,
        "total": format_cents(invoice.total_cents, invoice.currency),
        "time": invoice.issued_at,
        "duedate": _due(invoice),
    }


def invoices(found: tuple[Invoice, ...]) -> Any:
    """Invoices by their id; `[]` if there are none."""
    return {invoice.invoice_id: _summary(invoice) for invoice in found} or []


def record(invoice: Invoice) -> dict[str, Any]:
    """The invoice with its lines."""
    lines = {
        str(index): {
            "packid": line.service_id,
            "desserv": line.description,
            "quantity": str(line.quantity),
            "cost": format_cents(line.amount_cents, invoice.currency),
        }
        for index, line in enumerate(invoice.lines, 1)
    }
    return {**_summary(invoice), "current_packs": lines or []}


def note(credit_note: Invoice) -> dict[str, Any]:
    """A credit note, ours: its number, what it credits, and its sum."""
    return {
        "number": credit_note.shown_number,
        "invoice_number": credit_note.credits_document,
        "total": format_cents(credit_note.total_cents, credit_note.currency),
        "currency": credit_note.currency,
        "time": credit_note.issued_at,
    }


def _summary(invoice: Invoice) -> dict[str, Any]:
    is_open = invoice.status is InvoiceStatus.OPEN
    return {
        "invid": invoice.invoice_id,
        "number": str(invoice.number),
        "clientid": invoice.client_id,
        "class_id": str(invoice.brand_id),
        "order_id": invoice.order_id or "0",
        "date": str(invoice.issued_at),
        "due": str(_due(invoice)),
        "datepaid": str(invoice.paid_at or 0),
        "amount": format_cents(invoice.total_cents, invoice.currency),
        "amount_unpaid": format_cents(invoice.owed_cents if is_open else 0, invoice.currency),
        "currency": invoice.currency,
        "paid": "1" if invoice.status is InvoiceStatus.PAID else "0",
        "status": invoice.status.value,
        "payment_type": invoice.payment.payment_type if invoice.payment else "",
        "payment_reference": invoice.payment.reference if invoice.payment else "",
    }


def _due(invoice: Invoice) -> int:
    return invoice.due_at or invoice.issued_at
