"""An auditor's export: all documents of a period and no other, with a proof; nothing in it calculates or runs."""

import csv
import hashlib
import io
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from rich.console import Console

from infra.operate.export import __main__ as command
from infra.operate.export.__main__ import export
from infra.operate.export.books import Books
from infra.operate.export.tables import harmless
from lambdas.catalog.seller import Seller, Sellers
from lambdas.documents.electronic.factur_x import factur_x_of
from lambdas.records.clients.client import ClientRecords
from lambdas.records.invoices.credit_notes import CreditNotes
from lambdas.records.invoices.invoice import Invoice, InvoiceKind, InvoiceLine
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.invoices.series import number_sk, series_pk
from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item
from tests.unit.documents.pdf_text import text_of
from tests.unit.records.builders import a_client, an_invoice

JANUARY = (date(2027, 1, 1), date(2027, 1, 31))
NEW_YEAR = int(datetime(2026, 12, 31, 23, tzinfo=UTC).timestamp())  # in Amsterdam
DAY = 86_400
SEASIDE = Seller(brand_id=1, name="Seaside", address="Rua 1", city="Lisboa", country="NL", time_zone="Europe/Amsterdam")


@pytest.fixture(autouse=True)
def _seaside_sells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdas.records.invoices.records.load_sellers", lambda: Sellers(brands=(SEASIDE,)))


def issue(records: RecordTable, order: int, at: int, *, company: str = "Engines Ltd", rate: str = "21") -> Invoice:
    ClientRecords(records).add(
        a_client(client_id=str(order), order_id=str(order), company=company, uber_login="", country="GB")
    )
    line = InvoiceLine(description="Hosting", service_id=f"{order}001", quantity=1, amount_cents=1000)
    tax = line.changed(description="VAT", amount_cents=210, tax_name="VAT", tax_rate=rate)
    draft = an_invoice(order_id=str(order), client_id=str(order), lines=(line, tax), total_cents=1210, issued_at=at)
    return InvoiceRecords(records, lambda: at).issue(draft)


def exported(
    records: RecordTable, folder: Path, period: tuple[date, date] = JANUARY, *, electronic: bool = False
) -> tuple[int, dict[str, str], str]:
    """Exit code, files, and what was printed."""
    said = io.StringIO()
    target = folder / "export.zip"
    books, console = Books(records, [1], *period), Console(file=said, width=300)
    code = export(books, target, console, electronic=electronic)
    assert target.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(target) as archive:
        texts = [name for name in archive.namelist() if not name.endswith(".pdf")]
        return code, {name: archive.read(name).decode() for name in texts}, said.getvalue()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_all_documents_of_the_period_and_no_other_are_there(records: RecordTable, tmp_path: Path) -> None:
    moments = [NEW_YEAR - 1, NEW_YEAR, NEW_YEAR + 31 * DAY - 1, NEW_YEAR + 31 * DAY]
    made = [issue(records, 1001 + nth, at) for nth, at in enumerate(moments)]
    CreditNotes(records).credit(made[0], "1001", NEW_YEAR + DAY)
    code, files, said = exported(records, tmp_path)

    documents = rows(files["documents.csv"])
    assert [row["number"] for row in documents] == ["INV-2027-00001", "INV-2027-00002", "CN-2027-00001"]
    assert [row["date"] for row in documents] == ["2027-01-01", "2027-01-31", "2027-01-02"]
    assert [(row["net"], row["tax"], row["total"]) for row in documents] == [("10.00", "2.10", "12.10")] * 3
    assert (documents[2]["credits"], documents[0]["buyer"]) == ("INV-2026-00001", "Engines Ltd")
    assert [row["rate"] for row in rows(files["rates.csv"])] == ["21"] * 3
    assert [row["reason"] for row in rows(files["lines.csv"])][-2:] == ["order canceled"] * 2
    assert len([name for name in files if name.startswith("pages/")]) == 3
    assert code == 0
    assert "brand 1, invoices: net 20.00, tax 4.20, total 24.20 USD" in said
    assert "brand 1, invoices: 2027 has the numbers 1 to 3" in said
    assert said.count("no number is missing") == 2


def test_each_file_has_its_hash_and_the_same_data_make_the_same_file(records: RecordTable, tmp_path: Path) -> None:
    issue(records, 1001, NEW_YEAR)
    _, files, _ = exported(records, tmp_path)
    first = (tmp_path / "export.zip").read_bytes()
    exported(records, tmp_path)

    assert (tmp_path / "export.zip").read_bytes() == first
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        hashed = {name: archive.read(name) for name in archive.namelist() if name != "proof.txt"}
    assert len([name for name in hashed if name.endswith(".pdf")]) == 1
    for name, content in hashed.items():
        assert f"{hashlib.sha256(content).hexdigest()}  {name}" in files["proof.txt"]


def test_each_document_is_there_as_pdf_too(records: RecordTable, tmp_path: Path) -> None:
    CreditNotes(records).credit(issue(records, 1001, NEW_YEAR, company="Ελένη AE"), "1001", NEW_YEAR + DAY)
    exported(records, tmp_path)

    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        texts = {name: text_of(archive.read(name)) for name in archive.namelist() if name.endswith(".pdf")}
    assert set(texts) == {"pdf/1-invoice-INV-2027-00001.pdf", "pdf/1-credit_note-CN-2027-00001.pdf"}
    for text in texts.values():
        assert "Ελένη AE" in text and "12.10" in text


def test_electronic_documents_are_there_as_data_and_the_proof_says_which_are_not(
    records: RecordTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = issue(records, 1001, NEW_YEAR)
    seller = SEASIDE.changed(vat_id="NL123456782B01")
    monkeypatch.setattr("lambdas.records.invoices.records.load_sellers", lambda: Sellers(brands=(seller,)))
    stated = issue(records, 1002, NEW_YEAR)
    CreditNotes(records).credit(stated, "1002", NEW_YEAR)
    code, files, said = exported(records, tmp_path, electronic=True)

    assert code == 0
    assert [name for name in files if name.startswith("xml/")] == [
        "xml/1-invoice-INV-2027-00002.xml",
        "xml/1-credit_note-CN-2027-00001.xml",
    ]
    assert files["xml/1-invoice-INV-2027-00002.xml"].encode() == factur_x_of(stated)
    assert f"brand 1: {without.document_number} is not there as data: its seller has no VAT number" in said
    assert said.count("is not there as data") == 1
    assert not [name for name in exported(records, tmp_path)[1] if name.startswith("xml/")]


def test_documents_are_exported_in_the_language_of_their_clients(records: RecordTable, tmp_path: Path) -> None:
    issue(records, 1001, NEW_YEAR)
    books, target = Books(records, [1], *JANUARY), tmp_path / "export.zip"
    export(books, target, Console(file=io.StringIO()), language=lambda _invoice: "de")

    with zipfile.ZipFile(target) as archive:
        page = archive.read("pages/1-invoice-INV-2027-00001.html").decode()
        pdf = text_of(archive.read("pdf/1-invoice-INV-2027-00001.pdf"))
        assert '"tax_name"' in archive.read("rates.csv").decode(), "tables have one language"
    assert "Rechnung" in page and "Rechnung" in pdf


@pytest.mark.parametrize("gone", ["row", "document"])
def test_what_is_missing_is_named_and_fails(records: RecordTable, tmp_path: Path, gone: str) -> None:
    for nth in range(3):
        issue(records, 1001 + nth, NEW_YEAR)
    keys = {
        "row": {"pk": series_pk(1, InvoiceKind.INVOICE), "sk": number_sk(2)},
        "document": {"pk": "invoices#1002", "sk": "invoice#0000000002"},
    }
    records.client.delete_item(TableName=records.name, Key=to_item(keys[gone]))
    code, files, said = exported(records, tmp_path)

    assert code == 1
    assert "WRONG: " in said and "WRONG: " in files["proof.txt"]
    assert len(rows(files["documents.csv"])) == 2


def test_a_number_that_is_on_its_way_is_said_and_is_no_gap(records: RecordTable, tmp_path: Path) -> None:
    def dies(number: int) -> list[object]:
        raise KeyboardInterrupt

    draft = an_invoice(order_id="1001", client_id="1001", issued_at=NEW_YEAR)
    with pytest.raises(KeyboardInterrupt):
        InvoiceRecords(records, lambda: NEW_YEAR).issue(draft, also=dies)
    issue(records, 1002, NEW_YEAR)
    code, _, said = exported(records, tmp_path)

    assert code == 0
    assert "2027 has the numbers 1 to 2; 1: being issued now, or free for the next" in said


def test_documents_of_an_earlier_release_are_exported_too(records: RecordTable, tmp_path: Path) -> None:
    issue(records, 1001, NEW_YEAR)
    row = {"pk": series_pk(1, InvoiceKind.INVOICE), "sk": number_sk(1)}
    new = ["seller", "buyer", "notes", "document_number", "time_zone"]
    for key, names in (
        (row, ["series_year", "series_number", "issued_at"]),
        ({"pk": "invoices#1001", "sk": "invoice#0000000001"}, new),
    ):
        records.client.update_item(
            TableName=records.name, Key=to_item(key), UpdateExpression=f"REMOVE {', '.join(names)}"
        )
    records.client.update_item(
        TableName=records.name, Key=to_item({"pk": row["pk"], "sk": "counter"}), UpdateExpression="REMOVE #y",
        ExpressionAttributeNames={"#y": "latest#2027"},
    )  # fmt: skip
    code, files, _ = exported(records, tmp_path, (date(2026, 12, 31), date(2026, 12, 31)))

    assert (code, [row["number"] for row in rows(files["documents.csv"])]) == (0, ["1"])


FORMULAS = [
    '=HYPERLINK("http://x")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    " =1",
    "\r\n=1",
    "\uff1d1",
    "\u202e=1",
    "\u200b=1",
    "|calc",
]


@pytest.mark.parametrize("name", FORMULAS)
def test_a_name_is_no_formula(records: RecordTable, tmp_path: Path, name: str) -> None:
    issue(records, 1001, NEW_YEAR, company=f"{name}")
    _, files, _ = exported(records, tmp_path)
    (row,) = rows(files["documents.csv"])

    assert row["buyer"].startswith("'")
    assert harmless("A=1 - b") == "A=1 - b"
    assert row["total"] == "12.10"


HOSTILE = "<script>alert(1)</script>\"'&{{ 7*7 }}"
SCRIPTS = [
    "Ærøskøbing Łódź",
    "Москва",
    "Αθήνα",
    "שלום בע״מ",
    "شركة البرق",
    "株式会社電光",
    "한빛호스팅",
    "बिजली होस्टिंग",
    "ไฟฟ้าโฮสติ้ง",
]


def test_a_page_escapes_all_it_shows_and_keeps_every_script(records: RecordTable, tmp_path: Path) -> None:
    for nth, company in enumerate([HOSTILE, *SCRIPTS]):
        issue(records, 1001 + nth, NEW_YEAR, company=company)
    _, files, _ = exported(records, tmp_path)
    pages = {name: text for name, text in files.items() if name.startswith("pages/")}
    hostile = pages["pages/1-invoice-INV-2027-00001.html"]

    assert "<script>" not in hostile and "&lt;script&gt;" in hostile and "{{ 7*7 }}" in hostile
    for nth, company in enumerate(SCRIPTS, 2):
        page = pages[f"pages/1-invoice-INV-2027-{nth:05d}.html"]
        assert f"<bdi>{company}</bdi>" in page
        assert not re.findall(r"(?:src|href)=|url\(", page), "it loads nothing"


def test_a_sign_that_turns_text_around_is_taken_out(records: RecordTable, tmp_path: Path) -> None:
    issue(records, 1001, NEW_YEAR, company="Good\u202elive\u2066 Ltd\u0000")
    _, files, _ = exported(records, tmp_path)

    assert "<bdi>Good live Ltd</bdi>" in files["pages/1-invoice-INV-2027-00001.html"]


@pytest.mark.parametrize(("first", "last"), [("2027-13-01", "2027-12-31"), ("", ""), ("2027-02-01", "2027-01-31")])
def test_a_period_that_is_none_is_refused_before_anything_is_asked(
    capsys: pytest.CaptureFixture[str], first: str, last: str
) -> None:
    assert command.main(["--stage", "dev", "--from", first, "--to", last]) == 2
    assert "FROM" in capsys.readouterr().out


def test_the_brands_are_all_that_sell() -> None:
    assert command.brands_of("dev") == [1, 2]
