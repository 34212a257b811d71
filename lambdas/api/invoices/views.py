"""Invoices as new callers get them: money as decimal text, ISO times."""

from typing import Literal, TypedDict

from lambdas.api.http.values import iso
from lambdas.orders.model.money import format_cents
from lambdas.records.invoices.invoice import Invoice, RecordedPayment


class InvoiceLineView(TypedDict):
    """`amount` is for the whole quantity; a discount is negative. `tax_name` and `tax_rate` (percent) are a tax line's."""

    service_id: str
    description: str
    quantity: int
    amount: str
    tax_name: str | None
    tax_rate: str | None


class RecordedPaymentView(TypedDict):
    """Money that came outside of the gateway, and whether it went back; `returned_parts`: order id -> reference, of an invoice of
    several orders."""

    payment_type: str
    reference: str
    amount: str
    by: str
    at: str | None
    returned_reference: str | None
    returned_by: str | None
    returned_at: str | None
    returned_parts: dict[str, str]


class InvoiceView(TypedDict):
    """`number` counts in the brand's series, without gaps; `order_id`: whose invoice it is, if it is an order's."""

    invoice_id: str
    number: int
    brand_id: int
    client_id: str
    order_id: str | None
    status: Literal["open", "paid", "credited"]
    total: str
    currency: str
    lines: list[InvoiceLineView]
    transaction_id: str | None
    payment: RecordedPaymentView | None
    issued_at: str | None
    due_at: str | None
    paid_at: str | None


class InvoicesView(TypedDict):
    invoices: list[InvoiceView]


def invoices_view(found: tuple[Invoice, ...]) -> InvoicesView:
    return {"invoices": [invoice_view(invoice) for invoice in found]}


def invoice_view(invoice: Invoice) -> InvoiceView:
    return {
        "invoice_id": invoice.invoice_id,
        "number": invoice.number,
        "brand_id": invoice.brand_id,
        "client_id": invoice.client_id,
        "order_id": invoice.order_id,
        "status": invoice.status.value,
        "total": format_cents(invoice.total_cents),
        "currency": invoice.currency,
        "lines": [
            {
                "service_id": line.service_id,
                "description": line.description,
                "quantity": line.quantity,
                "amount": format_cents(line.amount_cents),
                "tax_name": line.tax_name or None,
                "tax_rate": line.tax_rate or None,
            }
            for line in invoice.lines
        ],
        "transaction_id": invoice.transaction_id,
        "payment": _payment(invoice.payment) if invoice.payment else None,
        "issued_at": iso(invoice.issued_at),
        "due_at": iso(invoice.due_at),
        "paid_at": iso(invoice.paid_at),
    }


def _payment(payment: RecordedPayment) -> RecordedPaymentView:
    return {
        "payment_type": payment.payment_type,
        "reference": payment.reference,
        "amount": format_cents(payment.amount_cents),
        "by": payment.by,
        "at": iso(payment.at),
        "returned_reference": payment.returned_reference or None,
        "returned_by": payment.returned_by or None,
        "returned_at": iso(payment.returned_at),
        "returned_parts": payment.returned_parts,
    }
