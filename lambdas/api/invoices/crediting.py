"""Credits lines of an invoice: finds the payment to refund, and says which line cannot be credited."""

from lambdas.api.amounts import asked_cents
from lambdas.api.backend import Backend
from lambdas.api.invoices.payments import reconcile_with_order
from lambdas.api.invoices.requests import InvoiceCreditRequest, LineCreditRequest
from lambdas.payments.going_back.noting import MoneyBack
from lambdas.payments.refunds.credit import Credits
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.reductions import LineCredit


def credit_lines(
    backend: Backend, invoice: Invoice, request: InvoiceCreditRequest, *, by: str
) -> tuple[Invoice, Invoice]:
    """Credit the lines. Return the invoice and the note. Money that was taken and not recorded yet is recorded first."""
    if invoice.status is InvoiceStatus.OPEN:
        invoice = reconcile_with_order(backend, invoice)
    parts = {int(number): _part(number, line, invoice.currency) for number, line in request.lines.items()}
    credits = Credits(backend.records, backend.gateway, backend.service.now)
    credited, note = credits.credit(invoice, parts, request.reference, payment_key=_payment_key(backend, invoice))
    MoneyBack(backend.service.orders, backend.records, backend.service.now, by).note_credit(credited)
    return credited, note


def _part(number: str, line: LineCreditRequest, currency: str) -> LineCredit:
    asked = None if line.amount is None else asked_cents(f"lines.{number}.amount", line.amount, currency)
    return LineCredit(line.reason, asked, line.text or "")


def _payment_key(backend: Backend, invoice: Invoice) -> str | None:
    """The key that the gateway knows the invoice's payment by; None if no payment of it came there."""
    if invoice.payment or invoice.transaction_id is None:
        return None
    if invoice.charge:
        return invoice.charge.key
    order = backend.service.get(order_id=invoice.order_id) if invoice.order_id else None
    return order.hold.key if order and order.hold else None
