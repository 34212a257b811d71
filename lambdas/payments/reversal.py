"""Reverses an order's payment: returns the money, and credits what the order has on invoices.

Reverse Payment does it while the order continues, the undo of Generate Invoice when the order is canceled. It may be repeated:
a void or refund depends on what the gateway knows now, and an order has one credit note.

Longer than 200 lines, because all ways of an order's money back to its payer stand here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from lambdas.orders.decisions import hold_clock
from lambdas.orders.model.money import Money
from lambdas.orders.model.order import Hold, Order, PaymentAttempt
from lambdas.payments.gateway import (
    DeclinedError,
    Gateway,
    GatewayMisusedError,
    GatewayUnavailableError,
    OutcomeUnknownError,
    TransactionState,
    void_or_refund,
)
from lambdas.records.invoices.credit_notes import CreditNotes
from lambdas.records.invoices.invoice import ChargeAttempt, Invoice, InvoiceStatus
from lambdas.records.invoices.order_invoices import read_invoices
from lambdas.records.invoices.series import SeriesBusyError
from lambdas.records.table import RecordTable

_GIVEN_BACK = (TransactionState.VOIDED, TransactionState.REFUNDED)


class ReversalPendingError(Exception):
    """May succeed in a moment. The message is for the person who reads the order."""


class ReversalRefusedError(Exception):
    """The gateway refuses. The message says what a person must do."""


class Credited(NamedTuple):
    """`note`: the number of the credit note."""

    invoice: int
    note: int

    def __str__(self) -> str:
        return f"invoice {self.invoice} credited by credit note {self.note}"


@dataclass(frozen=True)
class Reversal:
    """The outcome for one order's money, and for each invoice that its services are on.

    `to_return`: the work left to people, because the money came outside of the gateway.
    """

    given_back: bool
    credited: tuple[Credited, ...] = ()
    to_return: str = ""

    @property
    def invoice(self) -> int | None:
        """The number of its invoice, of the first if it is on several."""
        return self.credited[0].invoice if self.credited else None

    @property
    def credit_note(self) -> int | None:
        """The number of the note that credits that one."""
        return self.credited[0].note if self.credited else None

    def __str__(self) -> str:
        parts = ("payment returned" if self.given_back else "", *map(str, self.credited), self.to_return)
        return "; ".join(part for part in parts if part)


@dataclass(frozen=True)
class Reversals:
    """Over a gateway and the records. Raises ReversalPendingError or ReversalRefusedError."""

    gateway: Gateway
    records: RecordTable

    def reverse(self, order: Order, *, now: int) -> Reversal:
        """Void the hold or refund the payment. Then credit what the order has on invoices, and refund what was paid on those.

        Raises ReversalPendingError while a payment is in progress.
        """
        if order.attempt and order.attempt.is_under_way(now):
            raise ReversalPendingError("the order's payment is still in progress")
        payment = order.hold or order.attempt
        self._end_renewal(order, now)
        given_back = self.void_or_refund(payment) if payment else False
        return self._credit_invoices(order, now, given_back)

    def void(self, order: Order, hold: Hold, *, now: int) -> None:
        """Release money that is held. Captured money stays. Raises ReversalPendingError while the hold is renewed."""
        self._end_renewal(order, now)
        with _gateway_errors():
            found = self.gateway.find(hold.key)
        if found and found.state is TransactionState.HELD:
            self.void_or_refund(hold)

    def _end_renewal(self, order: Order, now: int) -> None:
        """Release the new hold of a renewal whose run died: nobody else knows of it."""
        if hold_clock.is_being_kept(order, now):
            raise ReversalPendingError("the order's hold is being renewed")
        if order.hold and order.hold.clock.is_renewing:
            with _gateway_errors():
                void_or_refund(self.gateway, hold_clock.renewal_key(order))

    def finish(self, order: Order, *, now: int) -> bool:
        """Credit the invoice of an order if its money was returned. Return whether it was."""
        payment = order.hold or order.attempt
        with _gateway_errors():
            found = self.gateway.find(payment.key) if payment else None
        if found is None or found.state not in _GIVEN_BACK:
            return False
        self.reverse(order, now=now)
        return True

    def reverse_invoices(self, order: Order, *, now: int) -> Reversal:
        """Credit only what was invoiced, for an order without an action that captures its money."""
        return self._credit_invoices(order, now, given_back=False)

    def _credit_invoices(self, order: Order, now: int, given_back: bool) -> Reversal:
        credited, to_return = list[Credited](), list[str]()
        for invoice in read_invoices(self.records, order.order_id, order.brand_id):
            current, note = self._credit(invoice, order, now)
            credited.append(Credited(invoice.number, note))
            if current.charge:  # A credited invoice cannot be charged any more.
                if current.charge.claim_ends_at >= now:
                    raise ReversalPendingError("the order's invoice is being charged")
                given_back = self._refund_above(current, current.charge) or given_back
            given_back = given_back or current.is_returned(order.order_id)
            to_return.append(_to_return(current, order.order_id))
        return Reversal(given_back, tuple(credited), "; ".join(filter(None, to_return)))

    def _credit(self, invoice: Invoice, order: Order, now: int) -> tuple[Invoice, int]:
        try:
            return CreditNotes(self.records).credit(invoice, order.order_id, now)
        except SeriesBusyError as busy:
            raise ReversalPendingError(str(busy)) from None

    def _refund_above(self, invoice: Invoice, charge: ChargeAttempt) -> bool:
        """Refund the charge of the invoice, except for what other orders still owe on it. Return whether there was one."""
        if invoice.status is InvoiceStatus.CREDITED:
            return self.void_or_refund(charge)
        with _gateway_errors():
            paid = self.gateway.find(charge.key)
            if paid and paid.state is TransactionState.PENDING:
                raise OutcomeUnknownError
            if paid is None or not paid.is_taken:
                return False
            above = paid.amount_cents - paid.refunded_cents - invoice.owed_cents
            if above > 0:  # The key names the rest, so that two orders never refund more than both.
                key = f"{charge.key}:release:{invoice.owed_cents}"
                self.gateway.refund(
                    key=key, transaction_id=paid.transaction_id, currency=invoice.currency, amount_cents=above
                )
        return True

    def void_or_refund(self, payment: PaymentAttempt | Hold | ChargeAttempt) -> bool:
        """Void or refund the payment. Return whether there was one; it may have been returned before."""
        with _gateway_errors():
            transaction = void_or_refund(self.gateway, payment.key)
        return transaction is not None and transaction.state in _GIVEN_BACK


@contextmanager
def _gateway_errors() -> Iterator[None]:
    """Raise the gateway's errors in words for the person who reads the order."""
    try:
        yield
    except GatewayUnavailableError:
        raise ReversalPendingError("the payment gateway did not answer") from None
    except OutcomeUnknownError:
        raise ReversalPendingError("what became of the payment is not known yet") from None
    except (DeclinedError, GatewayMisusedError) as refused:
        raise ReversalRefusedError(
            f"the payment could not be returned: {refused}; resolve it with the gateway"
        ) from None


def _to_return(invoice: Invoice, order_id: str) -> str:
    """The sum that people must pay back for this order, in words; empty if there is none, or its return was noted."""
    cents = invoice.parts_to_return.get(order_id)
    if not cents or invoice.payment is None:
        return ""
    amount = f"{Money(cents, invoice.currency)}"
    named = f"inv_id {invoice.invoice_id}" + (f", order_id {order_id}" if invoice.credited else "")
    return (
        f"{amount} that came for invoice {invoice.number} by {invoice.payment.payment_type} must be paid back by hand; "
        f"note it with client.payment_refund ({named})"
    )
