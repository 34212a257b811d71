"""Applies a payment as it stands at its provider to the order or the invoice that began it. May be repeated, in any order.

A submit is completed, a charge of an invoice is ended, a capture that nobody wrote down is recorded. A dispute, and a refund that
nobody here made, are written down. What then still differs is money that nobody expects: it goes onto the worklist.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lambdas.composition.parts import Parts
from lambdas.orders.decisions.lead.shown_order import ShownOrder
from lambdas.orders.errors import Again, OrderError, OrderNotFoundError
from lambdas.orders.model.order import Order
from lambdas.orders.payment_ports import ABSENT
from lambdas.payments.captures import end_charge, record_capture
from lambdas.payments.effects.effect import invoice_of_key
from lambdas.payments.errors import AnotherSumTakenError
from lambdas.payments.gateway import Dated, OutcomeUnknownError, Transaction, TransactionState
from lambdas.payments.going_back.noting import MoneyBack
from lambdas.records.clients.service import order_id_of
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.runtime.telemetry import MetricUnit, metrics
from lambdas.watch.invariants.of_holds import of_held_money
from lambdas.watch.invariants.of_payments import PaymentsOfADay
from lambdas.watch.invariants.violation import Violation

KNOWN = "known"
_UNDECIDED = (TransactionState.PENDING, TransactionState.NEEDS_AUTHENTICATION)


class AgainLaterError(Exception):
    """Somebody is at work with the payment, or the provider does not answer."""


@dataclass(frozen=True)
class Applying:
    parts: Parts

    def apply(self, found: Dated, *, by: str) -> str:
        """Apply the payment, and return in a word what was done; KNOWN: nothing was left to do.

        `by`: who changes what is changed. Raises AgainLaterError.
        """
        payment = found.transaction
        if payment.state in _UNDECIDED and not payment.is_answered:
            return "undecided"
        try:
            return self._of_invoice(payment, by) or self._of_order(payment, by) or self._noted(payment, by) or KNOWN
        except AnotherSumTakenError as differs:
            return differs.kind
        except OutcomeUnknownError as unknown:
            raise AgainLaterError(str(unknown)) from None
        except OrderError as refused:
            if refused.again is Again.LATER:
                raise AgainLaterError(refused.kind) from None
            return refused.kind

    def differences(self, found: Dated) -> Iterator[Violation]:
        """The differences between the payment and what orders and invoices say of it."""
        parts, payment = self.parts, found.transaction
        ports = (parts.gateway, parts.service.orders, parts.records)
        if violation := PaymentsOfADay(*ports, found.day, parts.service.now()).violation_of(payment):
            yield violation
        order = self._order(payment)
        if order and not order.is_lead and order.hold and order.hold.key == payment.key:
            yield from of_held_money(order, parts.gateway)

    def _of_invoice(self, payment: Transaction, by: str) -> str:
        charged = invoice_of_key(payment.key)
        invoice = self._invoices.get(charged) if charged else None
        if invoice is None or invoice.charge is None or invoice.charge.key != payment.key:
            return ""
        if invoice.status is InvoiceStatus.CREDITED:  # while its bank decided: the undo gives it back
            self._have_looked(invoice, by)
            return ""
        if invoice.status is not InvoiceStatus.OPEN:
            return ""
        ended = end_charge(self._invoices, self.parts.gateway, invoice, now=self.parts.service.now())
        return self._told(ended, by)

    def _of_order(self, payment: Transaction, by: str) -> str:
        order = self._order(payment)
        if order is None:
            return ""
        if order.is_lead:
            return self._submitted(order, payment, by)
        if order.hold is None or order.hold.key != payment.key or not payment.is_taken:
            return ""
        invoice, now = self._invoices.of_order(order.order_id), self.parts.service.now()
        if invoice and invoice.charge and invoice.charge.claim_ends_at >= now:
            raise AgainLaterError("the order's invoice is being charged")
        recorded = record_capture(order, self.parts.gateway, self.parts.records, now=now)
        return self._told(recorded, by) if recorded else ""

    def _submitted(self, lead: Order, payment: Transaction, by: str) -> str:
        """Complete the submit that began the payment, for what its buyer agreed to."""
        if lead.attempt is None or lead.attempt.key != payment.key:
            return ""
        shown = ShownOrder(content=lead.attempt.content)
        self.parts.service.resume_submit(lead, by=by, shown=shown, payer=ABSENT)
        return "submitted"

    def _noted(self, payment: Transaction, by: str) -> str:
        """Write down what goes back to its payer without us. It rings."""
        service = self.parts.service
        disputed, refunded = MoneyBack(service.orders, self.parts.records, service.now, by).note(payment)
        if disputed:
            metrics.add_metric("PaymentsDisputed", MetricUnit.Count, 1)
        if refunded:
            metrics.add_metric("RefundsElsewhere", MetricUnit.Count, 1)
        return "disputed" if disputed else "refunded there" if refunded else ""

    def _told(self, invoice: Invoice, by: str) -> str:
        """Have the orders of an invoice look for their money, which came or failed."""
        self._have_looked(invoice, by)
        return "paid" if invoice.status is InvoiceStatus.PAID else "charge ended"

    def _have_looked(self, invoice: Invoice, by: str) -> None:
        of_lines = {order_id_of(line.service_id) for line in invoice.lines if line.service_id}
        for order_id in sorted(of_lines | ({invoice.order_id} if invoice.order_id else set())):
            self.parts.service.look_for_payment(order_id, by=by)

    def _order(self, payment: Transaction) -> Order | None:
        try:
            return self.parts.service.get(order_id=payment.order_id) if payment.order_id else None
        except OrderNotFoundError:
            return None

    @property
    def _invoices(self) -> InvoiceRecords:
        return InvoiceRecords(self.parts.records)
