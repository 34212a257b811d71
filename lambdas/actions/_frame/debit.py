"""Gives Generate Invoice the debit of a bank account, whose bank decides about it in some days."""

from lambdas.actions._frame.module import PermanentError, Tools, TransientError, Waiting
from lambdas.orders.decisions.await_payment import LOOKS
from lambdas.orders.mandate import is_mandated
from lambdas.orders.model.info import text
from lambdas.orders.model.money import Money
from lambdas.orders.model.order import Order
from lambdas.payments.captures import end_charge
from lambdas.payments.charge import Charges
from lambdas.payments.errors import (
    AnotherSumTakenError,
    ChargeInProgressError,
    ChargePendingError,
    ChargeRefusedError,
    ChargeUnavailableError,
    ChargeUnknownError,
    NotChargeableError,
)
from lambdas.payments.gateway import GatewayUnavailableError, UndecidedError
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod, submitted_method
from lambdas.records.clients.stored_methods import method_key
from lambdas.records.invoices.invoice import Invoice
from lambdas.records.invoices.records import InvoiceRecords

LOOK_SECONDS = 6 * 3_600  # between looks at a debit of which no webhook tells
LONGEST_SECONDS = 21 * 86_400  # ACH takes 4 business days, SEPA at most 14; after that a person asks


def debit_account(order: Order, invoice: Invoice, tools: Tools) -> Invoice | Waiting:
    """Have the order's bank account pay its invoice, and return that; while its bank decides, what is waited for.

    An order that is paid in another way, or whose account has no mandate, is left as it is. A debit that failed is asked for
    again only once a person who read why wants it.
    """
    number, method = _account(order, tools)
    if method is None or not is_mandated(order.info):
        if invoice.charge is None:
            return invoice
        method = None  # what was asked for before is still waited for
    action = tools.action_of(order)
    is_told = action.failed_last and not action.retryable and action.by and action.input != LOOKS
    if invoice.charge is None and invoice.declines and not is_told:
        raise PermanentError(_failed(invoice, invoice.declined_because))
    try:
        return _charge(invoice, number, method, tools)
    except (ChargePendingError, UndecidedError):
        return _waits(invoice, tools)
    except (ChargeUnavailableError, ChargeUnknownError, ChargeInProgressError, GatewayUnavailableError):
        raise TransientError("the payment gateway cannot be reached") from None
    except ChargeRefusedError as refused:
        raise PermanentError(_failed(invoice, refused.reason)) from None
    except (AnotherSumTakenError, NotChargeableError) as refused:
        raise PermanentError(refused.message) from None


def _charge(invoice: Invoice, number: str, method: PaymentMethod | None, tools: Tools) -> Invoice:
    """`method`: None: nothing more is asked for, and a charge that was begun is looked up."""
    records = InvoiceRecords(tools.records)
    if method is None:
        return end_charge(records, tools.gateway, invoice, now=tools.now())
    return Charges(records, tools.gateway, tools.now, tools.choice).charge(invoice, number, method)


def _account(order: Order, tools: Tools) -> tuple[str, PaymentMethod | None]:
    """The bank account that the order is paid with, and its number among those of its client. As stored it knows its gateway."""
    number = text(order.info, "billing_info_id") or order.order_id
    known = tools.records.get(**method_key(order.client_id, number)) if order.client_id else None
    stored = ClientRecords(tools.records).payment_method(order.client_id, number) if order.client_id else None
    method = stored if known else submitted_method(order.info)  # one that was removed pays nothing
    return number, method if method and method.kind is MethodKind.BANK_ACCOUNT else None


def _waits(invoice: Invoice, tools: Tools) -> Waiting:
    """Raises PermanentError once the bank took longer than any does."""
    current = InvoiceRecords(tools.records).get(invoice.invoice_id) or invoice
    since = (current.charge.pending_since if current.charge else None) or tools.now()
    owed = f"the debit of {Money(invoice.owed_cents, invoice.currency)} for invoice {invoice.number}"
    if tools.now() > since + LONGEST_SECONDS:
        raise PermanentError(
            f"{owed} is undecided for three weeks, longer than any bank takes; ask the payment provider what became of it, then "
            "process this action again"
        )
    reason = f"{owed} is on its way; its bank decides in some days, and nothing is to be done until then"
    return Waiting(reason, {"invoice_number": invoice.number, "debit": "pending"}, look_at=tools.now() + LOOK_SECONDS)


def _failed(invoice: Invoice, why: str) -> str:
    return (
        f"the debit for invoice {invoice.number} failed: {why}; the invoice stays open: ask the client for another way to pay "
        "and charge that (client.invoice_charge), or process this action again to have the account debited once more"
    )
