"""Reversal: the order's payment given back and its invoice credited.

Reverse Payment does it while the order goes on, the undo of Generate Invoice when the order is canceled. It may be repeated:
a void or refund is decided on what the gateway knows now, and an order has one credit note.
"""

from dataclasses import dataclass

from lambdas.orders.money import format_cents
from lambdas.orders.order import Hold, Order, PaymentAttempt
from lambdas.payments.gateway import (
    DeclinedError,
    Gateway,
    GatewayUnavailableError,
    OutcomeUnknownError,
    TransactionState,
    give_back,
)
from lambdas.records.invoice import ChargeAttempt, Invoice, InvoiceKind, InvoiceStatus
from lambdas.records.invoice_records import InvoiceRecords, SeriesBusyError
from lambdas.records.table import RecordTable

_GIVEN_BACK = (TransactionState.VOIDED, TransactionState.REFUNDED)


class ReversalPendingError(Exception):
    """Not now: trying again in a moment may succeed. The message is for the person who reads the order."""


class ReversalRefusedError(Exception):
    """The gateway refuses; the message says what a person has to do."""


@dataclass(frozen=True)
class Reversal:
    """What became of one order's money. `credit_note`: the number of the note that credits its invoice. `to_return`: what is
    left to people, because the money came outside of the gateway."""

    given_back: bool
    invoice: int | None = None
    credit_note: int | None = None
    to_return: str = ""

    def __str__(self) -> str:
        credited = f"invoice {self.invoice} credited by credit note {self.credit_note}" if self.credit_note else ""
        parts = ("payment given back" if self.given_back else "", credited, self.to_return)
        return "; ".join(part for part in parts if part)


@dataclass(frozen=True)
class Reversing:
    """Over a gateway and the records. Raises ReversalPendingError or ReversalRefusedError."""

    gateway: Gateway
    records: RecordTable

    def reverse(self, order: Order, *, now: int) -> Reversal:
        """Void the hold or give the money back, then credit the invoice. A payment still under way is waited for."""
        if order.attempt and order.attempt.is_under_way(now):
            raise ReversalPendingError("the order's payment is still under way; this is tried again by itself")
        payment = order.hold or order.attempt
        given_back = self.give_back(payment) if payment else False
        invoice, credit_note = self._credit(order, now)
        if invoice and invoice.charge:  # after it was credited: now nobody can begin to charge it
            if invoice.charge.claim_ends_at >= now:
                raise ReversalPendingError("the order's invoice is being charged; this is tried again by itself")
            given_back = self.give_back(invoice.charge) or given_back
        if invoice is None:
            return Reversal(given_back)
        came_back = invoice.payment is not None and invoice.payment.returned_at is not None
        return Reversal(given_back or came_back, invoice.number, credit_note, _to_return(invoice))

    def give_back(self, payment: PaymentAttempt | Hold | ChargeAttempt) -> bool:
        """Whether there was a payment, which has gone back now or had before."""
        try:
            transaction = give_back(self.gateway, payment.key)
        except (GatewayUnavailableError, OutcomeUnknownError):
            raise ReversalPendingError("the payment gateway did not answer; this is tried again by itself") from None
        except DeclinedError as declined:
            raise ReversalRefusedError(
                f"the payment could not be given back: {declined}; settle it with the gateway"
            ) from None
        return transaction is not None and transaction.state in _GIVEN_BACK

    def _credit(self, order: Order, now: int) -> tuple[Invoice | None, int | None]:
        """The invoice as credited, if there is one, and the number of the note that credits it."""
        invoices = InvoiceRecords(self.records)
        invoice = invoices.of_order(order.order_id)
        if invoice is None:
            return None, None
        note = invoice.model_copy(
            update={
                "kind": InvoiceKind.CREDIT_NOTE,
                "number": 0,
                "credits_number": invoice.number,
                "status": InvoiceStatus.CREDITED,
                "issued_at": now,
                "charge": None,
                "payment": None,
                "paid_at": None,
            }
        )
        try:
            issued = invoices.issue(note)
        except SeriesBusyError as busy:
            raise ReversalPendingError(f"{busy}; this is tried again by itself") from None
        if invoice.status is not InvoiceStatus.CREDITED:
            invoice = invoices.settle(invoice, InvoiceStatus.CREDITED, at=now)
        return invoice, issued.number


def _to_return(invoice: Invoice) -> str:
    """What people have to pay back, in their words; empty if there is nothing, or it was noted that they did."""
    if not invoice.is_to_be_returned or invoice.payment is None:
        return ""
    amount = f"{format_cents(invoice.payment.amount_cents)} {invoice.currency}"
    return (
        f"{amount} that came for invoice {invoice.number} by {invoice.payment.payment_type} has to be paid back by hand; "
        f"note it with client.payment_refund (inv_id {invoice.invoice_id})"
    )
