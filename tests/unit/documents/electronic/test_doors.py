"""Clients who may have a document as PDF may have it as data, where the stage wants that.

Staff: tests/unit/desk/test_documents.py; programs: tests/unit/api/invoices/test_documents.py.
"""

import base64
from dataclasses import replace
from typing import Any

import facturx
import pytest

from lambdas.documents.electronic.factur_x import factur_x_of
from lambdas.mail.sender import Sender
from lambdas.notices.invoices.document_mail import document_mail
from lambdas.records.clients.client import ClientRecords
from lambdas.records.table import RecordTable
from tests.unit.documents.conftest import Reader, issued
from tests.unit.records.builders import a_client

LIST = "/orders/t-1/invoices"


@pytest.fixture
def electronic(reader: Reader, records: RecordTable) -> Reader:
    ClientRecords(records).add(a_client(company="Engines Ltd", country="DE"))
    reader.creates("1001")
    reader.has_link("t-1", "1001")
    return Reader(replace(reader.documents, electronic=True))


def data_in(pdf: bytes) -> Any:
    return facturx.get_facturx_xml_from_pdf(pdf, check_xsd=False, check_schematron=False)


def test_clients_find_them_on_the_page_and_in_the_pdf(electronic: Reader, records: RecordTable) -> None:
    invoice = issued(records, "1001")
    path = f"{LIST}/{invoice.document_number}"
    page, xml, pdf = (electronic.opens(f"{path}{suffix}") for suffix in ("", ".xml", ".pdf"))

    assert f'href="{path}.xml">Save as data (XML)<' in page["body"]
    assert "Factur-X" in page["body"]
    assert xml["headers"]["Content-Type"] == "text/xml"
    assert xml["headers"]["Content-Disposition"] == f'attachment; filename="{invoice.document_number}.xml"'
    assert base64.b64decode(xml["body"]) == factur_x_of(invoice)
    assert data_in(base64.b64decode(pdf["body"])) == ("factur-x.xml", factur_x_of(invoice))


def test_without_the_setting_there_is_nothing_to_find(electronic: Reader, records: RecordTable) -> None:
    reader = Reader(replace(electronic.documents, electronic=False))
    path = f"{LIST}/{issued(records, '1001').document_number}"

    assert ".xml" not in reader.opens(path)["body"]
    assert reader.opens(f"{path}.xml")["statusCode"] == 404


def test_a_document_that_cannot_be_stated_offers_no_data(reader: Reader, records: RecordTable) -> None:
    reader.creates("1001")
    reader.has_link("t-1", "1001")
    path = f"{LIST}/{issued(records, '1001').document_number}"  # its client is not known
    reader = Reader(replace(reader.documents, electronic=True))

    assert ".xml" not in reader.opens(path)["body"]
    assert [reader.opens(f"{path}{suffix}")["statusCode"] for suffix in (".xml", ".pdf")] == [404, 200]


def test_no_link_gives_the_data_of_another_order(electronic: Reader, records: RecordTable) -> None:
    electronic.creates("1002")
    theirs = issued(records, "1002")

    assert electronic.opens(f"{LIST}/{theirs.document_number}.xml")["statusCode"] == 404


def test_the_pdf_that_is_mailed_holds_the_data(electronic: Reader, records: RecordTable) -> None:
    invoice = issued(records, "1001")
    sender = Sender(mail_from="orders@shop.test", company="Shop")
    (file,) = document_mail(invoice, a_client(), sender, to="ada@example.com", electronic=True).files

    assert data_in(file.content)[1] == factur_x_of(invoice)
