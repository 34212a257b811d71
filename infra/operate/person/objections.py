"""Reasons for which a person cannot be erased yet. Each says what, where, and how to fix it."""

from collections.abc import Iterator

from infra.operate.person.found import Person
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable


def objections(person: Person, records: RecordTable) -> Iterator[str]:
    for order_id in person.unreadable:
        yield f"order {order_id} cannot be read, so whose it is is not known: fix its item (docs/operating.md)"
    for order in person.orders:
        yield from _of_order(order)
    for invoice in _invoices(person, InvoiceRecords(records)).values():
        yield from _of_invoice(invoice)


def _invoices(person: Person, invoices: InvoiceRecords) -> dict[str, Invoice]:
    """Of the clients, and of orders that are another client's."""
    found = {each.invoice_id: each for client in person.clients for each in invoices.of_client(client.client_id)}
    of_orders = (invoices.of_order(order.order_id) for order in person.orders)
    return {**found, **{each.invoice_id: each for each in of_orders if each}}


def _of_order(order: Order) -> Iterator[str]:
    where = f"order {order.order_id} ({order.step.name})"
    if order.is_lead and order.attempt is not None:
        yield f"{where}: its payment was begun; submit it again, which ends that, or cancel it"
    elif not (order.is_lead or order.is_final):
        yield f"{where} is in progress: finish it, or cancel it"
    if order.step_status is StepStatus.CANCELED and order.submitted_at and order.unwound_at is None:
        yield f"{where}: what was done for it is being undone; wait for that, or process what failed"
    if order.dispute and order.dispute.is_open:
        yield f"{where}: its payment is disputed; wait for the bank's decision"


def _of_invoice(invoice: Invoice) -> Iterator[str]:
    if invoice.is_owed:
        yield f"invoice {invoice.shown_number} is not paid: have it paid, record its payment, or credit it"
    elif invoice.status is InvoiceStatus.OPEN and invoice.charge:
        yield f"invoice {invoice.shown_number}: the outcome of its charge is not known; charge it again, which looks it up"
    if invoice.reduction and invoice.reduction.refund_cents:
        yield f"invoice {invoice.shown_number}: a refund of it is not done; credit it again, which finishes it"
