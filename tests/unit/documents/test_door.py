"""Clients see their invoices and credit notes by the link of their order, and by nothing else."""

import base64
import hashlib
import re
from dataclasses import replace
from http import HTTPStatus

import pytest

from lambdas.records.invoices.credit_notes import CreditNotes
from lambdas.records.invoices.invoice import CreditReason
from lambdas.records.invoices.reductions import LineCredit, Reductions
from lambdas.records.links.link import LinkPurpose, LinkRecords
from lambdas.records.table import RecordTable
from tests.support.build import CONTACT, NOW, Clock
from tests.unit.documents.conftest import Reader, issued
from tests.unit.documents.pdf_text import text_of

LIST = "/orders/t-1/invoices"


@pytest.fixture(autouse=True)
def _two_orders(reader: Reader) -> None:
    for order_id, token in (("1001", "t-1"), ("1002", "t-2")):
        reader.creates(order_id)
        reader.has_link(token, order_id)


def paths(body: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', body)


def test_the_list_leads_to_each_document_as_page_and_as_pdf(reader: Reader, records: RecordTable) -> None:
    number = issued(records, "1001").document_number
    listed = reader.opens(LIST)

    assert listed["statusCode"] == HTTPStatus.OK
    assert paths(listed["body"]) == ["/orders/t-1", f"{LIST}/{number}", f"{LIST}/{number}.pdf"]
    page, pdf = reader.opens(f"{LIST}/{number}"), reader.opens(f"{LIST}/{number}.pdf")
    assert "Server of 1001" in page["body"] and f"{LIST}/{number}.pdf" in paths(page["body"])
    assert pdf["headers"]["Content-Type"] == "application/pdf"
    assert pdf["headers"]["Content-Disposition"] == f'attachment; filename="{number}.pdf"'
    assert "Server of 1001" in text_of(base64.b64decode(pdf["body"]))


def test_credit_notes_of_parts_and_of_the_rest_are_there_too(reader: Reader, records: RecordTable) -> None:
    invoice = issued(records, "1001")
    part = {1: LineCredit(CreditReason.FAULT, 300, "two days")}
    Reductions(records).issue(invoice, part, "case 7", NOW, refunds=False)
    CreditNotes(records).credit(invoice, "1001", NOW)
    body = reader.opens(LIST)["body"]

    assert re.findall(r">(Invoice|Credit note) [A-Z]+-", body) == ["Invoice", "Credit note", "Credit note"]
    assert re.findall(r"[\d.]+ USD", body) == ["10.00 USD", "3.00 USD", "7.00 USD"]


def test_before_there_is_an_invoice_the_page_says_so(reader: Reader) -> None:
    answer = reader.opens(LIST)

    assert answer["statusCode"] == HTTPStatus.OK
    assert "There are none yet" in answer["body"]


@pytest.mark.parametrize("suffix", ["", ".pdf"])
def test_no_link_shows_a_document_of_another_order(reader: Reader, records: RecordTable, suffix: str) -> None:
    """Not of the same client either, and it is refused like one that was never issued."""
    issued(records, "1001")
    theirs = issued(records, "1002")
    refused = reader.opens(f"{LIST}/{theirs.document_number}{suffix}")
    never = reader.opens(f"{LIST}/INV-2027-09999{suffix}")

    assert refused["statusCode"] == never["statusCode"] == HTTPStatus.NOT_FOUND
    assert refused["body"] == never["body"]
    assert theirs.document_number not in reader.opens(LIST)["body"]


def test_a_document_of_several_orders_is_shown_by_the_link_of_none(reader: Reader, records: RecordTable) -> None:
    shared = issued(records, "", "101", "1001001", "1002001")

    assert shared.document_number not in reader.opens(LIST)["body"]
    assert reader.opens(f"{LIST}/{shared.document_number}")["statusCode"] == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("path", ["/orders/t-9/invoices", "/orders/t-9/invoices/INV-2027-00001.pdf"])
def test_a_guessed_link_is_refused_and_says_nothing(reader: Reader, records: RecordTable, path: str) -> None:
    issued(records, "1001")
    refused = reader.opens(path)

    assert refused["statusCode"] == HTTPStatus.GONE
    assert "INV" not in refused["body"]


def test_a_link_that_was_withdrawn_or_expired_or_is_of_another_kind_is_refused(
    reader: Reader, records: RecordTable, clock: Clock
) -> None:
    reader.has_link("t-resume", "1001", LinkPurpose.RESUME)
    assert reader.opens("/orders/t-resume/invoices")["statusCode"] == HTTPStatus.GONE
    LinkRecords(records).revoke("1002", None, NOW)
    assert reader.opens("/orders/t-2/invoices")["statusCode"] == HTTPStatus.GONE
    clock.time += 366 * 86_400
    assert reader.opens(LIST)["statusCode"] == HTTPStatus.GONE


def test_a_link_that_was_mailed_opens_only_while_the_order_has_that_address(reader: Reader) -> None:
    reader.has_link("t-mailed", "1001", email=CONTACT["email"])
    reader.has_link("t-before", "1001", email="before@example.com")

    assert reader.opens("/orders/t-before/invoices")["statusCode"] == HTTPStatus.GONE
    assert reader.opens("/orders/t-mailed/invoices")["statusCode"] == HTTPStatus.OK


def test_pages_load_nothing_and_are_kept_nowhere(reader: Reader, records: RecordTable) -> None:
    number = issued(records, "1001").document_number
    headers = reader.opens(f"{LIST}/{number}")["headers"]

    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    (style,) = re.findall(r"(?s)<style>(.*?)</style>", reader.opens(f"{LIST}/{number}")["body"])
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in headers["Content-Security-Policy"], "the colour of the brand is part of the style"
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert reader.opens(f"{LIST}/{number}.pdf")["headers"]["Cache-Control"] == "no-store"


def test_a_question_by_head_has_no_body(reader: Reader) -> None:
    assert reader.opens(LIST, "HEAD")["body"] == ""


def test_the_language_is_that_of_the_order_and_of_a_refusal_that_of_its_address(
    reader: Reader, records: RecordTable
) -> None:
    german = Reader(replace(reader.documents, languages=("en", "de")))
    order = german.documents.orders.get("1001")
    german.documents.orders.save(order.changed(info={**CONTACT, "lang": "de"}))
    number = issued(records, "1001").document_number

    assert ">Als PDF speichern<" in german.opens(f"{LIST}/{number}")["body"]
    assert f">Rechnung {number}<" in german.opens(LIST)["body"]
    assert ">All invoices<" not in german.opens(f"{LIST}/{number}")["body"]
    assert "Invoice" in reader.opens(f"{LIST}/{number}")["body"]
    assert "Dieser Link" in german.opens("/orders/nobody/invoices", query="lang=de")["body"]
    assert "This link no longer works" in german.opens("/orders/nobody/invoices", query="lang=xx")["body"]
