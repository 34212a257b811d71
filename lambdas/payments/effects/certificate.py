"""The cancel certificate: whether anything is left of a canceled order, and what."""

from collections.abc import Iterator

from lambdas.orders.model.money import Money
from lambdas.orders.model.order import Order
from lambdas.payments.effects.charged_twice import sums_above
from lambdas.payments.effects.effect import Payment
from lambdas.payments.effects.order_money import FROM_RECORDS, OrderMoney
from lambdas.payments.gateway import TransactionState
from lambdas.records.clients.service import Service, ServiceRecords
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.order_invoices import find_credit_note
from lambdas.records.table import RecordTable
from lambdas.runtime.models import Frozen

_NOT_ENDED = (TransactionState.HELD, TransactionState.NEEDS_AUTHENTICATION, TransactionState.PENDING)


class Certificate(Frozen):
    """`holds`, `services`: how many are left. `credit_notes`: their numbers. `left`: all that is still open, in words.

    `is_current`: the gateway answered about each payment. Without that nothing is certain.
    """

    holds: int
    services: int
    credit_notes: tuple[int, ...]
    left: tuple[str, ...]
    is_current: bool

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left, and the gateway has confirmed it."""
        return self.is_current and not self.left

    @property
    def sentence(self) -> str:
        notes = ", ".join(f"credit note {each}" for each in self.credit_notes) or "no invoice"
        if self.left:
            return f"Still open: {'; '.join(self.left)}."
        source = "" if self.is_current else FROM_RECORDS
        return f"Nothing is left of the order: 0 holds, 0 services, {notes}.{source}"


def certificate_of(money: OrderMoney, records: RecordTable) -> Certificate | None:
    """None if the order is not canceled."""
    order = money.order
    if order.canceled_at is None:
        return None
    services = ServiceRecords(records).of_order(order.client_id, order.order_id) if order.client_id else ()
    numbers = [find_credit_note(records, each, order.order_id) for each in money.invoices]
    return Certificate(
        holds=sum(each.payment is not None and each.payment.state in _NOT_ENDED for each in money.payments),
        services=len(services),
        credit_notes=tuple(number for number in numbers if number is not None),
        left=(
            *_unwinding(order),
            *_money(money),
            *_services(services),
            *_uncredited(money.invoices, numbers, order.order_id),
        ),
        is_current=money.is_current,
    )


def _unwinding(order: Order) -> Iterator[str]:
    if order.unwound_at is None:
        yield "its actions are still being undone"


def _money(money: OrderMoney) -> Iterator[str]:
    for payment in (each.payment for each in money.payments if each.payment):
        yield from _open(payment)
    if any(each.is_unclear for each in money.payments):
        yield "what became of a payment is not known yet"
    for currency, kept in sums_above(money).items():
        yield f"{Money(kept, currency)} was taken and is not refunded"
    for invoice in money.invoices:
        if to_return := invoice.parts_to_return.get(money.order.order_id):
            sum_of = Money(to_return, invoice.currency)
            yield f"{sum_of} that came for invoice {invoice.number} by hand is not paid back"


def _open(payment: Payment) -> Iterator[str]:
    sum_of = Money(payment.amount_cents, payment.currency)
    if payment.state is TransactionState.PENDING:
        yield f"the bank has not decided about {sum_of}"
    elif payment.state in _NOT_ENDED:
        yield f"{sum_of} is still held"
    if payment.dispute and payment.dispute.is_open:
        yield f"{payment.dispute.money} is disputed at the payer's bank"


def _services(services: tuple[Service, ...]) -> Iterator[str]:
    for each in services:
        yield f"service {each.service_id} is {each.status.value}"


def _uncredited(invoices: tuple[Invoice, ...], numbers: list[int | None], order_id: str) -> Iterator[str]:
    for invoice, note in zip(invoices, numbers, strict=True):
        if note is None:
            yield f"invoice {invoice.number} has no credit note"
        elif invoice.order_id == order_id and invoice.status is not InvoiceStatus.CREDITED:
            yield f"invoice {invoice.number} is {invoice.status.value}, although credit note {note} was issued"
