"""Writes down money that goes back to its payer without us: on the order, on its invoice and on its client. It moves no money.

A dispute, and a refund that nobody here asked for. Both are as the gateway states them now, so an event may come twice, late and
in any order.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lambdas.orders.decisions import money_back
from lambdas.orders.dispute import Dispute
from lambdas.orders.errors import OrderNotFoundError
from lambdas.orders.model.order import Order
from lambdas.orders.ports import OrderStore
from lambdas.orders.store import save
from lambdas.payments.effects.effect import MOVED_NOTHING, EffectKind, invoice_of_key, subject_of
from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.gateway import Transaction
from lambdas.records.clients.dispute import ClientDispute, ClientDisputes
from lambdas.records.clients.service import order_id_of
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable


@dataclass(frozen=True)
class MoneyBack:
    """`now`: Unix seconds. `by`: who changes what is changed."""

    orders: OrderStore
    records: RecordTable
    now: Callable[[], int]
    by: str

    def note(self, payment: Transaction) -> tuple[bool, bool]:
        """Write down what the payment tells. Return whether a dispute, and whether a refund, changed what is known here."""
        invoice = self._invoice_of(payment)
        orders = self._orders_of(payment, invoice)
        return self._note_dispute(payment, invoice, orders), self._note_refund(payment, invoice, orders)

    def _note_dispute(self, payment: Transaction, invoice: Invoice | None, orders: list[Order]) -> bool:
        dispute = payment.dispute
        if dispute is None:
            return False
        client_id = invoice.client_id if invoice else next((each.client_id for each in orders if each.client_id), None)
        if client_id:
            of_what = {"order_id": payment.order_id or None, "invoice_id": invoice.invoice_id if invoice else None}
            known = ClientDispute(transaction_id=payment.transaction_id, dispute=dispute, **of_what)
            ClientDisputes(self.records).note(client_id, known)
        return sum(self._save_dispute(order, dispute) for order in orders) > 0

    def _save_dispute(self, order: Order, dispute: Dispute) -> bool:
        return self._save(
            order, money_back.HOW[dispute.state], lambda current: money_back.with_dispute(current, dispute, self.now())
        )

    def _note_refund(self, payment: Transaction, invoice: Invoice | None, orders: list[Order]) -> bool:
        """A refund of ours is written down by who asked for it, or is looked for as long as that is not done."""
        if invoice is None or not _is_paid_by(invoice, payment) or self._is_ours(payment):
            return False
        cents = max(0, invoice.owed_cents - (payment.amount_cents - payment.refunded_cents))
        if cents != invoice.refunded_there_cents:
            InvoiceRecords(self.records).note_refund_there(invoice, cents)
        return sum(self._save_refund(order, cents, invoice.currency) for order in orders) > 0

    def note_credit(self, invoice: Invoice) -> None:
        """Have the invoice's orders say what no credit note stands for, once more lines were credited. May be repeated."""
        for order in map(self._order, _orders_billed(invoice)):
            if order and order.refund_there:
                self._save_refund(order, invoice.refunded_there_cents, invoice.currency)

    def _save_refund(self, order: Order, cents: int, currency: str) -> bool:
        known = order.refund_there.amount_cents if order.refund_there else 0
        how = "refund_there" if cents > known else "credit_refund"
        return self._save(
            order, how, lambda current: money_back.with_refund_there(current, cents, currency, self.now())
        )

    def _is_ours(self, payment: Transaction) -> bool:
        """Whether a refund that we asked for came to what is refunded now, or its outcome is not known yet."""
        calls = EffectLedger(self.records).of([subject_of(payment.key)])
        asked = [each for each in calls if each.kind is EffectKind.REFUND]
        refunds = [each for each in asked if each.transaction_id == payment.transaction_id]
        unknown = [each for each in refunds if each.payment is None and each.outcome not in MOVED_NOTHING]
        done = (each.payment.refunded_cents for each in refunds if each.payment)
        return bool(payment.refunded_cents) and (bool(unknown) or payment.refunded_cents in done)

    def _invoice_of(self, payment: Transaction) -> Invoice | None:
        invoices, charged = InvoiceRecords(self.records), invoice_of_key(payment.key)
        if charged:
            return invoices.get(charged)
        return invoices.of_order(payment.order_id) if payment.order_id else None

    def _orders_of(self, payment: Transaction, invoice: Invoice | None) -> list[Order]:
        """The orders that the payment is for: that which began it, or those whose services its invoice bills."""
        if invoice_of_key(payment.key):
            return [each for each in map(self._order, _orders_billed(invoice) if invoice else ()) if each]
        order = self._order(payment.order_id) if payment.order_id else None
        return [order] if order and order.known_as == subject_of(payment.key) else []

    def _order(self, order_id: str) -> Order | None:
        try:
            return self.orders.get(order_id)
        except OrderNotFoundError:
            return None

    def _save(self, order: Order, how: str, change: Callable[[Order], Order]) -> bool:
        def changed(current: Order) -> Order:
            wanted = change(current)
            by = {"changed_by": self.by, "changed_how": how, "changed_because": ""}
            return current if wanted is current else wanted.changed(**by)

        return save(self.orders, order, changed).revision != order.revision


def _orders_billed(invoice: Invoice) -> list[str]:
    of_lines = {order_id_of(line.service_id) for line in invoice.lines if line.service_id}
    return sorted(of_lines | ({invoice.order_id} if invoice.order_id else set()))


def _is_paid_by(invoice: Invoice, payment: Transaction) -> bool:
    return invoice.status is InvoiceStatus.PAID and invoice.transaction_id == payment.transaction_id
