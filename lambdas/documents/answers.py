"""A document as a door answers it: its page, or its PDF or its data to save. Only users of the layer of documents may ask for a
PDF."""

from collections.abc import Sequence
from http import HTTPStatus

from lambdas.documents.document import Document, document_of
from lambdas.documents.electronic.factur_x import XML_TYPE
from lambdas.documents.page import Links, draw, page_of, policy
from lambdas.languages.texts import _
from lambdas.records.invoices.invoice import Invoice
from lambdas.web.downloads import download_headers
from lambdas.web.http import Answer

PDF, XML = ".pdf", ".xml"
PDF_TYPE = "application/pdf"


def document_answer(
    documents: Sequence[Invoice], asked: str, path: str, back: Links, *, electronic: bool = False
) -> Answer | None:
    """The document that `asked` names; its PDF if that ends with `.pdf`, its data if with `.xml`. None: none of these has it.

    `path`: of the list that it is on. `back`: where its page leads back to. `electronic`: see `document_of`.
    """
    name = asked.removesuffix(PDF).removesuffix(XML)
    views = (document_of(invoice, electronic=electronic) for invoice in documents)
    found = next((view for view in views if view.file_name == name), None)
    if found is None:
        return None
    if asked.endswith(PDF):
        return _file(f"{name}{PDF}", PDF_TYPE, pdf_content(found))
    if asked.endswith(XML):
        return _file(f"{name}{XML}", XML_TYPE, found.xml) if found.xml else None
    as_data = ((_("Save as data (XML)"), f"{path}/{name}{XML}"),) if found.xml else ()
    return shown(page_of(found, (*back, (_("Save as PDF"), f"{path}/{name}{PDF}"), *as_data)), accent=found.accent)


def _file(name: str, content_type: str, content: bytes) -> Answer:
    return Answer(HTTPStatus.OK, content_type=content_type, headers=download_headers(name), content=content)


def pdf_content(document: Document) -> bytes:
    from lambdas.documents.pdf import pdf_of  # it imports a library of fonts, which few requests need

    return pdf_of(document)


def list_answer(documents: Sequence[Invoice], order: str, path: str, back: Links) -> Answer:
    """All documents of an order, with links to each. `order`: as its reader knows it."""
    views = [(view, f"{path}/{view.file_name}") for view in map(document_of, documents)]
    return shown(draw("list.html", order=order, documents=views, links=back))


def message_answer(status: HTTPStatus, title: str, text: str, back: Links = ()) -> Answer:
    return shown(draw("message.html", title=title, text=text, links=back), status)


def shown(body: str, status: HTTPStatus = HTTPStatus.OK, accent: str = "") -> Answer:
    return Answer(status, body, headers={"Content-Security-Policy": policy(accent)})
