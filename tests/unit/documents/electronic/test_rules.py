"""What the official schema and rules of EN 16931 say of the data of our documents."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.catalog.seller import Seller
from lambdas.catalog.spread import spread
from lambdas.documents.electronic.factur_x import factur_x_of
from lambdas.languages.language import speaking
from lambdas.orders.model.currencies import DIGITS
from lambdas.records.clients.client import Client
from lambdas.records.invoices.credit_notes import note_of
from lambdas.records.invoices.invoice import CreditReason, Invoice, InvoiceLine
from lambdas.records.invoices.party import issued_by
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.invoices.reductions import LineCredit, Reductions
from lambdas.records.table import RecordTable
from tests.support.build import NOW
from tests.unit.documents.electronic.rules import broken_rules
from tests.unit.records.builders import a_client, an_invoice

SELLER = Seller(
    brand_id=1, name="Seaside & Söhne <Lda>", address="Rua 1", city="Lisboa", zip="1100-001", country="PT",
    vat_id="PT501442600", registration="NIPC 501964843", email="billing@seaside.example", time_zone="Europe/Lisbon",
    reverse_charge_note="Reverse charge: article 196 of Directive 2006/112/EC.", notes=("Thank you.",),
    untaxed="E", untaxed_note="Exempt: article 132 of Directive 2006/112/EC.",
)  # fmt: skip
BUYER = a_client(
    company="Engines Ltd", last="Lovelace", address="12 Row\nBack yard\nDoor 2\nBell 3", city="London", zip="N1",
    country="DE", vat_id="DE 136 695 976",
)  # fmt: skip
CURRENCIES = sorted(currency for currency, digits in DIGITS.items() if digits <= 2)


@dataclass(frozen=True)
class Sold:
    """A service: what it costs, what is taken off, and the rate of its tax; "" for none, "0" if the client owes it."""

    cents: int
    discount_cents: int
    quantity: int
    rate: str


def lines_of(sold: list[Sold]) -> tuple[InvoiceLine, ...]:
    """Taxed as orders are: rounded once for each rate, and spread over the services."""
    lines, groups = list[InvoiceLine](), defaultdict[str, list[int]](list)
    for nth, each in enumerate(sold):
        line = InvoiceLine(
            description=f"Server\u202e {nth} & <co>", service_id=f"1001{nth:03}", quantity=each.quantity,
            amount_cents=each.cents,
        )  # fmt: skip
        lines += [line, line.changed(description="Coupon", amount_cents=-each.discount_cents)]
        if each.rate and each.cents > each.discount_cents:
            groups[each.rate].append(nth)
    for rate, members in groups.items():
        exact = [(sold[nth].cents - sold[nth].discount_cents) * int(float(rate) * 1000) for nth in members]
        for nth, cents in zip(members, spread(exact, 100_000), strict=True):
            lines.append(lines[2 * nth].changed(amount_cents=cents, tax_name="VAT", tax_rate=rate))
    return tuple(line for line in lines if line.amount_cents or line.tax_name or line.description != "Coupon")


def issued(sold: list[Sold], seller: Seller = SELLER, buyer: Client = BUYER, **more: Any) -> Invoice:
    lines = lines_of(sold)
    total = sum(line.amount_cents for line in lines)
    draft = an_invoice(
        lines=lines,
        total_cents=total,
        document_number="INV-2026-00007",
        number=7,
        **{"currency": "EUR", "supplied_at": NOW, **more},
    )
    return issued_by(draft, seller, buyer)


def stated(xml: bytes, name: str) -> list[str]:
    return [found.text or "" for found in ElementTree.fromstring(xml).iter() if found.tag.endswith(f"}}{name}")]


@st.composite
def sales(draw: st.DrawFn) -> list[Sold]:
    rates = draw(st.sampled_from([["21", "9.975", "5.5"], ["0"], [""], ["", "21"], ["19.0"]]))
    found = []
    for _ in range(draw(st.integers(1, 4))):
        cents = draw(st.integers(0, 10**9))
        off = draw(st.sampled_from([0, 0, cents, cents // 3]))
        found.append(Sold(cents, off, draw(st.integers(1, 9)), draw(st.sampled_from(rates))))
    return found


@settings(max_examples=30, deadline=None)
@given(sales(), st.sampled_from(CURRENCIES), st.booleans())
def test_invoices_and_notes_of_all_of_them_keep_the_rules_in_each_currency(
    sold: list[Sold], currency: str, credited: bool
) -> None:
    invoice = issued(sold, currency=currency, due_at=NOW + 86_400)
    if credited:
        invoice = note_of(invoice, tuple(line.changed(reason=CreditReason.FAULT) for line in invoice.lines), NOW)
    xml = factur_x_of(invoice)

    assert broken_rules(xml) == []
    scale = 10 ** DIGITS[currency]
    assert [round(float(amount) * scale) for amount in stated(xml, "GrandTotalAmount")] == [invoice.total_cents]


def test_the_rules_are_looked_at() -> None:
    """A test that cannot fail shows nothing: each change breaks the rule of its name, or the schema."""
    xml = factur_x_of(issued([Sold(10_000, 1_000, 2, "21")], due_at=NOW)).decode()
    for old, new, broken in (
        ("<ram:GrandTotalAmount>108.90<", "<ram:GrandTotalAmount>108.91<", "BR-CO-15"),
        ("<ram:TypeCode>380<", "<ram:TypeCode>999<", "ram:TypeCode"),
        ('<ram:ID schemeID="VA">PT', '<ram:ID schemeID="VA">?!', "BR-CO-09"),
        ("<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>", "", "InvoiceCurrencyCode"),
    ):
        assert old in xml
        assert any(broken in found for found in broken_rules(xml.replace(old, new).encode())), broken


@pytest.mark.parametrize(
    ("rate", "seller", "category", "reason"),
    [
        ("21", SELLER, "S", []),
        ("0", SELLER, "AE", [SELLER.reverse_charge_note]),
        ("", SELLER, "E", [SELLER.untaxed_note]),
        ("", SELLER.changed(untaxed="Z", untaxed_note="Zero rate"), "Z", []),
        ("", SELLER.changed(untaxed="O", untaxed_note="Outside the scope of VAT"), "O", ["Outside the scope of VAT"]),
        ("", SELLER.changed(untaxed="O", untaxed_note="", registration=""), "O", []),
    ],
    ids=["taxed", "reverse charge", "exempt", "zero", "outside", "outside without words"],
)
def test_each_kind_of_vat_has_its_category_and_its_words(
    rate: str, seller: Seller, category: str, reason: list[str]
) -> None:
    xml = factur_x_of(issued([Sold(9_995, 500, 3, rate)], seller))

    assert broken_rules(xml) == []
    assert set(stated(xml, "CategoryCode")) == {category}
    assert stated(xml, "ExemptionReason") == reason
    assert ("VA" in re.findall(r'schemeID="(\w+)"', xml.decode())) == (category != "O")


def test_a_free_service_is_in_the_category_of_what_it_came_with() -> None:
    xml = factur_x_of(issued([Sold(1_000, 0, 1, "21"), Sold(500, 500, 1, ""), Sold(0, 0, 1, "")]))

    assert broken_rules(xml) == []
    assert Counter(stated(xml, "CategoryCode")) == {"S": 5}


@pytest.mark.parametrize(("rate", "category"), [("0", "AE"), ("21", "S")], ids=["reverse charge", "taxed"])
def test_a_note_of_a_part_names_its_invoice_and_keeps_the_rules(records: RecordTable, rate: str, category: str) -> None:
    """Also one so small that its tax rounds to nothing, and the note of what is left."""
    draft = issued([Sold(10_001, 0, 1, rate)]).changed(number=0, document_number="")
    invoice = InvoiceRecords(records, lambda: NOW).issue(draft)
    part = {1: LineCredit(CreditReason.FAULT, 2, "two cents")}
    note = Reductions(records).issue(invoice, part, "case", NOW, refunds=False)
    left = InvoiceRecords(records).get(invoice.invoice_id)
    assert note and left
    rest = note_of(invoice, left.left_lines, NOW)

    for each, net in ((note, "0.02"), (rest, "99.99")):
        xml = factur_x_of(each)
        assert broken_rules(xml) == []
        assert stated(xml, "TypeCode")[0] == "381"
        assert invoice.shown_number in stated(xml, "IssuerAssignedID")
        assert set(stated(xml, "CategoryCode")) == {category}
        assert stated(xml, "BasisAmount") == [net]


def test_a_document_of_an_earlier_release_without_a_date_of_supply_is_warned_of_and_breaks_no_rule() -> None:
    (warning,) = broken_rules(factur_x_of(issued([Sold(1_000, 0, 1, "21")], supplied_at=None)))

    assert warning.endswith("(still status warning)")


def test_the_texts_are_in_the_language_that_is_spoken() -> None:
    invoice = issued([Sold(1_000, 0, 1, "21")])
    note = note_of(invoice, tuple(line.changed(reason=CreditReason.GOODWILL) for line in invoice.lines), NOW)
    with speaking("de"):
        assert stated(factur_x_of(invoice), "Description") == ["Sofort fällig"]
        assert "Kulanz" in stated(factur_x_of(note), "Content")
