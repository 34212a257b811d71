"""Generate Invoice: invoices the order's services, captures the pre-authorised payment, applies PayPal.

The invoice is issued first and captured second: a refused capture leaves an open invoice that a person can act on, never
money without a document (reference ubersmith-orders 2.1 no. 9; order-systems 4.9).
"""

from lambdas.actions._action import action_handler
from lambdas.actions._module import Config, Done, Module, PermanentError, Tools, TransientError
from lambdas.orders.money import format_cents
from lambdas.orders.order import Hold, Order
from lambdas.payments.gateway import (
    DeclinedError,
    GatewayUnavailableError,
    OutcomeUnknownError,
    TransactionState,
)
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.records.client import ClientRecords
from lambdas.records.invoice import (
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceRecords,
    InvoiceStatus,
    SeriesBusyError,
)
from lambdas.records.service import Service, ServiceRecords


class GenerateInvoiceConfig(Config):
    """No settings."""


def run(order: Order, config: GenerateInvoiceConfig, tools: Tools) -> Done:
    services = ServiceRecords(tools.records).of_order(order.client_id, order.order_id) if order.client_id else ()
    if not services:
        return _nothing_to_invoice(order, tools)
    invoice = _issue(InvoiceRecords(tools.records), _draft(order, services, tools.now()))
    paid = _collect(order, invoice, tools)
    result = {
        "invoice_number": invoice.number,
        "total": format_cents(invoice.total_cents),
        "currency": invoice.currency,
        "status": paid.status.value,
    }
    return Done(f"invoice {invoice.number} of {result['total']} {invoice.currency} is {paid.status.value}", result)


def undo(order: Order, config: GenerateInvoiceConfig, tools: Tools) -> str | None:
    """Void the hold or give the money back, and credit the invoice. A payment still under way is waited for."""
    if order.attempt and order.attempt.claim_ends_at >= tools.now():
        raise TransientError("the order's payment is still under way; this is tried again by itself")
    payment = order.hold or order.attempt
    if payment:
        _release(payment, tools)
    credited = _credit(order, tools)
    return "; ".join(part for part in ("payment given back" if payment else "", credited) if part) or None


def _nothing_to_invoice(order: Order, tools: Tools) -> Done:
    if order.hold:
        _release(order.hold, tools)
    return Done("nothing to invoice", {"invoice_number": None})


def _release(payment: object, tools: Tools) -> None:
    try:
        PreAuthorization(tools.gateway, ClientRecords(tools.records)).release(payment)  # type: ignore[arg-type]
    except (GatewayUnavailableError, OutcomeUnknownError):
        raise TransientError("the payment gateway did not answer; this is tried again by itself") from None
    except DeclinedError as declined:
        raise PermanentError(f"the payment could not be given back: {declined}; settle it with the gateway") from None


def _draft(order: Order, services: tuple[Service, ...], now: int) -> Invoice:
    lines = tuple(line for service in services for line in _lines(service))
    return Invoice(
        brand_id=order.brand_id,
        client_id=services[0].client_id,
        order_id=order.order_id,
        lines=lines,
        total_cents=sum(line.amount_cents for line in lines),
        currency=order.currency,
        issued_at=now,
    )


def _lines(service: Service) -> tuple[InvoiceLine, ...]:
    period = f", {service.period} months" if service.period > 1 else ", 1 month" if service.period else ""
    recurring = InvoiceLine(
        description=f"{service.title}{period}",
        service_id=service.service_id,
        quantity=service.quantity,
        amount_cents=service.recurring_cents,
    )
    setup = InvoiceLine(
        description=f"{service.title}, set-up",
        service_id=service.service_id,
        quantity=service.quantity,
        amount_cents=service.setup_cents,
    )
    return (recurring, setup) if service.setup_cents else (recurring,)


def _issue(invoices: InvoiceRecords, draft: Invoice) -> Invoice:
    try:
        return invoices.issue(draft)
    except SeriesBusyError as busy:
        raise TransientError(f"{busy}; this is tried again by itself") from None


def _collect(order: Order, invoice: Invoice, tools: Tools) -> Invoice:
    """The invoice paid, as far as the order came with money."""
    invoices = InvoiceRecords(tools.records)
    if invoice.status is not InvoiceStatus.OPEN:
        return invoice
    if not invoice.total_cents:
        return invoices.settle(invoice, InvoiceStatus.PAID)
    if order.hold is None:
        return invoice
    if invoice.total_cents > order.hold.amount_cents:
        raise PermanentError(
            f"invoice {invoice.number} is higher than the amount held; collect the difference by hand, then skip this action"
        )
    if not order.hold.captured:
        _capture(order, order.hold, invoice, tools)
    return invoices.settle(invoice, InvoiceStatus.PAID, order.hold.transaction_id)


def _capture(order: Order, hold: Hold, invoice: Invoice, tools: Tools) -> None:
    try:
        tools.gateway.capture(
            key=f"{order.order_id}:invoice:{invoice.number}:capture",
            transaction_id=hold.transaction_id,
            amount_cents=invoice.total_cents,
        )
    except DeclinedError as declined:
        raise PermanentError(
            f"the payment of invoice {invoice.number} was refused: {declined}; the invoice stays open: "
            "process this action again once the client has settled it with the bank, or cancel the order"
        ) from None
    except GatewayUnavailableError:
        raise TransientError("the payment gateway cannot be reached; this is tried again by itself") from None
    except OutcomeUnknownError:
        found = tools.gateway.find(hold.key)
        if found is None or found.state is not TransactionState.CAPTURED:
            raise TransientError("the payment is not confirmed yet; this is looked up again by itself") from None


def _credit(order: Order, tools: Tools) -> str:
    invoices = InvoiceRecords(tools.records)
    invoice = invoices.of_order(order.order_id)
    if invoice is None or invoice.status is InvoiceStatus.CREDITED:
        return ""
    note = invoice.model_copy(
        update={
            "kind": InvoiceKind.CREDIT_NOTE,
            "number": 0,
            "credits_number": invoice.number,
            "status": InvoiceStatus.CREDITED,
            "issued_at": tools.now(),
        }
    )
    issued = _issue(invoices, note)
    invoices.settle(invoice, InvoiceStatus.CREDITED)
    return f"invoice {invoice.number} credited by credit note {issued.number}"


module = Module("generate_invoice", GenerateInvoiceConfig, run, undo)
handler = action_handler(module)
