"""Await Payment: holds the order until its invoice is paid, by whatever means.

It looks when it runs, when `client.invoice_charge` or `client.payment_add` pays the invoice, and when a user processes it.
Skipping it delivers on credit.
"""

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools, Waiting
from lambdas.orders.decisions.await_payment import AWAITING_MODULE
from lambdas.orders.model.money import Money
from lambdas.orders.model.order import Order
from lambdas.payments.captures import awaits_invoice
from lambdas.records.clients.service import service_id_of
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords


class AwaitPaymentConfig(Config):
    """No settings: `owner` and `due_hours` of the action name the user to notify if the money does not come, and when."""


def run(order: Order, config: AwaitPaymentConfig, tools: Tools) -> Done | Waiting:
    if awaits_invoice(order):
        raise PermanentError("the order is not invoiced yet; process Generate Invoice first, then this action again")
    invoices = invoices_of(order, InvoiceRecords(tools.records))
    numbers = [invoice.number for invoice in invoices]
    if not invoices:
        return Done("nothing to pay: the order has no invoice", {"invoice_numbers": numbers})
    if owed := [invoice for invoice in invoices if invoice.is_owed]:
        if all(each.charge and each.charge.pending_since for each in owed):
            told = f"{_named(owed)} to be debited, which takes its bank some days; nothing is to be done until then"
            return Waiting(told, {"invoice_numbers": [each.number for each in owed]})
        return Waiting(f"{_named(owed)} to be paid: {_HOW}", {"invoice_numbers": [each.number for each in owed]})
    if credited := [invoice for invoice in invoices if invoice.status is InvoiceStatus.CREDITED]:
        text = "was credited, so nobody will pay it" if len(credited) == 1 else "were credited, so nobody will pay them"
        raise PermanentError(f"{_numbers(credited)} {text}; cancel the order, or skip this action to deliver unpaid")
    return Done(f"{_numbers(invoices)} {'is' if len(invoices) == 1 else 'are'} paid", {"invoice_numbers": numbers})


def invoices_of(order: Order, records: InvoiceRecords) -> tuple[Invoice, ...]:
    """The order's invoice, and the invoices by hand that its services are on, by number."""
    own = records.of_order(order.order_id)
    services = [service_id_of(order.order_id, pack.number) for pack in order.priced]
    by_number = {each.number: each for each in records.of_services(order.brand_id, services)}
    if own:
        by_number[own.number] = own
    return tuple(invoice for _, invoice in sorted(by_number.items()))


def _named(owed: list[Invoice]) -> str:
    sums = ", ".join(f"invoice {each.number} of {Money(each.owed_cents, each.currency)}" for each in owed)
    return f"waits for {sums}"


def _numbers(invoices: list[Invoice] | tuple[Invoice, ...]) -> str:
    word = "invoice" if len(invoices) == 1 else "invoices"
    return f"{word} {', '.join(str(invoice.number) for invoice in invoices)}"


_HOW = "charge it (client.invoice_charge), or record what came by bank or cheque (client.payment_add)"

module = Module(AWAITING_MODULE, AwaitPaymentConfig, run, label="Await Payment")
handler = action_handler(module)
