"""Collects all that is kept of a person as files: JSON, documents, and the files of posts.

No secret and no token is among them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.operate.person.found import Person, rows_of
from lambdas.documents.document import document_of
from lambdas.documents.page import page_of
from lambdas.documents.pdf import pdf_of
from lambdas.orders.model.order import Order
from lambdas.payments.effects.order_money import read_effects
from lambdas.read_models.history.history import name_of
from lambdas.read_models.history.item import HistoryItem
from lambdas.read_models.history.table import HistoryTable
from lambdas.read_models.history.texts import MISSING, OMITTED
from lambdas.records.invoices.invoice import Invoice, InvoiceKind, invoices_pk
from lambdas.records.posts.attachment import AttachmentFiles
from lambdas.records.posts.post import PostRecords
from lambdas.records.quotes.contract import ContractRecords
from lambdas.records.quotes.quote import QuoteRecords
from lambdas.records.table import RecordTable

File = tuple[str, bytes]
_SECRETS = frozenset(
    {"token", "hash", "password_hash", "key", "claim", "digest", "content_hash", "pk", "sk", "removal", "parent"}
)  # fmt: skip


@dataclass(frozen=True)
class Collector:
    """`files`: of the bucket with the posts' files."""

    records: RecordTable
    history: HistoryTable
    files: AttachmentFiles

    def collect(self, person: Person) -> Iterator[File]:
        for client in person.clients:
            yield from self._of_client(client.client_id)
        for order in person.orders:
            yield from self._of_order(order)

    def _of_client(self, client_id: str) -> Iterator[File]:
        folder, rows = f"clients/{client_id}", rows_of(self.records, f"client#{client_id}")
        methods = [row for row in rows if row["sk"].startswith("payment_method#")]
        yield _json(f"{folder}/client.json", next((row for row in rows if row["sk"] == "client"), {}))
        yield _json(f"{folder}/payment_methods.json", methods)
        yield _json(f"{folder}/services.json", rows_of(self.records, f"services#{client_id}"))
        yield _json(f"{folder}/disputes.json", rows_of(self.records, f"disputes#{client_id}"))
        quotes = QuoteRecords(self.records).of_client(client_id)
        yield _json(f"{folder}/quotes.json", [quote.model_dump(mode="json") for quote in quotes])
        documents = [row for row in rows_of(self.records, invoices_pk(client_id)) if "lines" in row]
        yield _json(f"{folder}/invoices.json", documents)
        for row in documents:
            yield from _shown(folder, Invoice.model_validate(row))

    def _of_order(self, order: Order) -> Iterator[File]:
        folder, rows = f"orders/{order.order_id}", rows_of(self.records, f"order#{order.order_id}")
        posts = list(PostRecords(self.records).of_order(order.order_id))
        contract = ContractRecords(self.records).of_order(order.order_id)
        effects, _, _ = read_effects(order, self.records)
        yield _json(f"{folder}/order.json", order.model_dump(mode="json"))
        yield _json(f"{folder}/posts.json", [post.model_dump(mode="json") for post in posts])
        yield _json(f"{folder}/records.json", [_named(row) for row in rows if not row["sk"].startswith("post#")])
        yield _json(f"{folder}/payments.json", [effect.model_dump(mode="json") for effect in effects])
        yield _json(f"{folder}/history.json", [_told(record) for record in self.history.of_order(name_of(order))])
        if contract:
            yield _json(f"{folder}/contract.json", contract.model_dump(mode="json"))
        for post in posts:
            for place, file in enumerate(post.attachments, start=1):
                name = file.key.rpartition("/")[2]
                yield f"{folder}/files/{post.post_id}/{place}/{name}", self.files.content(file)


def without_secrets(value: Any) -> Any:
    """The value without what opens or pays anything, at any depth."""
    if isinstance(value, Mapping):
        return {str(key): without_secrets(each) for key, each in value.items() if not is_secret(str(key))}
    if isinstance(value, list | tuple):
        return [without_secrets(each) for each in value]
    return value


def is_secret(name: str) -> bool:
    return name in _SECRETS or name.endswith(("_token", "_pass", "password"))


def _json(name: str, content: Any) -> File:
    text = json.dumps(without_secrets(content), indent=1, ensure_ascii=False, default=str, sort_keys=True)
    return name, f"{text}\n".encode()


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with what it is, as its sort key says."""
    return {**row, "record": str(row["sk"]).partition("#")[0]}


def _told(record: Mapping[str, Any]) -> dict[str, Any]:
    item = HistoryItem.read(dict(record))
    changed = {**item.plain.changes, **(item.personal.changes if item.personal else {})}
    shown = {path: pair for path, pair in changed.items() if not is_secret(path.rpartition("/")[2])}
    return {
        "revision": item.revision,
        "at": item.deed.at,
        "by": item.deed.by,
        "how": item.deed.how,
        "changes": {path: [_plain(old), _plain(new)] for path, (old, new) in shown.items()},
    }


def _plain(value: Any) -> Any:
    return None if value in (MISSING, OMITTED) else value


def _shown(folder: str, invoice: Invoice) -> Iterator[File]:
    kind = "invoice" if invoice.kind is InvoiceKind.INVOICE else "credit_note"
    name, document = f"{folder}/documents/{kind}-{invoice.document_number}", document_of(invoice)
    yield f"{name}.html", page_of(document).encode()
    yield f"{name}.pdf", pdf_of(document)
