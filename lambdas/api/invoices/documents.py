"""`client.invoice_pdf_get`: an invoice or one of its credit notes as PDF, as clients get it."""

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.errors import NotFoundError
from lambdas.api.http.files import FileAnswer
from lambdas.api.invoices.payments import the_invoice
from lambdas.api.invoices.requests import InvoicePdfGetRequest
from lambdas.api.method import Method
from lambdas.documents.answers import PDF, PDF_TYPE, pdf_content
from lambdas.documents.document import document_of
from lambdas.records.clients.service import order_id_of
from lambdas.records.invoices.invoice import Invoice
from lambdas.records.invoices.order_invoices import read_notes
from lambdas.records.users.rights import SEE_CLIENT, Right


def _get(backend: Backend, request: InvoicePdfGetRequest, caller: Caller) -> FileAnswer:
    invoice = the_invoice(backend, request.invoice_id, caller, "invoice_id")
    document = document_of(_note(backend, invoice, request.credit_note) if request.credit_note else invoice)
    return FileAnswer(f"{document.file_name}{PDF}", PDF_TYPE, pdf_content(document))


def _note(backend: Backend, invoice: Invoice, number: str) -> Invoice:
    orders = sorted({order_id_of(line.service_id) for line in invoice.lines})
    found = (each for each in read_notes(backend.records, invoice, orders) if each.shown_number == number)
    if (note := next(found, None)) is None:
        raise NotFoundError(f"Credit note '{number}' of invoice {invoice.shown_number}", "credit_note")
    return note


def file_view(found: FileAnswer) -> FileAnswer:
    return found


METHODS: dict[str, Method] = {
    "client.invoice_pdf_get": Method(
        title="Get an invoice, or one of its credit notes, as PDF (ours)",
        request=InvoicePdfGetRequest,
        rights=(*SEE_CLIENT, Right.MONEY),
        verb=_get,
        answer=file_view,
        view=file_view,
        reads=True,
        example={"invoice_id": "1000000001"},
    ),
}
