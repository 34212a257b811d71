"""A document as a door answers it: its page, or its PDF to save. Only users of the layer of documents may ask for a PDF."""

from collections.abc import Sequence
from http import HTTPStatus

from lambdas.documents.document import Document, document_of
from lambdas.documents.page import Links, draw, page_of, policy
from lambdas.languages.texts import _
from lambdas.records.invoices.invoice import Invoice
from lambdas.web.downloads import download_headers
from lambdas.web.http import Answer

PDF = ".pdf"
PDF_TYPE = "application/pdf"


def document_answer(documents: Sequence[Invoice], asked: str, path: str, back: Links) -> Answer | None:
    """The document that `asked` names; its PDF if that ends with `.pdf`. None: no such document is among these.

    `path`: of the list that it is on. `back`: where its page leads back to.
    """
    name = asked.removesuffix(PDF)
    found = next((view for view in map(document_of, documents) if view.file_name == name), None)
    if found is None:
        return None
    if asked.endswith(PDF):
        headers = download_headers(f"{name}{PDF}")
        return Answer(HTTPStatus.OK, content_type=PDF_TYPE, headers=headers, content=pdf_content(found))
    return shown(page_of(found, (*back, (_("Save as PDF"), f"{path}/{name}{PDF}"))))


def pdf_content(document: Document) -> bytes:
    from lambdas.documents.pdf import pdf_of  # it imports a library of fonts, which few requests need

    return pdf_of(document)


def list_answer(documents: Sequence[Invoice], order: str, path: str, back: Links) -> Answer:
    """All documents of an order, with links to each. `order`: as its reader knows it."""
    views = [(view, f"{path}/{view.file_name}") for view in map(document_of, documents)]
    return shown(draw("list.html", order=order, documents=views, links=back))


def message_answer(status: HTTPStatus, title: str, text: str, back: Links = ()) -> Answer:
    return shown(draw("message.html", title=title, text=text, links=back), status)


def shown(body: str, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(status, body, headers={"Content-Security-Policy": policy()})
