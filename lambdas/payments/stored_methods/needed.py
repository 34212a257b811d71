"""Orders and charges that still need a stored payment method."""

from collections.abc import Iterator

from lambdas.orders.decisions.lead.parties import stored_method
from lambdas.orders.errors import OrderNotFoundError
from lambdas.orders.model.order import Order
from lambdas.orders.ports import OrderStore, TimeWindow
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.payment_method import PaymentMethod, submitted_method
from lambdas.records.invoices.invoice import InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable


def orders_that_need(
    store: OrderStore, records: RecordTable, client_id: str, billing_info_id: str, method: PaymentMethod
) -> Iterator[str]:
    """Ids of the client's orders whose payment is begun or held by this method, and not taken yet.

    Each is read consistently: an order that claims its payment after this read finds no such method any more.
    """
    ids = [entry.order_id for entry in store.of_client(client_id, TimeWindow(page_size=200))]
    if (
        ClientRecords(records).made_for(billing_info_id) == client_id
    ):  # it came with that order, which may be no client's yet
        ids.append(billing_info_id)
    ended = {each.order_id for each in store.get_many(ids) if isinstance(each, Order) and each.is_final}
    for order_id in dict.fromkeys(ids):
        if order_id in ended:
            continue
        try:
            order = store.get(order_id)
        except OrderNotFoundError:  # its time as a lead was over
            continue
        if is_paid_by(order, billing_info_id, method) and has_open_payment(order, records):
            yield order_id


def is_paid_by(order: Order, billing_info_id: str, method: PaymentMethod) -> bool:
    named = stored_method(order.info)
    if named:
        return named == billing_info_id
    sent = submitted_method(order.info)
    return sent is not None and (sent.kind, sent.token) == (method.kind, method.token)


def has_open_payment(order: Order, records: RecordTable) -> bool:
    """Whether its payment is begun, held or still to come. A lead that only names how it will be paid has none."""
    if order.is_final or not order.total_cents:
        return False
    if order.is_lead:
        return order.attempt is not None
    if order.hold is not None and order.hold.captured:
        return False
    invoice = InvoiceRecords(records).of_order(order.order_id)
    return invoice is None or invoice.status is InvoiceStatus.OPEN


def charges_that_need(records: RecordTable, client_id: str, billing_info_id: str) -> Iterator[str]:
    """Ids of open invoices with a charge of this method whose outcome is not settled."""
    for invoice in InvoiceRecords(records).of_client(client_id):
        charge = invoice.charge
        if invoice.status is InvoiceStatus.OPEN and charge and charge.billing_info_id == billing_info_id:
            yield invoice.invoice_id
