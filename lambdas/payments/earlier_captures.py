"""Money that was taken already: before anything is charged or captured, every key that could have taken it is looked up.

There are two for an order's invoice: what was held for the order, and the charge that somebody began of the invoice.
"""

from lambdas.orders.model.order import Order
from lambdas.payments.errors import AnotherSumTakenError, ChargeInProgressError
from lambdas.payments.gateway import Gateway, Transaction, TransactionState, give_back
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable


def capture_key(order: Order, invoice_number: int) -> str:
    """The same for whoever captures: the order's Generate Invoice and client.invoice_generate take it once together."""
    return f"{order.known_as}:invoice:{invoice_number}:capture"


def captured_for(order: Order, gateway: Gateway) -> Transaction | None:
    """What was taken of the money held for the order, whoever took it and whether or not it was written down.

    Raises what the gateway raises where it does not answer.
    """
    found = gateway.find(order.hold.key) if order.hold else None
    return found if found and found.state is TransactionState.CAPTURED else None


def without_charge(invoices: InvoiceRecords, gateway: Gateway, invoice: Invoice, *, now: int) -> Invoice:
    """The invoice, with no charge that could still take money: paid by the one that was begun, or free of it.

    Raises ChargeInProgressError while a process may be at it, and what the gateway raises where it does not answer.
    """
    charge = invoice.charge
    if charge is None:
        return invoice
    if charge.claim_ends_at >= now:
        raise ChargeInProgressError(invoice.invoice_id)
    found = gateway.find(charge.key)
    if found and found.state is TransactionState.CAPTURED:
        return invoices.settle(invoice, InvoiceStatus.PAID, found.transaction_id, at=now)
    free = invoices.write_charge(invoice, None)
    if free is None:
        raise ChargeInProgressError(invoice.invoice_id)
    give_back(gateway, charge.key)
    return free


def paid_before(order: Order, gateway: Gateway, records: RecordTable, *, now: int) -> Invoice | None:
    """The order's invoice as paid, if its money was taken and that could not be written down; None if there is nothing to write.

    Raises AnotherSumTakenError, and what the gateway raises where it does not answer.
    """
    invoices = InvoiceRecords(records)
    taken = captured_for(order, gateway)
    invoice = invoices.of_order(order.order_id) if taken else None
    if taken is None or invoice is None or invoice.status is not InvoiceStatus.OPEN:
        return None
    if (taken.amount_cents, taken.currency) != (invoice.owed_cents, invoice.currency):
        raise AnotherSumTakenError(order.order_id, taken.transaction_id, invoice.invoice_id)
    return invoices.settle(invoice, InvoiceStatus.PAID, taken.transaction_id, at=now)
