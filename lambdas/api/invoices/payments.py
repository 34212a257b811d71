"""Compares an invoice with its order before it is paid, records payments by hand, and notifies the waiting orders."""

from collections.abc import Iterator

from lambdas.api.amounts import asked_cents
from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.clients.lookup import admitted
from lambdas.api.errors import NotFoundError
from lambdas.api.invoices.requests import PaymentAddRequest
from lambdas.orders.model.money import Money
from lambdas.orders.model.order import Order
from lambdas.payments.captures import awaits_invoice, find_capture, refuse_another_sum
from lambdas.payments.errors import ChargeUnknownError, NotChargeableError
from lambdas.payments.gateway import GatewayUnavailableError, OutcomeUnknownError, Transaction
from lambdas.payments.record_payment import RecordedPayments, is_same
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.service import order_id_of
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus, RecordedPayment
from lambdas.records.invoices.records import InvoiceRecords


def the_invoice(backend: Backend, invoice_id: str, caller: Caller, field: str) -> Invoice:
    """The invoice, if the caller may do with its client what they ask for."""
    invoice = InvoiceRecords(backend.records).get(invoice_id)
    client = ClientRecords(backend.records).get(invoice.client_id) if invoice else None
    if invoice is None or client is None:
        raise caller.not_found(NotFoundError(f"Invoice ID '{invoice_id}'", field))
    admitted(client, caller)
    return invoice


def reconcile_with_order(backend: Backend, invoice: Invoice) -> Invoice:
    """Mark the invoice as paid if its order's money was taken already, and return it.

    Raises NotChargeableError if the order must take its money first, or was canceled; ChargeUnknownError if the
    gateway does not say whether money was taken.
    """
    order = backend.service.get(order_id=invoice.order_id) if invoice.order_id else None
    for sold in [order] if order else _orders_on(backend, invoice):
        if sold.canceled_at and sold.order_id not in (invoice.credited or {}):
            text = f"order {sold.order_id} was canceled, so it is credited"
            raise NotChargeableError(invoice.invoice_id, text)
        if order is None and invoice.status is InvoiceStatus.OPEN and (taken := _find_capture(backend, sold, invoice)):
            text = (
                f"{_sum_of(taken)} was taken for order {sold.order_id} already, in transaction {taken.transaction_id}"
            )
            raise NotChargeableError(
                invoice.invoice_id, f"{text}; give that back at the gateway first, or cancel the order"
            )
    if order is None:
        return invoice
    if invoice.status is InvoiceStatus.OPEN and (paid := _mark_if_taken(backend, order, invoice)):
        return paid
    if order.hold and awaits_invoice(order):
        why = f"order {order.order_id} has still to take the money that is held for it; process Generate Invoice, or skip it"
        raise NotChargeableError(invoice.invoice_id, why)
    return invoice


def _orders_on(backend: Backend, invoice: Invoice) -> Iterator[Order]:
    """The orders whose services are on an invoice that a user generated."""
    for order_id in dict.fromkeys(order_id_of(line.service_id) for line in invoice.lines):
        yield backend.service.get(order_id=order_id)


def record_payment(backend: Backend, invoice: Invoice, request: PaymentAddRequest, *, by: str) -> Invoice:
    """Record the payment and return the paid invoice."""
    payment = RecordedPayment(
        payment_type=request.payment_type,
        reference=request.reference,
        amount_cents=asked_cents("amount", request.amount, invoice.currency),
        by=by,
        at=backend.service.now(),
    )
    known = invoice if is_same(invoice.payment, payment) else reconcile_with_order(backend, invoice)
    return manual_payments(backend).record(known, payment)


def manual_payments(backend: Backend) -> RecordedPayments:
    return RecordedPayments(InvoiceRecords(backend.records), backend.gateway, backend.service.now)


def tell_orders(backend: Backend, invoice: Invoice, caller: Caller) -> None:
    """Have every order that waits for this invoice look at it. A repeated payment notifies them again."""
    if invoice.status is InvoiceStatus.OPEN:
        return
    orders = {order_id_of(line.service_id) for line in invoice.lines} | (
        {invoice.order_id} if invoice.order_id else set()
    )
    for order_id in sorted(orders):
        backend.service.look_for_payment(order_id, by=caller.name)


def _mark_if_taken(backend: Backend, order: Order, invoice: Invoice) -> Invoice | None:
    """Mark the order's invoice as paid if its money was taken already. Returns None if it was not."""
    taken = _find_capture(backend, order, invoice)
    if taken is None:
        return None
    refuse_another_sum(taken, invoice, order.order_id)
    now = backend.service.now()
    return InvoiceRecords(backend.records).mark(invoice, InvoiceStatus.PAID, taken.transaction_id, at=now)


def _find_capture(backend: Backend, order: Order, invoice: Invoice) -> Transaction | None:
    try:
        return find_capture(order, backend.gateway)
    except (GatewayUnavailableError, OutcomeUnknownError):
        raise ChargeUnknownError(invoice.invoice_id) from None


def _sum_of(taken: Transaction) -> str:
    return f"{Money(taken.amount_cents, taken.currency)}"
