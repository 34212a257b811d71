"""Who sold and who bought: as it was at issue, whatever changes later."""

import pytest

from lambdas.catalog.seller import Seller, Sellers
from lambdas.orders.contact.text import MAX_LINE
from lambdas.orders.decisions.lead.room import invoice_bytes
from lambdas.records.clients.client import ClientRecords
from lambdas.records.invoices.credit_notes import CreditNotes
from lambdas.records.invoices.invoice import InvoiceKind, InvoiceLine
from lambdas.records.invoices.party import issued_by
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item, to_value, value_bytes
from tests.support.build import NOW, an_order
from tests.unit.records.builders import a_client, an_invoice

SEASIDE = Seller(
    brand_id=1, name="Seaside Lda", address="Rua do Mar 1", city="Lisboa", zip="1100-001", country="PT",
    vat_id="PT501964843", registration="NIPC 501964843", time_zone="Europe/Lisbon",
    reverse_charge_note="Reverse charge", notes=("Bank: PT50 0000",),
)  # fmt: skip
ADA = {
    "company": "Engines Ltd",
    "last": "Lovelace",
    "address": "12 Row",
    "city": "London",
    "zip": "N1",
    "country": "GB",
}


@pytest.fixture(autouse=True)
def _seaside_sells(monkeypatch: pytest.MonkeyPatch) -> None:
    sellers = Sellers(brands=(SEASIDE,))
    monkeypatch.setattr("lambdas.records.invoices.records.load_sellers", lambda: sellers)


def test_an_invoice_names_both_parties_as_they_were(records: RecordTable, monkeypatch: pytest.MonkeyPatch) -> None:
    ClientRecords(records).add(a_client(**ADA, vat_id="GB980780684"))
    invoices = InvoiceRecords(records)
    issued = invoices.issue(an_invoice())

    assert issued.seller and issued.buyer
    assert (issued.seller.name, issued.seller.vat_id, issued.seller.city) == ("Seaside Lda", "PT501964843", "Lisboa")
    assert (issued.buyer.name, issued.buyer.attention) == ("Engines Ltd", "Ada Lovelace")
    assert (issued.buyer.address, issued.buyer.vat_id) == ("12 Row", "GB980780684")
    assert (issued.notes, issued.time_zone) == (("Bank: PT50 0000",), "Europe/Lisbon")

    moved = SEASIDE.changed(name="Other Lda", notes=())
    monkeypatch.setattr("lambdas.records.invoices.records.load_sellers", lambda: Sellers(brands=(moved,)))
    records.client.delete_item(TableName=records.name, Key=to_item({"pk": "client#101", "sk": "client"}))
    assert invoices.get(issued.invoice_id) == issued, "a client who is erased stays on what was issued"
    assert invoices.issue(an_invoice()) == issued


def test_a_person_without_a_company_is_the_buyer(records: RecordTable) -> None:
    ClientRecords(records).add(a_client(last="Lovelace"))
    issued = InvoiceRecords(records).issue(an_invoice())

    assert issued.buyer
    assert (issued.buyer.name, issued.buyer.attention) == ("Ada Lovelace", "")


def test_the_law_s_words_stand_on_what_is_reverse_charged_and_only_there(records: RecordTable) -> None:
    line = an_invoice(order_id="1002").lines[0]
    tax = line.changed(amount_cents=0, tax_name="VAT", tax_rate="0")
    reversed_one = InvoiceRecords(records).issue(an_invoice(order_id="1002", lines=(line, tax)))
    taxed = tax.changed(tax_rate="23", service_id="1003001")
    other = an_invoice(order_id="1003", lines=(line.changed(service_id="1003001"), taxed))

    assert reversed_one.notes == ("Reverse charge", "Bank: PT50 0000")
    assert InvoiceRecords(records).issue(other).notes == ("Bank: PT50 0000",)


def test_a_credit_note_names_the_parties_of_its_invoice(records: RecordTable, monkeypatch: pytest.MonkeyPatch) -> None:
    ClientRecords(records).add(a_client(**ADA))
    invoices = InvoiceRecords(records)
    issued = invoices.issue(an_invoice())
    monkeypatch.setattr("lambdas.records.invoices.records.load_sellers", Sellers)
    CreditNotes(records).credit(issued, "1001", NOW)

    assert (note := invoices.of_order("1001", InvoiceKind.CREDIT_NOTE)) is not None
    assert (note.seller, note.buyer, note.notes) == (issued.seller, issued.buyer, issued.notes)


def test_an_invoice_of_an_earlier_release_is_read_and_credited(records: RecordTable) -> None:
    """It has no parties. Its credit note has those of today."""
    invoices = InvoiceRecords(records)
    issued = invoices.issue(an_invoice())
    names = ["seller", "buyer", "notes", "supplied_at", "time_zone"]
    records.client.update_item(
        TableName=records.name,
        Key=to_item({"pk": "invoices#101", "sk": "invoice#0000000001"}),
        UpdateExpression=f"REMOVE {', '.join(names)}",
    )
    ClientRecords(records).add(a_client(**ADA))

    old = invoices.get(issued.invoice_id)
    assert old is not None
    assert (old.seller, old.buyer, old.time_zone) == (None, None, "UTC")
    CreditNotes(records).credit(old, "1001", NOW)
    assert (note := invoices.of_order("1001", InvoiceKind.CREDIT_NOTE)) is not None
    assert note.buyer and note.seller
    assert (note.buyer.name, note.seller.name) == ("Engines Ltd", "Seaside Lda")


def test_a_brand_without_a_seller_still_issues(records: RecordTable) -> None:
    """A trial may have one; where data is kept it is refused before it is deployed."""
    issued = InvoiceRecords(records).issue(an_invoice(brand_id=7))

    assert (issued.seller, issued.notes, issued.time_zone) == (None, (), "UTC")


def test_the_parties_of_any_client_fit_the_room_that_orders_leave() -> None:
    """lambdas/orders/decisions/lead/room.py: what is not lines."""
    long = "\N{SNOWMAN WITHOUT SNOW}" * MAX_LINE
    names = ("first", "last", "company", "address", "city", "state", "zip", "vat_id", "email")
    client = a_client(**dict.fromkeys(names, long), country="GB")
    lines = ("name", "address", "city", "state", "zip", "vat_id", "registration", "email")
    seller = SEASIDE.changed(
        **dict.fromkeys(lines, long[:250]), notes=(long[:250] * 2,) * 5, reverse_charge_note=long[:250] * 2
    )
    tax = InvoiceLine(description="", service_id="1", quantity=1, amount_cents=0, tax_name="VAT", tax_rate="0")
    issued = issued_by(an_invoice(lines=(tax,)), seller, client)

    assert value_bytes(to_value(issued.model_dump(exclude_none=True))) < invoice_bytes(an_order(priced=()))
