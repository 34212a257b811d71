"""`client.invoice_pdf_get`: an invoice or its credit note as PDF, by both doors."""

import pytest

from lambdas.records.users.rights import ROLES, Grant
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
        assert caller.as_named(role, token, "client.invoice_pdf_get", INVOICE).status == 403, role
