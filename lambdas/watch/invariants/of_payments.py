"""Compares what the gateway holds or took with what orders and invoices say: unmatched money, and sums that differ.

Each payment is looked up by what it says it is for. The key that it was begun under must be there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from lambdas.orders.decisions import hold_clock
from lambdas.orders.model.money import Money
from lambdas.orders.model.order import Order
from lambdas.orders.ports import OrderStore
from lambdas.payments.effects.effect import invoice_of_key
from lambdas.payments.effects.recorded_gateway import payment_of
from lambdas.payments.gateway import Gateway, Transaction, TransactionState
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.marks import invoices_with
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.telemetry import log_unexpected
from lambdas.watch.invariants.compared import Compared, Standing, only_here
from lambdas.watch.invariants.recorded_payments import RecordedPayment, RecordedPayments, closes_at
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
    """The payments that were begun on `day`, YYYY-MM-DD in UTC. `now`: Unix seconds.

    What the provider does not know counts once the day is closed, because providers report late.
    """

    gateway: Gateway
    orders: OrderStore
    records: RecordTable
    day: str
    now: int = 0

    @property
    def is_closed(self) -> bool:
        return self.now >= closes_at(self.day)

    def violations(self) -> Iterator[Violation]:
        for each in self.compare():
            if each.standing is not Standing.AGREE:
                yield self._violation(each)

    def violation_of(self, payment: Transaction) -> Violation | None:
        """Of one payment of the day; None if orders and invoices agree with it."""
        compared = self._compare(payment, RecordedPayment(self.records, self.day, self.now))
        return None if compared.standing is Standing.AGREE else self._violation(compared)

    def compare(self) -> Iterator[Compared]:
        """Both sides of each payment. A difference counts if it is there twice, because money moves while it is looked at."""
        recorded = RecordedPayments(self.records, self.day, self.now)
        begun = dict(recorded.begun())
        for payment in self.gateway.list_begun(self.day):
            begun.pop(payment.transaction_id, None)
            yield self._compare(payment, recorded)
        if self.is_closed:
            for each in begun.values():  # The provider may list it under the day before or behind.
                found = self.gateway.find(each.key)
                yield self._compare(found, recorded) if found else only_here(each)

    def _compare(self, payment: Transaction, recorded: RecordedPayments) -> Compared:
        compared = self._compare_once(payment, recorded)
        if compared.standing is Standing.AGREE:
            return compared
        again = self.gateway.find(payment.key)
        return self._compare_once(again, recorded) if again else compared

    def _compare_once(self, payment: Transaction, recorded: RecordedPayments) -> Compared:
        """A payment of which nothing is kept is nobody's loss, unless an invoice is paid by it or the records have more."""
        books, here, charged = self._books(payment), recorded.find(payment), invoice_of_key(payment.key)
        standing, what = Standing.DIFFER, ""
        if payment.kept_cents and not _knows(books, payment):
            standing, what = Standing.ONLY_THERE, "neither an order nor an invoice knows that payment"
        elif payment.kept_cents:
            what = _of_order(books, payment) or _of_invoice(books, payment)
        elif _is_paid_by(books.invoice, payment):
            what = f"invoice {books.invoice.invoice_id} is paid by it" if books.invoice else ""
        if not what and not _says_disputed(books, payment):
            what = "its payer disputes it at their bank"
        if not what and recorded.differs(payment, here) and here:
            what = f"{Money(here.kept_cents, here.currency)} of it is recorded as {here.state.value}"
        owner = books.order or books.invoice
        return Compared(
            standing if what else Standing.AGREE,
            payment.key,
            payment.order_id or (f"invoice {charged}" if charged else f"gateway {self.day}"),
            owner.brand_id if owner else None,
            payment_of(payment),
            here,
            what,
        )

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

    def _violation(self, found: Compared) -> Violation:
        """It names no transaction: that is for people who may see the order."""
        seen = found.seen
        done = "held" if seen.state is TransactionState.HELD else "taken" if seen.kept_cents else "not kept"
        sum_of = f"{Money(seen.kept_cents or seen.amount_cents, seen.currency)} of {self.day}"
        at = "at the gateway" if found.there else "in our records"
        return Violation(
            promise=Promise.MATCHED,
            place=found.place,
            what=f"{sum_of} {at} are {done}, and {found.what}",
            mend="look for the payment at the gateway by its day, sum and note; void or refund what is not due",
            of_day=self.day,
        )


def _is_paid_by(invoice: Invoice | None, payment: Transaction) -> bool:
    """Whether the invoice says that this payment, of which nothing is left, pays it."""
    is_paid = (
        invoice is not None
        and invoice.status is InvoiceStatus.PAID
        and invoice.owed_cents > invoice.refunded_there_cents
    )
    return is_paid and invoice is not None and invoice.transaction_id == payment.transaction_id


def _says_disputed(books: _Books, payment: Transaction) -> bool:
    """Whether the order says that the payment is disputed, if it is."""
    dispute = payment.dispute
    return dispute is None or not dispute.is_open or (books.order is not None and books.order.dispute == dispute)


def _knows(books: _Books, payment: Transaction) -> bool:
    order, invoice, _ = books
    known = (order and order.hold, order and order.attempt, invoice and invoice.charge)
    is_renewal = order is not None and order.hold is not None and payment.key == hold_clock.renewal_key(order)
    return is_renewal or any(each and each.key == payment.key for each in known)


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
    noted = (owed, owed - invoice.refunded_there_cents)  # what was refunded there is written down
    if payment.kept_cents in noted and payment.currency == invoice.currency:
        return ""
    return f"invoice {invoice.invoice_id} is of {Money(owed, invoice.currency)}"
