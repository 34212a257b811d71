"""Generate Invoice: invoices the order's services, captures the pre-authorized payment, applies PayPal, debits a bank account.

The invoice is issued first and captured second: a refused capture leaves an open invoice that a person can act on, never
money without a document (docs/reference/ubersmith.md, 2.1 no. 9; docs/reference/order-systems.md, 4.9).
"""

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.capture import capture_hold, check_what_was_taken
from lambdas.actions._frame.debit import debit_account
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools, TransientError, Waiting
from lambdas.actions._frame.reversal import reversals
from lambdas.catalog.coupon_errors import CouponBusyError
from lambdas.orders.model.money import format_cents
from lambdas.orders.model.order import Hold, Order
from lambdas.payments.captures import end_charge, record_capture
from lambdas.payments.errors import AnotherSumTakenError, ChargeInProgressError
from lambdas.payments.gateway import GatewayUnavailableError, OutcomeUnknownError
from lambdas.records.clients.service import Service, ServiceRecords
from lambdas.records.coupons.use import CouponUseRecords
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.lines import invoice_lines
from lambdas.records.invoices.records import InvoiceRecords, ServicesInvoicedError
from lambdas.records.invoices.series import SeriesBusyError


class GenerateInvoiceConfig(Config):
    """No settings."""


def run(order: Order, config: GenerateInvoiceConfig, tools: Tools) -> Done | Waiting:
    if order.hold and order.hold.clock.is_renewing:
        raise TransientError("the hold of its money is being renewed")
    services = ServiceRecords(tools.records).of_order(order.client_id, order.order_id) if order.client_id else ()
    if not services:
        return _nothing_to_invoice(order, tools)
    invoice = _issue(InvoiceRecords(tools.records), _draft(order, services, tools.now()))
    paid, capture_id = _collect(order, invoice, tools)
    if isinstance(paid, Waiting):
        return paid
    result = {
        "invoice_number": invoice.number,
        "document_number": invoice.shown_number,
        "total": format_cents(invoice.total_cents, invoice.currency),
        "currency": invoice.currency,
        "status": paid.status.value,
    }
    return Done(
        f"invoice {invoice.number} of {result['total']} {invoice.currency} is {paid.status.value}",
        result,
        capture_id=capture_id,
    )


def undo(order: Order, config: GenerateInvoiceConfig, tools: Tools) -> str | None:
    """Void the hold or refund the payment, credit the invoice, and uncount the coupons.

    A payment in progress is waited for, and a submit with it. So is money that was recorded by hand, until a user notes that
    it was returned.
    """
    with reversals(tools) as money:
        reversal = money.reverse(order, now=tools.now())
    coupons = _uncount_coupons(order, tools)
    if reversal.to_return:
        raise PermanentError(str(reversal))
    return "; ".join(part for part in (str(reversal), coupons) if part) or None


def _uncount_coupons(order: Order, tools: Tools) -> str:
    try:
        uncounted = CouponUseRecords(tools.records).give_back(order.order_id)
    except CouponBusyError as busy:
        raise TransientError(busy.message) from None
    return f"{'coupon' if len(uncounted) == 1 else f'{len(uncounted)} coupons'} may be used again" if uncounted else ""


def on_skip(order: Order, config: GenerateInvoiceConfig, tools: Tools) -> None:
    """Release the hold, because nothing will capture it. Money that was captured stays, and its invoice is marked as paid."""
    try:
        record_capture(order, tools.gateway, tools.records, now=tools.now())
    except AnotherSumTakenError as another:
        raise PermanentError(another.message) from None
    except (GatewayUnavailableError, OutcomeUnknownError):
        raise TransientError("the payment gateway cannot be reached") from None
    if order.hold:
        with reversals(tools) as money:
            money.void(order, order.hold, now=tools.now())


def _nothing_to_invoice(order: Order, tools: Tools) -> Done:
    if order.hold:
        with reversals(tools) as money:
            money.void_or_refund(order.hold)
    return Done("nothing to invoice", {"invoice_number": None})


def _draft(order: Order, services: tuple[Service, ...], now: int) -> Invoice:
    packs = {pack.pack: pack for pack in order.priced}
    lines = tuple(line for service in services for line in invoice_lines(service, packs[service.pack]))
    return Invoice(
        brand_id=order.brand_id,
        client_id=services[0].client_id,
        order_id=order.order_id,
        order_reference=order.reference,
        lines=lines,
        total_cents=sum(line.amount_cents for line in lines),
        currency=order.currency,
        issued_at=now,
        supplied_at=max(each.begins_at for each in services),
    )


def _issue(invoices: InvoiceRecords, draft: Invoice) -> Invoice:
    try:
        return invoices.issue(draft)
    except ServicesInvoicedError as error:
        raise PermanentError(
            f"{error}; charge that invoice, and skip this action, which releases the money held"
        ) from None
    except SeriesBusyError as busy:
        raise TransientError(str(busy)) from None


def _collect(order: Order, invoice: Invoice, tools: Tools) -> tuple[Invoice | Waiting, str]:
    """Pay the invoice from the money of the order, if there is any. Return it, and what the provider calls what was taken."""
    invoices = InvoiceRecords(tools.records)
    if invoice.status is not InvoiceStatus.OPEN:
        _release_unneeded(order, invoice, tools)
        return invoice, ""
    if not invoice.owed_cents:
        _release_unneeded(order, invoice, tools)
        return invoices.mark(invoice, InvoiceStatus.PAID, at=tools.now()), ""
    if order.hold is None:
        return debit_account(order, invoice, tools), ""
    if invoice.charge:
        invoice = _end_other_charge(order.hold, invoice, tools)
    if invoice.status is not InvoiceStatus.OPEN:
        return invoice, ""
    if invoice.total_cents > order.hold.amount_cents:
        raise PermanentError(
            f"invoice {invoice.number} is higher than the amount held; collect the difference by hand, then skip this action"
        )
    if order.hold.captured:
        taken = check_what_was_taken(order, invoice, tools)
    else:
        taken = capture_hold(order, order.hold, invoice, tools)
    paid = invoices.mark(invoice, InvoiceStatus.PAID, order.hold.transaction_id, at=tools.now())
    return paid, taken.ids.capture


def _release_unneeded(order: Order, invoice: Invoice, tools: Tools) -> None:
    """Release the hold of an invoice that it does not pay: one that was credited, paid otherwise, or is of nothing."""
    if order.hold and not order.hold.captured and invoice.transaction_id != order.hold.transaction_id:
        with reversals(tools) as money:
            money.void(order, order.hold, now=tools.now())


def _end_other_charge(hold: Hold, invoice: Invoice, tools: Tools) -> Invoice:
    """End a charge that a user began on the invoice. If it paid the invoice, release the hold. Return the invoice."""
    if invoice.charge is None or invoice.charge.key == hold.key:
        return invoice
    try:
        ended = end_charge(InvoiceRecords(tools.records), tools.gateway, invoice, now=tools.now())
    except ChargeInProgressError as busy:
        raise TransientError(busy.message) from None
    except AnotherSumTakenError as another:
        raise PermanentError(another.message) from None
    except (GatewayUnavailableError, OutcomeUnknownError):
        raise TransientError("the payment gateway cannot be reached") from None
    if ended.status is InvoiceStatus.PAID:
        with reversals(tools) as money:
            money.void_or_refund(hold)
    return ended


module = Module(
    "generate_invoice", GenerateInvoiceConfig, run, undo, on_skip, label="Generate Invoice", money="captures"
)
handler = action_handler(module)
