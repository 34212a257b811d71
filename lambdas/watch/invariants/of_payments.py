"""Looks for unmatched money: what the gateway holds or took, and what no order and no invoice knows.

Each payment is looked up by what it says it is for. The key that it was begun under must be there.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from lambdas.orders.model.money import format_cents
from lambdas.orders.ports import OrderStore
from lambdas.payments.charge import invoice_of_key
from lambdas.payments.gateway import Gateway, Transaction
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.runtime.telemetry import log_unexpected
from lambdas.watch.invariants.violation import Promise, Violation

DAYS = 3  # a provider may report a payment days late


def days_before(now: int) -> tuple[str, ...]:
    """The days that are over, the last one first, as YYYY-MM-DD in UTC. `now`: Unix seconds."""
    today = datetime.fromtimestamp(now, UTC).date()
    return tuple((today - timedelta(days=back)).isoformat() for back in range(1, DAYS + 1))


def of_payments(gateway: Gateway, orders: OrderStore, invoices: InvoiceRecords, day: str) -> Iterator[Violation]:
    """`day`: on which the payments were begun, YYYY-MM-DD in UTC."""
    for payment in gateway.list_begun(day):
        if payment.kept_cents and not _is_known(payment, orders, invoices):
            yield _unmatched(payment, day)


def _is_known(payment: Transaction, orders: OrderStore, invoices: InvoiceRecords) -> bool:
    try:
        order = orders.get(payment.order_id) if payment.order_id else None
        invoice_id = invoice_of_key(payment.key)
        invoice = invoices.get(invoice_id) if invoice_id else None
    except Exception as error:  # noqa: BLE001 - a row that cannot be read knows nothing, and hides no other payment
        log_unexpected("payment not matched", error)
        return False
    known = (order and order.hold, order and order.attempt, invoice and invoice.charge)
    return any(each and each.key == payment.key for each in known)


def _unmatched(payment: Transaction, day: str) -> Violation:
    invoice_id = invoice_of_key(payment.key)
    place = f"invoice {invoice_id}" if invoice_id else payment.order_id or f"gateway {day}"
    amount = f"{format_cents(payment.kept_cents)} {payment.currency}"
    return Violation(
        promise=Promise.MATCHED,
        place=place,
        what=f"{amount} of a payment that was begun on {day} {'is' if payment.is_held else 'was taken and is'} {_WHERE}",
        mend=_MEND,
    )


_WHERE = "at the gateway, and neither an order nor an invoice knows that payment"
_MEND = "look for it at the gateway by its day, amount and note; void or refund it there"
