"""The payment method by which an order is paid."""

from lambdas.orders.decisions.lead.parties import stored_method
from lambdas.orders.model.order import Order
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.payment_method import PaymentMethod, submitted_method


def method_of(order: Order, clients: ClientRecords, *, to_begin: bool = False) -> PaymentMethod | None:
    """The order's payment method: one that its client has stored, or the one that came with it.

    `to_begin`: only one that a payment can be begun by. What is begun continues until the removal of its method is decided.
    """
    stored = stored_method(order.info)
    if not stored:
        return submitted_method(order.info)
    return clients.payment_method(order.client_id, stored, to_begin=to_begin) if order.client_id else None
