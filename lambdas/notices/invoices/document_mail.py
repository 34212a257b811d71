"""The mail with an invoice or a credit note, in the language that is spoken: what it is, what is left to do, the PDF."""

from lambdas.documents.answers import PDF, PDF_TYPE, pdf_content
from lambdas.documents.document import document_of
from lambdas.forms.pages.amounts import amount, day_of
from lambdas.languages.texts import _
from lambdas.mail.addresses import harmless
from lambdas.mail.sender import Sender
from lambdas.mail.sending import Mail, MailFile
from lambdas.records.clients.client import Client
from lambdas.records.invoices.invoice import Invoice, InvoiceKind, InvoiceStatus

_LONGEST_NAME = 60


def document_mail(invoice: Invoice, client: Client, sender: Sender, *, to: str, electronic: bool = False) -> Mail:
    """`to`: the client's address as it is today; the document has the one of its issue. `electronic`: see `document_of`."""
    document, named = document_of(invoice, electronic=electronic), {"number": invoice.shown_number}
    is_note, brand = invoice.kind is InvoiceKind.CREDIT_NOTE, sender.name(invoice.brand_id)
    subject = _("Credit note {number}", **named) if is_note else _("Invoice {number}", **named)
    total = amount(invoice.total_cents, invoice.currency)
    first = harmless(client.first, _LONGEST_NAME)
    parts = (
        _("Hello {name},", name=first) if first and "/" not in first else _("Hello,"),
        _of_note(invoice, total) if is_note else _of_invoice(invoice, total),
        _("It belongs to your order {order_id}.", order_id=invoice.order_reference) if invoice.order_reference else "",
        brand,
    )
    return Mail(
        kind="document",
        sender=sender.plain(invoice.brand_id),
        to=(to,),
        subject=f"{subject}, {brand}" if brand else subject,
        body="\n\n".join(part for part in parts if part) + "\n",
        files=(MailFile(f"{document.file_name}{PDF}", PDF_TYPE, pdf_content(document)),),
    )


def _of_invoice(invoice: Invoice, total: str) -> str:
    attached = _("Your invoice {number} of {total} is attached.", number=invoice.shown_number, total=total)
    match invoice.status:
        case InvoiceStatus.PAID:
            left = _("It is paid. You need to do nothing.")
        case InvoiceStatus.OPEN if invoice.due_at:
            left = _("Please pay it by {day}.", day=day_of(invoice.due_at))
        case InvoiceStatus.OPEN:
            left = _("Please pay it.")
        case _:
            left = _("A credit note settles it. You need to do nothing.")
    return f"{attached}\n{left}"


def _of_note(note: Invoice, total: str) -> str:
    attached = _("Your credit note {number} of {total} is attached.", number=note.shown_number, total=total)
    credited = note.credits_document or (str(note.credits_number) if note.credits_number else "")
    return "\n".join(filter(None, (attached, _("It credits invoice {number}.", number=credited) if credited else "")))
