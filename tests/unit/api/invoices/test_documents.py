"""`client.invoice_pdf_get` and `client.invoice_xml_get`: an invoice or its credit note as PDF and as data, by both doors."""

from dataclasses import replace

import facturx
import pytest

from lambdas.records.users.rights import ROLES, Grant
from lambdas.runtime.items import to_item
from tests.support.build import CONTACT, NOW
from tests.unit.api.conftest import Caller
from tests.unit.api.invoices.test_invoices import generate, sold
from tests.unit.documents.pdf_text import text_of

PART = {"1": {"amount": "4.00", "reason": "fault", "text": "Two days without service."}}
INVOICE = {"invoice_id": "1000000001"}


@pytest.fixture(autouse=True)
def _invoice(caller: Caller) -> None:
    caller.data("client.add", CONTACT)
    sold(caller)
    generate(caller)


@pytest.fixture
def electronic(caller: Caller) -> Caller:
    return replace(caller, api=replace(caller.api, backend=replace(caller.api.backend, electronic_invoices=True)))


def test_an_invoice_is_a_file_by_both_doors(caller: Caller) -> None:
    total = caller.call("client.invoice_get", INVOICE).body["total"]
    new = caller.call("client.invoice_pdf_get", INVOICE)
    old = caller.send("/api/2.0/", query="method=client.invoice_pdf_get&invoice_id=1000000001")

    assert new.headers["Content-Type"] == "application/pdf"
    assert new.headers["Content-Disposition"].startswith('attachment; filename="INV-')
    assert new.body == old.body
    assert total in text_of(new.body)


def test_a_credit_note_is_named_by_its_number(caller: Caller) -> None:
    note = caller.call("client.invoice_credit", {"inv_id": "1000000001", "lines": PART, "reference": "case 1"}).body
    found = caller.call("client.invoice_pdf_get", {**INVOICE, "credit_note": note["document_number"]})

    assert "Two days without service." in text_of(found.body)
    other = caller.call("client.invoice_pdf_get", {**INVOICE, "credit_note": "CN-2027-09999"})
    assert (other.status, other.body["errors"][0]["field"]) == (404, "credit_note")


def test_nobody_gets_it_without_the_right_to_see_clients_and_money(caller: Caller) -> None:
    for role in ("viewer", "operator", "supervisor"):
        token = caller.api.users.add(role, (Grant(rights=ROLES[role]),), now=NOW)
        for method in ("client.invoice_pdf_get", "client.invoice_xml_get"):
            assert caller.as_named(role, token, method, INVOICE).status == 403, role


def test_an_invoice_and_its_note_can_be_had_as_data(electronic: Caller) -> None:
    new = electronic.call("client.invoice_xml_get", INVOICE)
    old = electronic.send("/api/2.0/", query="method=client.invoice_xml_get&invoice_id=1000000001")
    pdf = electronic.call("client.invoice_pdf_get", INVOICE).body
    note = electronic.call("client.invoice_credit", {"inv_id": "1000000001", "lines": PART, "reference": "case 1"}).body
    credited = electronic.call("client.invoice_xml_get", {**INVOICE, "credit_note": note["document_number"]})

    assert new.headers["Content-Type"] == "text/xml"
    assert new.headers["Content-Disposition"].endswith('.xml"')
    assert new.body == old.body == facturx.get_facturx_xml_from_pdf(pdf, check_xsd=True, check_schematron=False)[1]
    assert b"<ram:TypeCode>381<" in credited.body and b"Two days without service." in credited.body


def test_why_there_are_no_data_is_said(caller: Caller, electronic: Caller) -> None:
    never = caller.call("client.invoice_xml_get", INVOICE)
    caller.dynamodb.update_item(
        TableName="records", Key=to_item({"pk": "invoices#101", "sk": "invoice#0000000001"}),
        UpdateExpression="REMOVE seller",
    )  # fmt: skip
    refused = electronic.call("client.invoice_xml_get", INVOICE)

    assert (never.status, refused.status) == (404, 404)
    assert 'electronic_invoices = "factur-x"' in never.body["detail"]
    assert "cannot be stated by EN 16931: it names no seller" in refused.body["detail"]
    assert electronic.call("client.invoice_pdf_get", INVOICE).status == 200


def test_a_document_is_in_the_language_of_its_order(caller: Caller) -> None:
    store = caller.api.backend.service.store
    order = store.get("1001")
    store.save(order.changed(info={**order.info, "lang": "de"}))
    german = replace(caller, api=replace(caller.api, backend=replace(caller.api.backend, languages=("en", "de"))))

    assert "Rechnung" in text_of(german.call("client.invoice_pdf_get", INVOICE).body)
    assert "Rechnung" not in text_of(caller.call("client.invoice_pdf_get", INVOICE).body)
