"""A PDF with data is a PDF/A-3 that readers of Factur-X open: what ISO 19005-3 asks for, as far as a file shows it."""

import io
from typing import Any

import facturx
from defusedxml import ElementTree
from pypdf import PdfReader

from lambdas.documents.document import document_of
from lambdas.documents.pdf import pdf_of
from tests.unit.documents.electronic.test_rules import BUYER, Sold, issued
from tests.unit.documents.pdf_text import text_of

INVOICE = issued([Sold(10_000, 1_000, 2, "21")], buyer=BUYER.changed(company="株式会社 Ελένη ไทย"))
DOCUMENT = document_of(INVOICE, electronic=True)
PDF = pdf_of(DOCUMENT)
ROOT: Any = PdfReader(io.BytesIO(PDF)).trailer["/Root"]


def test_it_holds_the_data_as_readers_look_for_them() -> None:
    name, xml = facturx.get_facturx_xml_from_pdf(PDF, check_xsd=True, check_schematron=False)

    assert (name, xml) == ("factur-x.xml", DOCUMENT.xml)
    (file,) = [each.get_object() for each in ROOT["/AF"]]
    assert (file["/AFRelationship"], file["/EF"]["/F"].get_object()["/Subtype"]) == ("/Alternative", "/text/xml")


def test_its_metadata_say_which_standards_it_keeps() -> None:
    metadata = ROOT["/Metadata"].get_object()
    stated = {
        found.tag.split("}")[1]: found.text
        for found in ElementTree.fromstring(metadata.get_data()).iter()
        if found.text
    }

    assert "/Filter" not in metadata, "metadata of a PDF/A are legible"
    assert (stated["part"], stated["conformance"]) == ("3", "B")
    assert (stated["DocumentFileName"], stated["DocumentType"]) == ("factur-x.xml", "INVOICE")
    assert (stated["Version"], stated["ConformanceLevel"]) == ("1.0", "EN 16931")


def test_every_font_and_colour_is_in_the_file() -> None:
    reader = PdfReader(io.BytesIO(PDF))
    intents: Any = ROOT["/OutputIntents"]
    (intent,) = intents
    assert (intent["/S"], len(intent["/DestOutputProfile"].get_data())) == ("/GTS_PDFA1", 3024)
    resources: list[Any] = [page["/Resources"] for page in reader.pages]
    fonts = [font.get_object() for each in resources for font in each["/Font"].values()]
    assert len(fonts) >= 4
    for font in fonts:
        described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & described.keys(), font["/BaseFont"]
        assert "/ToUnicode" in font
    assert {"/Encrypt", "/Info"} & reader.trailer.keys() == set()
    assert "/ID" in reader.trailer
    assert {"/JavaScript", "/AA"} & ROOT.keys() == set()


def test_it_says_so_to_who_reads_it_and_is_the_same_file_each_time() -> None:
    assert "Factur-X, EN 16931" in text_of(PDF)
    assert pdf_of(document_of(INVOICE, electronic=True)) == PDF


def test_without_the_setting_nothing_of_it_is_there() -> None:
    plain = pdf_of(document_of(INVOICE))

    assert b"factur-x" not in plain
    assert "Factur-X" not in text_of(plain)
