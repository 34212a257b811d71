"""Compares what the gateway holds or took with what orders and invoices say: unmatched money, and sums that differ.

Each payment is looked up by what it says it is for. The key that it was begun under must be there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from lambdas.orders.model.money import format_cents
from lambdas.orders.model.order import Order
from lambdas.orders.ports import OrderStore
from lambdas.payments.effects.effect import invoice_of_key
from lambdas.payments.gateway import Gateway, Transaction
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.marks import invoices_with
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.telemetry import log_unexpected
from lambdas.watch.invariants.violation import Promise, Violation

DAYS = 3  # a provider may report a payment days late


def days_before(now: int) -> tuple[str, ...]:
    """The days that are over, the last one first, as YYYY-MM-DD in UTC. `now`: Unix seconds."""
    today = datetime.fromtimestamp(now, UTC).date()
    return tuple((today - timedelta(days=back)).isoformat() for back in range(1, DAYS + 1))


class _Books(NamedTuple):
    """The order and the invoice of a payment. `is_on_another`: an invoice of several orders has the order's services."""

    order: Order | None = None
    invoice: Invoice | None = None
    is_on_another: bool = False


@dataclass(frozen=True)
class PaymentsOfADay:
    """The payments that were begun on `day`, YYYY-MM-DD in UTC."""

    gateway: Gateway
    orders: OrderStore
    records: RecordTable
    day: str

    def violations(self) -> Iterator[Violation]:
        """A difference counts if it is there twice, because money moves while it is looked at."""
        for payment in self.gateway.list_begun(self.day):
            if payment.kept_cents and self._difference(payment):
                again = self.gateway.find(payment.key)
                if again and again.kept_cents and (what := self._difference(again)):
                    yield self._violation(again, what)

    def _difference(self, payment: Transaction) -> str:
        """The difference in words that follow the sum; empty if there is none."""
        books = self._books(payment)
        if not _knows(books, payment):
            return "neither an order nor an invoice knows that payment"
        return _of_order(books, payment) or _of_invoice(books, payment)

    def _books(self, payment: Transaction) -> _Books:
        charged = invoice_of_key(payment.key)
        try:
            order = self.orders.get(payment.order_id) if payment.order_id else None
            invoices = InvoiceRecords(self.records)
            invoice = invoices.get(charged) if charged else None
            if order and not charged:
                invoice = invoices.of_order(order.order_id)
            is_on_another = bool(order and invoice is None and invoices_with(self.records, order.order_id))
        except Exception as error:  # noqa: BLE001 - a row that cannot be read knows nothing, and hides no other payment
            log_unexpected("payment not matched", error)
            return _Books()
        return _Books(order, invoice, is_on_another)

    def _violation(self, payment: Transaction, what: str) -> Violation:
        """It names no transaction: that is for people who may see the order."""
        charged = invoice_of_key(payment.key)
        sum_of = f"{format_cents(payment.kept_cents)} {payment.currency}"
        done = "held" if payment.is_held else "taken"
        return Violation(
            promise=Promise.MATCHED,
            place=payment.order_id or (f"invoice {charged}" if charged else f"gateway {self.day}"),
            what=f"{sum_of} of {self.day} at the gateway are {done}, and {what}",
            mend="look for the payment at the gateway by its day, sum and note; void or refund what is not due",
            of_day=self.day,
        )


def _knows(books: _Books, payment: Transaction) -> bool:
    order, invoice, _ = books
    known = (order and order.hold, order and order.attempt, invoice and invoice.charge)
    return any(each and each.key == payment.key for each in known)


def _of_order(books: _Books, payment: Transaction) -> str:
    order = books.order
    if order is None or not order.is_final:
        return ""
    if order.canceled_at is not None:
        return "" if order.unwound_at is None else "its order is canceled"
    return "its order is complete" if payment.is_held else ""


def _of_invoice(books: _Books, payment: Transaction) -> str:
    order, invoice, is_on_another = books
    if payment.is_held or is_on_another or (order and not order.is_final):
        return ""  # An action or a person captures it, or writes down what was captured.
    if invoice is None:
        return "there is no invoice for it"
    if invoice.status is InvoiceStatus.OPEN:
        return f"invoice {invoice.invoice_id} is open"
    if invoice.transaction_id != payment.transaction_id:
        return f"invoice {invoice.invoice_id} was paid by another payment"
    owed = 0 if invoice.status is InvoiceStatus.CREDITED else invoice.owed_cents
    if (payment.kept_cents, payment.currency) == (owed, invoice.currency):
        return ""
    return f"invoice {invoice.invoice_id} is of {format_cents(owed)} {invoice.currency}"
