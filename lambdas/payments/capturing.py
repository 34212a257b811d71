"""The money of an order that its invoice is paid with: the key it is captured by, and whether it was captured."""

from lambdas.orders.order import Order
from lambdas.payments.gateway import Gateway, Transaction, TransactionState


def capture_key(order_id: str, invoice_number: int) -> str:
    """The same for whoever captures: the order's Generate Invoice and client.invoice_generate take it once together."""
    return f"{order_id}:invoice:{invoice_number}:capture"


def captured_for(order: Order, gateway: Gateway) -> Transaction | None:
    """What was taken of the money held for the order, whoever took it and whether or not it was written down.

    Raises what the gateway raises where it does not answer.
    """
    found = gateway.find(order.hold.key) if order.hold else None
    return found if found and found.state is TransactionState.CAPTURED else None
