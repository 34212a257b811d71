"""Records money that came for an invoice outside of the gateway, by bank transfer, cheque or cash, and its return.

Of several payments and charges at once, one wins. A charge that may have taken money is looked up first.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lambdas.orders.model.money import Money
from lambdas.payments.errors import (
    ChargeInProgressError,
    ChargePendingError,
    ChargeUnknownError,
    NotPaidByHandError,
    NotReturnableError,
)
from lambdas.payments.gateway import (
    DeclinedError,
    Gateway,
    GatewayUnavailableError,
    OutcomeUnknownError,
    TransactionState,
    void_or_refund,
)
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus, RecordedPayment
from lambdas.records.invoices.records import InvoiceRecords


@dataclass(frozen=True)
class RecordedPayments:
    """`now` gives Unix seconds."""

    invoices: InvoiceRecords
    gateway: Gateway
    now: Callable[[], int]

    def record(self, invoice: Invoice, payment: RecordedPayment) -> Invoice:
        """Record the payment and return the invoice as paid. The same payment again changes nothing.

        Raises NotPaidByHandError, ChargeInProgressError or ChargeUnknownError.
        """
        if is_same(invoice.payment, payment) and invoice.status is InvoiceStatus.PAID:
            return self._release_hold(invoice)
        self._refuse(invoice, payment)
        before = tuple(sorted(invoice.credited or {}))
        paid = self.invoices.write_payment(invoice, payment.model_copy(update={"credited_before": before}))
        if paid is None:
            current = self.invoices.get(invoice.invoice_id) or invoice
            if current == invoice:
                raise ChargeInProgressError(invoice.invoice_id)
            return self.record(current, payment)
        return self._release_hold(paid)

    def note_return(self, invoice: Invoice, reference: str, by: str, *, order_id: str = "") -> Invoice:
        """Note that the credited part of the invoice's money was returned. The same note again changes nothing.

        `order_id`: the order whose part it is, if several orders of the invoice were canceled. Raises NotReturnableError.
        """
        paid = invoice.payment
        if paid is None:
            raise NotReturnableError(
                invoice.invoice_id, "no payment of it was recorded by hand; the gateway refunds its own"
            )
        part = _part_to_return(invoice, paid, reference, order_id)
        if part is None:
            return invoice
        for_order, cents = part
        parts = {**paid.returned_parts, for_order: reference} if invoice.credited else paid.returned_parts
        noted = paid.model_copy(
            update={
                "returned_cents": paid.returned_cents + cents,
                "returned_reference": reference,
                "returned_by": by,
                "returned_at": self.now(),
                "returned_parts": parts,
            }
        )
        if returned := self.invoices.write_return(invoice, noted):
            return returned
        current = self.invoices.get(invoice.invoice_id) or invoice
        return self.note_return(current, reference, by, order_id=order_id)

    def _refuse(self, invoice: Invoice, payment: RecordedPayment) -> None:
        if invoice.status is InvoiceStatus.CREDITED:
            raise NotPaidByHandError(
                invoice.invoice_id, "it was credited, so nothing is owed on it; the money must be returned"
            )
        if invoice.status is InvoiceStatus.PAID:
            raise NotPaidByHandError(
                invoice.invoice_id, "it is paid already, by another payment; this money must be returned"
            )
        if not invoice.owed_cents:
            raise NotPaidByHandError(invoice.invoice_id, "nothing is owed on it")
        if payment.amount_cents != invoice.owed_cents:
            due = f"{Money(invoice.owed_cents, invoice.currency)}"
            raise NotPaidByHandError(
                invoice.invoice_id,
                f"{due} is due on it, no more and no less; record the payment once all of it is there",
            )
        if invoice.charge and invoice.charge.claim_ends_at >= self.now():
            raise ChargeInProgressError(invoice.invoice_id)
        if invoice.charge and self._was_charged(invoice.charge.key, invoice.invoice_id):
            raise NotPaidByHandError(
                invoice.invoice_id,
                "a charge of it went through, which client.invoice_charge writes down; this money must be returned",
            )

    def _was_charged(self, key: str, invoice_id: str) -> bool:
        try:
            found = self.gateway.find(key)
        except (GatewayUnavailableError, OutcomeUnknownError):
            raise ChargeUnknownError(invoice_id) from None
        if found and found.state is TransactionState.PENDING:
            raise ChargePendingError(invoice_id)
        return found is not None and found.is_taken

    def _release_hold(self, paid: Invoice) -> Invoice:
        """Release what an earlier charge left held, now that nobody can begin to charge the invoice."""
        if paid.charge:
            try:
                void_or_refund(self.gateway, paid.charge.key)
            except DeclinedError:
                pass  # A hold that cannot be released lapses.
            except (GatewayUnavailableError, OutcomeUnknownError):
                raise ChargeUnknownError(paid.invoice_id) from None
        return paid


def _part_to_return(invoice: Invoice, paid: RecordedPayment, reference: str, order_id: str) -> tuple[str, int] | None:
    """The order whose part was returned, and its cents; None if the same note exists."""
    parts = invoice.parts_to_return
    if order_id in parts or (len(parts) == 1 and not order_id):
        return next((whose, cents) for whose, cents in parts.items() if order_id in ("", whose))
    known = paid.returned_parts.get(order_id) if order_id and invoice.credited else paid.returned_reference
    if known == reference and (not order_id or invoice.is_returned(order_id)):
        return None
    raise NotReturnableError(invoice.invoice_id, _why_not(invoice, paid, order_id))


def _why_not(invoice: Invoice, paid: RecordedPayment, order_id: str) -> str:
    if not order_id and invoice.parts_to_return:
        open_parts = (
            f"{Money(cents, invoice.currency)} of order {whose}"
            for whose, cents in sorted(invoice.parts_to_return.items())
        )
        return f"several orders of it were canceled; name the order (order_id): {', '.join(open_parts)}"
    if order_id and not invoice.is_returned(order_id):
        return f"nothing of order {order_id} must be returned; only what was credited of the invoice does"
    if paid.returned_at is None:
        return "it is paid and was not credited; cancel its order first"
    return "it is noted already that its money went back, as another payment"


def is_same(known: RecordedPayment | None, other: RecordedPayment) -> bool:
    """Whether both are the same money, by whomever and whenever it was recorded."""
    facts = ("payment_type", "reference", "amount_cents")
    return known is not None and all(getattr(known, fact) == getattr(other, fact) for fact in facts)
