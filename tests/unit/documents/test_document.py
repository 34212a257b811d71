"""A document's figures: integers shown with the digits of their currency, which add up on the page and in the PDF alike."""

import base64
import html
import io
import re
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from lambdas.catalog.brands.brand import load_brands
from lambdas.documents.document import Document, document_of
from lambdas.documents.page import page_of
from lambdas.documents.pdf import pdf_of
from lambdas.languages.language import speaking
from lambdas.records.invoices.credit_notes import note_of
from lambdas.records.invoices.invoice import CreditReason, Invoice, InvoiceLine, Party
from tests.unit.documents.pdf_text import text_of
from tests.unit.records.builders import an_invoice

DIGITS = {"JPY": 0, "USD": 2, "KWD": 3}
SELLER = Party(name="Seaside", address="Rua 1", city="Lisboa", country="PT", vat_id="PT501442600")
BUYER = Party(name="Engines Ltd", attention="Ada Lovelace", city="London", country="GB")


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    """With discounts, several taxes, and taxes that round to nothing."""
    lines = list[InvoiceLine]()
    for nth in range(1, draw(st.integers(1, 5)) + 1):
        net = draw(st.integers(0, 10**9))
        line = InvoiceLine(description=f"Server {nth}", service_id=f"1001{nth:03}", quantity=1, amount_cents=net)
        lines += [line, line.changed(description="Coupon", amount_cents=-draw(st.integers(0, net)))]
        for name, rate in draw(st.sets(st.sampled_from([("VAT", "21"), ("GST", "5"), ("PST", "9.975")]))):
            lines.append(line.changed(amount_cents=draw(st.integers(0, 10**8)), tax_name=name, tax_rate=rate))
    total = sum(line.amount_cents for line in lines)
    invoice = an_invoice(
        lines=tuple(lines), total_cents=total, currency=draw(st.sampled_from(sorted(DIGITS))), seller=SELLER,
        buyer=BUYER, document_number="INV-2026-00007", notes=("Thank you.",),
    )  # fmt: skip
    if draw(st.booleans()):
        return note_of(invoice, tuple(line.changed(reason=CreditReason.FAULT) for line in lines), invoice.issued_at)
    return invoice


def of(amounts: list[str], currency: str) -> Decimal:
    """The sum of amounts, each of which must have the digits of the currency, and no others."""
    digits = DIGITS[currency]
    written = re.compile(rf"-?\d+\.\d{{{digits}}}" if digits else r"-?\d+")
    assert [amount for amount in amounts if not written.fullmatch(amount)] == []
    return sum(map(Decimal, amounts), Decimal(0))


@given(invoices())
def test_the_lines_are_the_totals_in_each_currency(invoice: Invoice) -> None:
    document, currency = document_of(invoice), invoice.currency
    net, tax, total = (of([amount], currency) for amount in (document.net, document.tax, document.total))

    assert of([row.amount for row in document.rows], currency) == net
    assert of([rate.tax for rate in document.rates], currency) == tax
    assert net + tax == total == Decimal(invoice.total_cents).scaleb(-DIGITS[currency])


def words_of_page(document: Document) -> Counter[str]:
    shown = re.sub(r"(?s)<head>.*</head>|<[^>]+>", " ", page_of(document))
    return Counter(html.unescape(shown).lower().split())


@settings(max_examples=10, deadline=None)
@given(invoices())
def test_the_pdf_says_word_for_word_what_the_page_says(invoice: Invoice) -> None:
    document = document_of(invoice)
    text = re.sub(rf"{document.title} {document.number or ''}, page \d+ of \d+", "", text_of(pdf_of(document)))

    assert Counter(text.lower().split()) == words_of_page(document)


@pytest.mark.parametrize(
    "name",
    ["Ελένη Παπαδάκη", "Мария Щёкина", "Žofie Łucja Ş.", "株式会社サンプル", "주식회사 한국", "שרה כהן", "ไทยโฮสติ้ง"],
    ids=["Greek", "Cyrillic", "Latin", "Japanese", "Korean", "Hebrew", "Thai"],
)
def test_names_are_written_in_their_own_letters(name: str) -> None:
    text = text_of(pdf_of(document_of(an_invoice(buyer=Party(name=name)))))

    assert name.split(maxsplit=1)[0] in text


def test_signs_without_a_letter_are_written_somehow_and_nothing_about_them_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert pdf_of(document_of(an_invoice(buyer=Party(name="\U0001f600 \U00012000 Ada")))).startswith(b"%PDF-")
    assert caplog.records == []


def test_a_long_document_goes_on_to_further_pages_and_each_says_which_it_is() -> None:
    line = InvoiceLine(description="Server", service_id="1001001", quantity=1, amount_cents=100)
    invoice = an_invoice(lines=(line,) * 90, total_cents=9000, document_number="INV-2026-00007")
    text = text_of(pdf_of(document_of(invoice)))

    assert text.count("Server") == 90
    assert "Invoice INV-2026-00007, page 1 of" in text
    assert text.count("Amount in USD") == text.count(", page ") > 1


def test_the_same_document_makes_the_same_file() -> None:
    document = document_of(an_invoice(buyer=BUYER, seller=SELLER))

    assert pdf_of(document) == pdf_of(document)


def test_a_document_is_written_in_the_language_that_is_spoken_and_headed_by_its_brand() -> None:
    invoice = an_invoice()
    with speaking("de"):
        german, page = document_of(invoice), page_of(document_of(invoice))
        text = text_of(pdf_of(german))

    assert (german.title, german.brand) == ("Rechnung", "Example Hosting")
    assert '<html lang="de" dir="ltr">' in page
    for part in ("Rechnung", "Example Hosting", "Datum", "Beschreibung", "Menge", "Betrag in", "Netto", "Gesamt"):
        assert part in page, part
        assert part in text, part
    assert "Seite 1 von 1" in text
    assert "Invoice" not in page.replace(invoice.shown_number, "")
    assert document_of(invoice).total == german.total


def test_a_document_is_in_the_look_of_its_brand() -> None:
    """Its logo in the place of its name, as on the brand's other pages, and its colour."""
    document = document_of(an_invoice(brand_id=2, buyer=BUYER, seller=SELLER))
    page, pdf = page_of(document), pdf_of(document)
    logo = load_brands().logos["example-domains.png"]

    assert f'src="data:image/png;base64,{base64.b64encode(logo.content).decode()}" alt="Example Domains"' in page
    assert ":root { --accent: #1d4ed8; }" in page
    (picture,) = PdfReader(io.BytesIO(pdf)).pages[0].images
    assert picture.image and picture.image.size == (logo.width, logo.height)
    assert "Example Domains" not in text_of(pdf)
    assert pdf == pdf_of(document)


def test_a_document_of_a_brand_without_a_logo_is_headed_by_its_name() -> None:
    document = document_of(an_invoice())

    assert "<img" not in page_of(document)
    assert len(PdfReader(io.BytesIO(pdf_of(document))).pages[0].images) == 0
    assert "Example Hosting" in text_of(pdf_of(document))


def test_a_document_of_a_brand_that_is_gone_is_still_there() -> None:
    document = document_of(an_invoice(brand_id=9))

    assert (document.brand, document.logo, document.accent) == ("", None, "")
    assert ":root" not in page_of(document)
    assert pdf_of(document).startswith(b"%PDF-")
