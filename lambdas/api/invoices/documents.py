"""`client.invoice_pdf_get`, `client.invoice_xml_get`: an invoice or one of its credit notes as PDF and as data."""

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.errors import NotFoundError
from lambdas.api.http.files import FileAnswer
from lambdas.api.invoices.payments import the_invoice
from lambdas.api.invoices.requests import InvoicePdfGetRequest, InvoiceXmlGetRequest
from lambdas.api.method import Method
from lambdas.documents.answers import PDF, PDF_TYPE, XML, pdf_content
from lambdas.documents.document import document_of
from lambdas.documents.electronic.factur_x import XML_TYPE, factur_x_of
from lambdas.documents.electronic.statement import NotStatableError
from lambdas.documents.language import language_of_document
from lambdas.languages.language import speaking
from lambdas.orders.errors import Nature, OrderError
from lambdas.records.clients.service import order_id_of
from lambdas.records.invoices.invoice import Invoice
from lambdas.records.invoices.order_invoices import read_notes
from lambdas.records.users.rights import SEE_CLIENT, Right


class NoDataError(OrderError):
    """The document cannot be had as data, at all or on this stage. The message says why."""

    kind = "no_electronic_invoice"
    nature = Nature.NOT_FOUND


def _get(backend: Backend, request: InvoicePdfGetRequest, caller: Caller) -> FileAnswer:
    invoice = _find(backend, request, caller)
    with speaking(_language_of(backend, invoice)):
        document = document_of(invoice, electronic=backend.electronic_invoices)
        return FileAnswer(f"{document.file_name}{PDF}", PDF_TYPE, pdf_content(document))


def _get_xml(backend: Backend, request: InvoiceXmlGetRequest, caller: Caller) -> FileAnswer:
    invoice = _find(backend, request, caller)
    if not backend.electronic_invoices:
        raise NoDataError(
            'invoices of this stage are not electronic; its setting electronic_invoices = "factur-x" makes them so'
        )
    try:
        with speaking(_language_of(backend, invoice)):
            return FileAnswer(f"{document_of(invoice).file_name}{XML}", XML_TYPE, factur_x_of(invoice))
    except NotStatableError as why:
        raise NoDataError(f"{invoice.shown_number} cannot be stated by EN 16931: {why}") from None


def _language_of(backend: Backend, invoice: Invoice) -> str:
    return language_of_document(invoice, backend.service.orders.get, backend.languages)


def _find(backend: Backend, request: InvoicePdfGetRequest, caller: Caller) -> Invoice:
    invoice = the_invoice(backend, request.invoice_id, caller, "invoice_id")
    return _note(backend, invoice, request.credit_note) if request.credit_note else invoice


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
        files=(PDF_TYPE,),
    ),
    "client.invoice_xml_get": Method(
        title="Get an invoice, or one of its credit notes, as EN 16931 data (ours)",
        request=InvoiceXmlGetRequest,
        rights=(*SEE_CLIENT, Right.MONEY),
        verb=_get_xml,
        answer=file_view,
        view=file_view,
        reads=True,
        example={"invoice_id": "1000000001"},
        files=(XML_TYPE,),
    ),
}
