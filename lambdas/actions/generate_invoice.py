"""Generate Invoice: invoices the order's services, captures the pre-authorised payment, applies PayPal.

The invoice is issued first and captured second: a refused capture leaves an open invoice that a person can act on, never
money without a document (reference ubersmith-orders 2.1 no. 9; order-systems 4.9).
"""

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools, TransientError
from lambdas.actions._frame.reversal import reversing
from lambdas.catalog.coupon_errors import CouponBusyError
from lambdas.orders.model.money import format_cents
from lambdas.orders.model.order import Hold, Order
from lambdas.payments.captures import capture_for, end_charge, record_capture
from lambdas.payments.errors import AnotherSumTakenError, ChargeInProgressError
from lambdas.payments.gateway import DeclinedError, GatewayUnavailableError, OutcomeUnknownError
from lambdas.records.clients.service import Service, ServiceRecords
from lambdas.records.coupons.use import CouponUseRecords
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.lines import invoice_lines
from lambdas.records.invoices.records import InvoiceRecords, ServicesInvoicedError
from lambdas.records.invoices.series import SeriesBusyError


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
    """Void the hold or give the money back, credit the invoice, and uncount the coupons. A payment still under way is
    waited for, and a submit with it; money that came by hand is waited for until somebody notes that it went back."""
    with reversing(tools) as money:
        reversal = money.reverse(order, now=tools.now())
    coupons = _uncounted(order, tools)
    if reversal.to_return:
        raise PermanentError(str(reversal))
    return "; ".join(part for part in (str(reversal), coupons) if part) or None


def _uncounted(order: Order, tools: Tools) -> str:
    try:
        given_back = CouponUseRecords(tools.records).give_back(order.order_id)
    except CouponBusyError as busy:
        raise TransientError(busy.message) from None
    return (
        f"{'coupon' if len(given_back) == 1 else f'{len(given_back)} coupons'} may be used again" if given_back else ""
    )


def skipped(order: Order, config: GenerateInvoiceConfig, tools: Tools) -> None:
    """Nobody will capture any more: release the hold. Money that was taken stays, and its invoice is paid; without such money
    an open invoice stays open."""
    try:
        record_capture(order, tools.gateway, tools.records, now=tools.now())
    except AnotherSumTakenError as another:
        raise PermanentError(another.message) from None
    except (GatewayUnavailableError, OutcomeUnknownError):
        raise TransientError("the payment gateway cannot be reached") from None
    if order.hold:
        with reversing(tools) as money:
            money.void(order.hold)


def _nothing_to_invoice(order: Order, tools: Tools) -> Done:
    if order.hold:
        with reversing(tools) as money:
            money.void_or_refund(order.hold)
    return Done("nothing to invoice", {"invoice_number": None})


def _draft(order: Order, services: tuple[Service, ...], now: int) -> Invoice:
    packs = {pack.pack: pack for pack in order.priced}
    lines = tuple(line for service in services for line in invoice_lines(service, packs[service.pack]))
    return Invoice(
        brand_id=order.brand_id,
        client_id=services[0].client_id,
        order_id=order.order_id,
        lines=lines,
        total_cents=sum(line.amount_cents for line in lines),
        currency=order.currency,
        issued_at=now,
    )


def _issue(invoices: InvoiceRecords, draft: Invoice) -> Invoice:
    try:
        return invoices.issue(draft)
    except ServicesInvoicedError as error:
        raise PermanentError(
            f"{error}; charge that invoice, and skip this action, which lets go of the money held"
        ) from None
    except SeriesBusyError as busy:
        raise TransientError(str(busy)) from None


def _collect(order: Order, invoice: Invoice, tools: Tools) -> Invoice:
    """The invoice paid, as far as the order came with money."""
    invoices = InvoiceRecords(tools.records)
    if invoice.status is not InvoiceStatus.OPEN:
        return invoice
    if not invoice.total_cents:
        return invoices.mark(invoice, InvoiceStatus.PAID, at=tools.now())
    if order.hold is None:
        return invoice
    if invoice.charge:
        invoice = _charged_by_hand(order.hold, invoice, tools)
    if invoice.status is not InvoiceStatus.OPEN:
        return invoice
    if invoice.total_cents > order.hold.amount_cents:
        raise PermanentError(
            f"invoice {invoice.number} is higher than the amount held; collect the difference by hand, then skip this action"
        )
    if not order.hold.captured:
        _capture(order, order.hold, invoice, tools)
    return invoices.mark(invoice, InvoiceStatus.PAID, order.hold.transaction_id, at=tools.now())


def _charged_by_hand(hold: Hold, invoice: Invoice, tools: Tools) -> Invoice:
    """The invoice, paid by the charge that somebody began of it, which lets go of what is held; else free of that."""
    if invoice.charge is None or invoice.charge.key == hold.key:
        return invoice
    try:
        settled = end_charge(InvoiceRecords(tools.records), tools.gateway, invoice, now=tools.now())
    except ChargeInProgressError as busy:
        raise TransientError(busy.message) from None
    except (GatewayUnavailableError, OutcomeUnknownError):
        raise TransientError("the payment gateway cannot be reached") from None
    if settled.status is InvoiceStatus.PAID:
        with reversing(tools) as money:
            money.void_or_refund(hold)
    return settled


def _capture(order: Order, hold: Hold, invoice: Invoice, tools: Tools) -> None:
    try:
        capture_for(invoice, order, hold, tools.gateway)
    except DeclinedError as declined:
        raise PermanentError(
            f"the payment of invoice {invoice.number} was refused: {declined}; the invoice stays open: "
            "process this action again once the client has settled it with the bank, or cancel the order"
        ) from None
    except GatewayUnavailableError:
        raise TransientError("the payment gateway cannot be reached") from None
    except OutcomeUnknownError:
        raise TransientError("the payment is not confirmed yet") from None


module = Module(
    "generate_invoice", GenerateInvoiceConfig, run, undo, skipped, label="Generate Invoice", money="captures"
)
handler = action_handler(module)
