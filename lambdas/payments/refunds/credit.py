"""Credits parts of an invoice and refunds what was paid for them (API method client.invoice_credit).

The note is issued first and the money refunded second, as an invoice is issued before its money is taken. The invoice says what
is still to be refunded. What the gateway kept is compared with what is owed before each try, so a refund is made once, even
where its key is forgotten. The next part is credited when the refund of the one before is done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lambdas.orders.model.money import Money
from lambdas.payments.errors import (
    ChargeInProgressError,
    NotCreditedError,
    RefundRefusedError,
    RefundUnknownError,
)
from lambdas.payments.gateway import (
    DeclinedError,
    Gateway,
    GatewayMisusedError,
    GatewayUnavailableError,
    OutcomeUnknownError,
    Transaction,
)
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.invoices.reductions import LineCredit, NotCreditableError, Reductions
from lambdas.records.invoices.series import SeriesBusyError
from lambdas.records.table import RecordTable


@dataclass(frozen=True)
class Credits:
    """`now` gives Unix seconds."""

    records: RecordTable
    gateway: Gateway
    now: Callable[[], int]

    def credit(
        self, invoice: Invoice, parts: Mapping[int, LineCredit], reference: str, *, payment_key: str | None
    ) -> tuple[Invoice, Invoice]:
        """Credit the parts, refund what was paid for them, and return the invoice and the note. May be repeated.

        `payment_key`: the key that the gateway knows the invoice's payment by; None if no payment of it came there.
        Raises NotCreditedError, ChargeInProgressError, RefundRefusedError or RefundUnknownError.
        """
        notes, patience = Reductions(self.records), self.records.patience()
        busy = NotCreditedError(invoice.invoice_id, "others change it at this moment; try again")
        while True:
            invoice = self._refund_rest(InvoiceRecords(self.records).get(invoice.invoice_id) or invoice, payment_key)
            if known := notes.find(invoice, reference):
                _refuse_another(invoice, known, parts)
                return invoice, known
            self._refuse(invoice)
            refunds = invoice.status is InvoiceStatus.PAID and payment_key is not None
            if refunds:
                self._payment(invoice, payment_key or "")
            note = self._issue(notes, invoice, parts, reference, refunds=refunds)
            if note:
                credited = InvoiceRecords(self.records).get(invoice.invoice_id) or invoice
                return self._refund_rest(credited, payment_key), note
            patience.wait_or_raise(lambda: busy)

    def _issue(
        self, notes: Reductions, invoice: Invoice, parts: Mapping[int, LineCredit], reference: str, *, refunds: bool
    ) -> Invoice | None:
        try:
            return notes.issue(invoice, parts, reference, self.now(), refunds=refunds)
        except NotCreditableError as unfit:
            raise NotCreditedError(invoice.invoice_id, str(unfit), line=unfit.line) from None
        except SeriesBusyError as busy:
            raise NotCreditedError(invoice.invoice_id, f"{busy}; try again") from None

    def _refuse(self, invoice: Invoice) -> None:
        if invoice.status is InvoiceStatus.CREDITED:
            raise NotCreditedError(invoice.invoice_id, "all of it was credited")
        if invoice.charge and invoice.charge.claim_ends_at >= self.now():
            raise ChargeInProgressError(invoice.invoice_id)
        if invoice.payment and invoice.order_id is None:
            raise NotCreditedError(
                invoice.invoice_id, "it is of several orders and was paid by hand; cancel the order instead"
            )

    def _refund_rest(self, invoice: Invoice, payment_key: str | None) -> Invoice:
        """Refund what the latest note left to be refunded, if anything, and note it."""
        reduction = invoice.reduction
        if reduction is None or not reduction.refund_cents or payment_key is None:
            return invoice
        paid = self._payment(invoice, payment_key)
        owed = 0 if invoice.status is InvoiceStatus.CREDITED else invoice.owed_cents
        above = min(paid.kept_cents - owed, reduction.refund_cents)
        if above > 0:
            self._refund(invoice, paid, above, f"{payment_key}:credit:{reduction.note}")
        return InvoiceRecords(self.records).end_refund(invoice, reduction.note)

    def _payment(self, invoice: Invoice, payment_key: str) -> Transaction:
        try:
            paid = self.gateway.find(payment_key)
        except (GatewayUnavailableError, OutcomeUnknownError):
            raise RefundUnknownError(invoice.invoice_id) from None
        if paid is None:
            raise NotCreditedError(invoice.invoice_id, "the gateway knows no payment of it; look for it there")
        return paid

    def _refund(self, invoice: Invoice, paid: Transaction, cents: int, key: str) -> None:
        try:
            self.gateway.refund(
                key=key, transaction_id=paid.transaction_id, currency=invoice.currency, amount_cents=cents
            )
        except (GatewayUnavailableError, OutcomeUnknownError):
            raise RefundUnknownError(invoice.invoice_id) from None
        except (DeclinedError, GatewayMisusedError) as refused:
            amount = str(Money(cents, invoice.currency))
            raise RefundRefusedError(invoice.invoice_id, amount, str(refused)) from None


def _refuse_another(invoice: Invoice, known: Invoice, parts: Mapping[int, LineCredit]) -> None:
    """Raise unless the note of this reference is of the same lines and sums. What was all that is left is the same."""
    of_note = {(line.service_id, line.description): line.amount_cents for line in known.lines if not line.tax_name}
    wanted = {}
    for number, part in parts.items():
        if not 1 <= number <= len(invoice.lines):
            break
        line = invoice.lines[number - 1]
        name = (line.service_id, line.description)
        wanted[name] = of_note.get(name) if part.cents is None else part.cents
    if wanted != of_note:
        raise NotCreditedError(
            invoice.invoice_id, f"credit note {known.shown_number} has this reference, and credits something else"
        )
