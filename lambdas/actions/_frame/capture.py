"""Gives actions the capture of an order's money, with its errors in the machine's classes."""

from datetime import UTC, datetime

from lambdas.actions._frame.module import PermanentError, Tools, TransientError
from lambdas.orders.model.money import Money
from lambdas.orders.model.order import Hold, Order
from lambdas.payments.captures import capture_for, find_capture, refuse_another_sum
from lambdas.payments.errors import AnotherSumTakenError
from lambdas.payments.gateway import (
    DeclinedError,
    GatewayMisusedError,
    GatewayUnavailableError,
    LapsedError,
    OutcomeUnknownError,
    Transaction,
)
from lambdas.records.invoices.invoice import Invoice


def check_what_was_taken(order: Order, invoice: Invoice, tools: Tools) -> Transaction:
    """Of a payment that was taken at submit, such as PayPal's: the invoice may have become another one since then."""
    try:
        taken = find_capture(order, tools.gateway)
        if taken is None:
            raise PermanentError(
                f"the money of invoice {invoice.number} is not at the payment provider any more; find out there what became of"
                " it, then process this action again, or cancel the order"
            )
        refuse_another_sum(taken, invoice, order.order_id)
        return taken
    except AnotherSumTakenError as another:
        raise PermanentError(another.message) from None
    except (GatewayUnavailableError, OutcomeUnknownError):
        raise TransientError("the payment gateway cannot be reached") from None


def capture_hold(order: Order, hold: Hold, invoice: Invoice, tools: Tools) -> Transaction:
    """Capture what is owed on the invoice from the order's hold."""
    try:
        return capture_for(invoice, order, hold, tools.gateway)
    except DeclinedError as declined:
        raise PermanentError(
            f"the payment of invoice {invoice.number} was refused: {declined}; the invoice stays open: "
            "process this action again once the client has resolved it with the bank, or cancel the order"
        ) from None
    except LapsedError:
        raise PermanentError(_lapsed(hold)) from None
    except GatewayMisusedError as misused:
        raise PermanentError(
            f"the payment provider cannot take the money held for invoice {invoice.number}: {misused}; have that corrected, then "
            "process this action again"
        ) from None
    except AnotherSumTakenError as another:
        raise PermanentError(another.message) from None
    except GatewayUnavailableError:
        raise TransientError("the payment gateway cannot be reached") from None
    except OutcomeUnknownError:
        raise TransientError("the payment is not confirmed yet") from None


def _lapsed(hold: Hold) -> str:
    """For a person, who skips the action once the invoice is paid in another way, or cancels the order."""
    on = f" on {datetime.fromtimestamp(hold.capture_before, UTC).date()}" if hold.capture_before else ""
    held = f"{Money(hold.amount_cents, hold.currency)}"
    return f"The hold of {held} lapsed{on}; ask the client to pay again or charge the invoice, then skip this action"
