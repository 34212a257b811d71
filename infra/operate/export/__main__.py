"""`make export-invoices STAGE=prod FROM=2026-01-01 TO=2026-03-31`: what an auditor asks for, as one ZIP file.

It has tables of all invoices and credit notes of the period: documents, totals per rate, lines. It has each document as a page,
as PDF, and as data where the stage issues electronic invoices. It has a proof of completeness with the SHA-256 of each file. It
reads only. The same data make the same file.
Exits with 1 if a number or a document is missing, which the proof names; with 2 if the stage cannot be reached, or the
period is none.
"""

import argparse
import hashlib
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import NotDeployedError, client_options, output_of
from infra.operate.export.archive import write_zip
from infra.operate.export.books import Books
from infra.operate.export.tables import documents_csv, lines_csv, rates_csv
from infra.operate.output import say
from infra.stages.errors import StageError
from infra.stages.owned_files import owned_files
from infra.stages.settings import settings_of
from lambdas.catalog.seller import load_sellers
from lambdas.documents.document import document_of
from lambdas.documents.electronic.factur_x import factur_x_of
from lambdas.documents.electronic.statement import NotStatableError
from lambdas.documents.language import language_of_document
from lambdas.documents.page import page_of
from lambdas.documents.pdf import pdf_of
from lambdas.languages.language import SOURCE, speaking
from lambdas.orders.model.queue import load_queues
from lambdas.orders.store import DynamoOrderStore
from lambdas.records.invoices.invoice import Invoice
from lambdas.records.table import RecordTable

_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)
_ODD = re.compile(r"[^A-Za-z0-9.-]")


def _source(_invoice: Invoice) -> str:
    return SOURCE


def export(
    books: Books,
    target: Path,
    console: Console,
    *,
    electronic: bool = False,
    language: Callable[[Invoice], str] = _source,
) -> int:
    """Write the ZIP file and print its proof. Return 1 if anything is missing.

    `electronic`: with the documents as data. `language`: of a document, in which its client has it.
    """
    documents, proof, is_whole = books.read()
    tables = {
        "documents.csv": documents_csv(documents),
        "rates.csv": rates_csv(documents),
        "lines.csv": lines_csv(documents),
    }
    files = {name: text.encode() for name, text in tables.items()}
    for each in documents:
        with speaking(language(each)):
            files |= _shown(each, electronic=electronic)
        proof += _not_stated(each) if electronic else ()
    period = f"{books.first} to {books.last}, both inclusive, by each seller's calendar"
    hashes = [f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in files.items()]
    files["proof.txt"] = "\n".join([period, "", *proof, "", *hashes, ""]).encode()
    write_zip(target, files.items())
    for line in (period, *proof, f"{len(documents)} documents in {target}"):
        say(console, line)
    return 0 if is_whole else 1


def _shown(invoice: Invoice, *, electronic: bool) -> dict[str, bytes]:
    """The document as a page, as PDF and as data, by the names of their files."""
    name = f"{invoice.brand_id}-{invoice.kind.value}-{_ODD.sub('_', invoice.shown_number)}"
    document = document_of(invoice, electronic=electronic)
    shown = {f"pages/{name}.html": page_of(document).encode(), f"pdf/{name}.pdf": pdf_of(document)}
    return shown | ({f"xml/{name}.xml": document.xml} if document.xml else {})


def _not_stated(invoice: Invoice) -> Iterator[str]:
    """A line of the proof for a document that cannot be had as data."""
    try:
        factur_x_of(invoice)
    except NotStatableError as why:
        yield f"brand {invoice.brand_id}: {invoice.shown_number} is not there as data: {why}"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Export the invoices and credit notes of a period.")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--from", dest="first", required=True, help="the first day, YYYY-MM-DD")
    parser.add_argument("--to", dest="last", required=True, help="the last day, YYYY-MM-DD")
    parser.add_argument("--file", default="", help="where to write; invoices-<stage>-<from>-<to>.zip by default")
    asked, console = parser.parse_args(arguments), Console()
    try:
        first, last = date.fromisoformat(asked.first), date.fromisoformat(asked.last)
    except ValueError:
        say(console, "say the period by its first and last day: FROM=2026-01-01 TO=2026-03-31")
        return 2
    if last < first:
        say(console, f"TO={last} is before FROM={first}: name the first day first")
        return 2
    target = Path(asked.file or f"invoices-{asked.stage}-{first}-{last}.zip")
    try:
        options = client_options(asked.stage)
        records = RecordTable(output_of(asked.stage, "RecordTable", options), boto3.client("dynamodb", **options))
        books = Books(records, brands_of(asked.stage), first, last)
        settings = settings_of(asked.stage)
        orders = DynamoOrderStore(output_of(asked.stage, "OrderTable", options), records.client)
        language = partial(language_of_document, get_order=orders.get, offered=settings.languages)
        return export(books, target, console, electronic=bool(settings.electronic_invoices), language=language)
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


def brands_of(stage: str) -> list[int]:
    """All brands that sell, or that a seller is stated for."""
    owned = owned_files(stage)
    sellers = {seller.brand_id for seller in load_sellers(owned.sellers).brands}
    return sorted(sellers | {queue.brand_id for queue in load_queues(owned.queues).values()})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
