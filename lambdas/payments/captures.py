"""Captures the money held for an order, for its invoice, and finds money that was captured before.

`capture_for` captures an order's hold for its invoice. Generate Invoice and `client.invoice_generate` both call it, so they
share one idempotency key and take the money once between them. `capture_early` does so before a hold lapses. To capture what was
captured moves nothing.

Two keys can take money for an order's invoice: the order's hold, and a charge that a user began on the invoice. Before
anything is charged or captured, both are looked up.
"""

from lambdas.orders.dispute import DisputeState
from lambdas.orders.model.money import format_cents
from lambdas.orders.model.order import Hold, Order
from lambdas.orders.payment_key import gateway_of, key_at
from lambdas.payments.errors import AnotherSumTakenError, ChargeInProgressError
from lambdas.payments.gateway import (
    DeclinedError,
    Gateway,
    GatewayMisusedError,
    GatewayUnavailableError,
    LapsedError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
    UndecidedError,
    void_or_refund,
)
from lambdas.payments.preauthorization import CAPTURING_MODULE
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.telemetry import logger

FAILED = "the payment failed at its bank"


def capture_for(invoice: Invoice, order: Order, hold: Hold, gateway: Gateway) -> Transaction:
    """Capture what is owed on the order's invoice from the order's hold. May be repeated.

    Raises DeclinedError, LapsedError, GatewayUnavailableError or GatewayMisusedError if nothing moved, OutcomeUnknownError if
    that is not known yet, and AnotherSumTakenError.
    """
    captured = _capture(invoice, order, hold, gateway)
    refuse_another_sum(captured, invoice, order.order_id)
    logger.info(
        "money captured",
        order_id=order.order_id,
        invoice=invoice.invoice_id,
        amount_cents=captured.amount_cents,
        amount=float(format_cents(captured.amount_cents, captured.currency)),  # a number, which dashboards sum up
        currency=captured.currency,
    )
    return captured


def refuse_another_sum(taken: Transaction, invoice: Invoice, order_id: str = "") -> None:
    """Raise AnotherSumTakenError unless this, without what was refunded of it, is what is owed.

    Somebody may have captured a part at the gateway, or the invoice may have become another one since the money was taken.
    """
    if (taken.amount_cents - taken.refunded_cents, taken.currency) != (invoice.owed_cents, invoice.currency):
        raise AnotherSumTakenError(order_id or invoice.order_id or "", taken.transaction_id, invoice.invoice_id)


def _capture(invoice: Invoice, order: Order, hold: Hold, gateway: Gateway) -> Transaction:
    if hold.clock.is_renewing:
        raise OutcomeUnknownError("its hold is being renewed")
    try:
        return gateway.capture(
            key=_capture_key(order, f"invoice:{invoice.number}"),
            transaction_id=hold.transaction_id,
            amount_cents=invoice.owed_cents,
            currency=invoice.currency,
        )
    except (DeclinedError, LapsedError, GatewayMisusedError, OutcomeUnknownError):
        if found := _look_up(hold, gateway):  # The gateway may have forgotten the key of a run that captured.
            return found
        raise


def awaits_invoice(order: Order) -> bool:
    """Whether an action of the order must still invoice its services and capture the money held for them."""
    return not order.is_final and any(
        action.module == CAPTURING_MODULE and not action.met for action in order.actions.values()
    )


def find_capture(order: Order, gateway: Gateway) -> Transaction | None:
    """The transaction that captured the order's hold, even if that was not written down. Raises as `gateway.find`."""
    return _find_captured(order.hold, gateway) if order.hold else None


def end_charge(invoices: InvoiceRecords, gateway: Gateway, invoice: Invoice, *, now: int) -> Invoice:
    """End a charge that was begun on the invoice, and return the invoice: paid by that charge, or free of it.

    Raises ChargeInProgressError while a process may be at it, UndecidedError while its bank decides, AnotherSumTakenError, and as
    `gateway.find`.
    """
    charge = invoice.charge
    if charge is None:
        return invoice
    if charge.claim_ends_at >= now:
        raise ChargeInProgressError(invoice.invoice_id)
    found = gateway.find(charge.key)
    if found and found.state is TransactionState.PENDING:
        raise UndecidedError
    if found and found.is_taken:
        refuse_another_sum(found, invoice)
        return invoices.mark(invoice, InvoiceStatus.PAID, found.transaction_id, at=now)
    why = _why_failed(found) if found else ""
    declined = {"declines": invoice.declines + 1, "declined_because": why} if why else {}
    free = invoices.write_charge(invoice, None, **declined)
    if free is None:
        raise ChargeInProgressError(invoice.invoice_id)
    void_or_refund(gateway, charge.key)
    return free


def why_returned(payment: Transaction) -> str:
    """Why all of it went back to its payer without us, for the client; empty if it did not."""
    dispute = payment.dispute
    is_lost = payment.state is TransactionState.REFUNDED and dispute and dispute.state is DisputeState.LOST
    return f"the payment went back to its payer: {dispute.says}" if is_lost and dispute else ""


def _why_failed(payment: Transaction) -> str:
    """Empty if it did not fail."""
    if payment.state is TransactionState.FAILED:
        return payment.why_failed or FAILED
    return why_returned(payment)


def record_capture(order: Order, gateway: Gateway, records: RecordTable, *, now: int) -> Invoice | None:
    """Mark the order's invoice as paid if its money was captured but not recorded. None if there is nothing to record.

    Raises AnotherSumTakenError, and as `gateway.find`.
    """
    invoices = InvoiceRecords(records)
    taken = find_capture(order, gateway)
    invoice = invoices.of_order(order.order_id) if taken else None
    if taken is None or invoice is None or invoice.status is not InvoiceStatus.OPEN:
        return None
    refuse_another_sum(taken, invoice, order.order_id)
    return invoices.mark(invoice, InvoiceStatus.PAID, taken.transaction_id, at=now)


def capture_early(order: Order, hold: Hold, gateway: Gateway) -> Transaction:
    """Capture all that is held for the order, before its invoice. May be repeated: what was captured is answered as it stands.

    Raises as `capture_for`.
    """
    try:
        captured = gateway.capture(
            key=_capture_key(order, "early"),
            transaction_id=hold.transaction_id,
            amount_cents=hold.amount_cents,
            currency=hold.currency,
        )
    except (DeclinedError, LapsedError, GatewayMisusedError, OutcomeUnknownError):
        if found := _look_up(hold, gateway):
            return found
        raise
    logger.info(
        "money captured before its invoice",
        order_id=order.order_id,
        amount_cents=captured.amount_cents,
        currency=captured.currency,
    )
    return captured


def _capture_key(order: Order, of: str) -> str:
    return key_at(f"{order.known_as}:{of}:capture", gateway_of(order.hold.key) if order.hold else "")


def _look_up(hold: Hold, gateway: Gateway) -> Transaction | None:
    """As `_find_captured`, after a capture was asked for: a gateway that does not answer may have captured."""
    try:
        return _find_captured(hold, gateway)
    except GatewayUnavailableError as unavailable:
        raise OutcomeUnknownError(str(unavailable)) from None


def _find_captured(hold: Hold, gateway: Gateway) -> Transaction | None:
    found = gateway.find(hold.key)
    return found if found and found.is_taken else None
