"""Records money that came for an invoice outside of the gateway, by bank transfer, cheque or cash; and that it went back.

One of several at once wins, charges among them. What a charge of the invoice may have taken is found out first.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lambdas.orders.money import format_cents
from lambdas.payments.errors import ChargeInProgressError, ChargeUnknownError, NotPaidByHandError, NotReturnableError
from lambdas.payments.gateway import (
    DeclinedError,
    Gateway,
    GatewayUnavailableError,
    OutcomeUnknownError,
    TransactionState,
    give_back,
)
from lambdas.records.invoice import Invoice, InvoiceStatus, RecordedPayment
from lambdas.records.invoice_records import InvoiceRecords


@dataclass(frozen=True)
class Recording:
    """`now` gives Unix seconds."""

    invoices: InvoiceRecords
    gateway: Gateway
    now: Callable[[], int]

    def record(self, invoice: Invoice, payment: RecordedPayment) -> Invoice:
        """The invoice, paid with this. The same payment again changes nothing.

        Raises NotPaidByHandError, ChargeInProgressError or ChargeUnknownError.
        """
        if is_same(invoice.payment, payment) and invoice.status is InvoiceStatus.PAID:
            return self._without_hold(invoice)
        self._refuse(invoice, payment)
        paid = self.invoices.write_payment(invoice, payment)
        if paid is None:
            current = self.invoices.get(invoice.invoice_id) or invoice
            if current == invoice:
                raise ChargeInProgressError(invoice.invoice_id)
            return self.record(current, payment)
        return self._without_hold(paid)

    def note_return(self, invoice: Invoice, reference: str, by: str) -> Invoice:
        """The invoice, with the note that what was credited of its money went back. The same again changes nothing.

        Raises NotReturnableError.
        """
        paid = invoice.payment
        if paid is None:
            raise NotReturnableError(
                invoice.invoice_id, "no payment of it was recorded by hand; the gateway gives back its own"
            )
        if not invoice.to_return_cents:
            if paid.returned_at is None:
                raise NotReturnableError(invoice.invoice_id, "it is paid and was not credited; cancel its order first")
            if paid.returned_reference == reference:
                return invoice
            raise NotReturnableError(
                invoice.invoice_id, "it is noted already that its money went back, as another payment"
            )
        noted = paid.model_copy(
            update={
                "returned_cents": paid.returned_cents + invoice.to_return_cents,
                "returned_reference": reference,
                "returned_by": by,
                "returned_at": self.now(),
            }
        )
        returned = self.invoices.write_return(invoice, noted)
        return returned or self.note_return(self.invoices.get(invoice.invoice_id) or invoice, reference, by)

    def _refuse(self, invoice: Invoice, payment: RecordedPayment) -> None:
        if invoice.status is InvoiceStatus.CREDITED:
            raise NotPaidByHandError(
                invoice.invoice_id, "it was credited, so nothing is owed on it; the money has to go back"
            )
        if invoice.status is InvoiceStatus.PAID:
            raise NotPaidByHandError(
                invoice.invoice_id, "it is paid already, by another payment; this money has to go back"
            )
        if not invoice.owed_cents:
            raise NotPaidByHandError(invoice.invoice_id, "nothing is owed on it")
        if payment.amount_cents != invoice.owed_cents:
            due = f"{format_cents(invoice.owed_cents)} {invoice.currency}"
            raise NotPaidByHandError(
                invoice.invoice_id,
                f"{due} is due on it, no more and no less; record the payment once all of it is there",
            )
        if invoice.charge and invoice.charge.claim_ends_at >= self.now():
            raise ChargeInProgressError(invoice.invoice_id)
        if invoice.charge and self._was_charged(invoice.charge.key, invoice.invoice_id):
            raise NotPaidByHandError(
                invoice.invoice_id,
                "a charge of it went through, which client.invoice_charge writes down; this money has to go back",
            )

    def _was_charged(self, key: str, invoice_id: str) -> bool:
        try:
            found = self.gateway.find(key)
        except (GatewayUnavailableError, OutcomeUnknownError):
            raise ChargeUnknownError(invoice_id) from None
        return found is not None and found.state is TransactionState.CAPTURED

    def _without_hold(self, paid: Invoice) -> Invoice:
        """What an earlier charge left held is let go of, once nobody can begin to charge the invoice any more."""
        if paid.charge:
            try:
                give_back(self.gateway, paid.charge.key)
            except DeclinedError:
                pass  # a hold that cannot be released lapses by itself
            except (GatewayUnavailableError, OutcomeUnknownError):
                raise ChargeUnknownError(paid.invoice_id) from None
        return paid


def is_same(known: RecordedPayment | None, said: RecordedPayment) -> bool:
    """Whether it is this very money, whoever recorded it, and when."""
    facts = ("payment_type", "reference", "amount_cents")
    return known is not None and all(getattr(known, fact) == getattr(said, fact) for fact in facts)
