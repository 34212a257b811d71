"""What EN 16931 cannot say is not said: the reason names what to set, and nobody."""

from typing import Any

import pytest

from lambdas.documents.document import document_of
from lambdas.documents.electronic.factur_x import factur_x_of
from lambdas.documents.electronic.parties import vat_number
from lambdas.documents.electronic.statement import NotStatableError
from lambdas.documents.pdf import pdf_of
from lambdas.records.invoices.invoice import Invoice, InvoiceLine
from tests.unit.documents.electronic.test_rules import BUYER, SELLER, Sold, issued


def with_lines(*lines: InvoiceLine) -> Invoice:
    invoice = issued([Sold(1_000, 0, 1, "21")])
    return invoice.changed(lines=lines, total_cents=sum(line.amount_cents for line in lines))


def taxed(**more: Any) -> tuple[InvoiceLine, InvoiceLine]:
    line, tax = issued([Sold(1_000, 0, 1, "21")]).lines
    return line, tax.changed(**more)


CASES = {
    "three digits": (issued([Sold(1_000, 0, 1, "21")], currency="KWD"), "KWD have more than 2 digits"),
    "two taxes": (with_lines(*taxed(), taxed()[1].changed(tax_name="PST")), "several taxes"),
    "no line": (with_lines(taxed()[1]), "no line"),
    "wrong tax": (with_lines(*taxed(amount_cents=320)), "off by one EUR"),
    "no sum": (issued([Sold(1_000, 0, 1, "21")]).changed(total_cents=1), "do not add up"),
    "no seller": (issued([Sold(1_000, 0, 1, "21")]).changed(seller=None), "names no seller"),
    "no number": (issued([Sold(1_000, 0, 1, "21")], SELLER.changed(vat_id="")), "no VAT number"),
    "no buyer": (issued([Sold(1_000, 0, 1, "21")]).changed(buyer=None), "no name or no country"),
    "no country": (issued([Sold(1_000, 0, 1, "21")], buyer=BUYER.changed(country="")), "no name or no country"),
    "reverse": (issued([Sold(1_000, 0, 1, "0")], buyer=BUYER.changed(vat_id="136695976")), "owes the tax"),
    "earlier": (issued([Sold(1_000, 0, 1, "")]).changed(untaxed=""), "earlier release"),
    "outside beside taxed": (
        issued([Sold(1_000, 0, 1, "21"), Sold(1_000, 0, 1, "")], SELLER.changed(untaxed="O")), "BR-O-11",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("invoice", "why"), CASES.values(), ids=CASES)
def test_it_is_refused_with_the_reason_and_the_document_is_a_plain_pdf(invoice: Invoice, why: str) -> None:
    with pytest.raises(NotStatableError, match=why) as refused:
        factur_x_of(invoice)

    for secret in ("Engines", "Lovelace", "Row", "136", "ada@"):
        assert secret not in str(refused.value)
    document = document_of(invoice, electronic=True)
    assert document.xml == b""
    assert "Factur-X" not in " ".join(document.notes)
    assert b"factur-x" not in pdf_of(document)


@pytest.mark.parametrize(
    ("stated", "number"),
    [
        ("de 136.695.976", "DE136695976"), ("EL094259216", "EL094259216"), ("XI123456789", "XI123456789"),
        ("12-3456789", ""), ("", ""), ("QQ1", ""),
    ],
)  # fmt: skip
def test_a_vat_number_begins_with_the_code_of_a_country(stated: str, number: str) -> None:
    assert vat_number(stated) == number
