"""Credit notes as new callers get them: money as decimal text, ISO times."""

from typing import Annotated, TypedDict

from typing_extensions import Doc

from lambdas.api.http.values import iso
from lambdas.api.invoices.views import InvoiceLineView, RateTotalView, line_view, rate_total_view
from lambdas.orders.model.money import format_cents
from lambdas.records.invoices.invoice import Invoice, invoice_id_of
from lambdas.records.invoices.totals_per_rate import net_cents, totals_per_rate


class CreditedLineView(InvoiceLineView):
    reason: Annotated[str | None, Doc("Why it is credited.")]
    reason_text: Annotated[str | None, Doc("Why, in words.")]


class CreditNoteView(TypedDict):
    number: Annotated[int, Doc("Its number in the brand's series of credit notes, without gaps.")]
    document_number: Annotated[str, Doc("The number that stands on it, of the year's series.")]
    brand_id: Annotated[int, Doc("The brand that issued it.")]
    client_id: Annotated[str, Doc("Whose invoice it credits.")]
    invoice_id: Annotated[str, Doc("The invoice that it credits.")]
    invoice_document_number: Annotated[str, Doc("The number that stands on that invoice.")]
    reference: Annotated[str | None, Doc("What its caller named it.")]
    total: Annotated[str, Doc("The sum of its lines.")]
    net: Annotated[str, Doc("The total before tax.")]
    tax: Annotated[str, Doc("The tax in the total.")]
    totals_per_rate: Annotated[list[RateTotalView], Doc("Net amount and tax of each tax rate.")]
    currency: Annotated[str, Doc("ISO 4217 code, such as USD.")]
    lines: Annotated[list[CreditedLineView], Doc("What is credited.")]
    issued_at: Annotated[str | None, Doc("When it was issued.")]


def credit_note_view(note: Invoice) -> CreditNoteView:
    net, currency = net_cents(note.lines), note.currency
    return {
        "number": note.number,
        "document_number": note.document_number,
        "brand_id": note.brand_id,
        "client_id": note.client_id,
        "invoice_id": invoice_id_of(note.brand_id, note.credits_number or 0),
        "invoice_document_number": note.credits_document,
        "reference": note.reference,
        "total": format_cents(note.total_cents, currency),
        "net": format_cents(net, currency),
        "tax": format_cents(note.total_cents - net, currency),
        "totals_per_rate": [rate_total_view(total, currency) for total in totals_per_rate(note.lines)],
        "currency": note.currency,
        "lines": [
            {**line_view(line, currency), "reason": line.reason, "reason_text": line.reason_text} for line in note.lines
        ],
        "issued_at": iso(note.issued_at),
    }
