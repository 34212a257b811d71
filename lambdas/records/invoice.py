"""Invoices and credit notes, each in a series of its own without gaps (reference order-systems 4.9 and P14).

The number is taken in the transaction that issues the document, and the order's guard is written in the same one: no
number is lost, and an order has one document of a kind.
"""

import random
import time
from enum import StrEnum
from typing import Any

from lambdas.records.table import NEW, ConditionFailedError, RecordTable
from lambdas.runtime.items import from_item, to_item
from lambdas.runtime.models import Frozen

_ISSUE_TRIES = 10


class SeriesBusyError(Exception):
    """Too many documents were issued in the series at this moment; nothing was issued, try again."""


class InvoiceKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class InvoiceStatus(StrEnum):
    OPEN = "open"
    PAID = "paid"
    CREDITED = "credited"


class InvoiceLine(Frozen):
    description: str
    service_id: str
    quantity: int
    amount_cents: int


class Invoice(Frozen):
    """An issued document. `number` is 0 until it is issued; amounts in cents; `credits_number` names what a note credits."""

    kind: InvoiceKind = InvoiceKind.INVOICE
    number: int = 0
    brand_id: int
    client_id: str
    order_id: str
    lines: tuple[InvoiceLine, ...]
    total_cents: int
    currency: str
    status: InvoiceStatus = InvoiceStatus.OPEN
    transaction_id: str | None = None
    credits_number: int | None = None
    issued_at: int


class InvoiceRecords:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def of_order(self, order_id: str, kind: InvoiceKind = InvoiceKind.INVOICE) -> Invoice | None:
        guard = self._table.get(f"order#{order_id}", kind.value)
        if guard is None:
            return None
        found = self._table.get(f"client#{guard['client_id']}", _sk(kind, int(guard["number"])))
        return Invoice.model_validate(found) if found else None

    def issue(self, draft: Invoice) -> Invoice:
        """The draft with the next number of its series, or the order's document if it has one. Raises SeriesBusyError."""
        for _ in range(_ISSUE_TRIES):
            latest = self._latest(draft)
            issued = draft.model_copy(update={"number": latest + 1})
            try:
                self._table.write_all(self._writes(issued, latest))
                return issued
            except ConditionFailedError:
                if first := self.of_order(draft.order_id, draft.kind):
                    return first
            time.sleep(random.uniform(0.005, 0.08))
        raise SeriesBusyError(f"the series of {draft.kind.value}s is busy")

    def settle(self, invoice: Invoice, status: InvoiceStatus, transaction_id: str | None = None) -> Invoice:
        """Paid or credited. An open invoice may become either, a paid one credited; repeating it changes nothing."""
        before = {InvoiceStatus.PAID: ("open", "paid"), InvoiceStatus.CREDITED: ("open", "paid", "credited")}[status]
        names = {f":before{index}": state for index, state in enumerate(before)}
        values: dict[str, Any] = {":status": status, **names}
        update = "SET #status = :status"
        if transaction_id:
            update += ", transaction_id = :transaction"
            values[":transaction"] = transaction_id
        answer = self._table.client.update_item(
            TableName=self._table.name,
            Key=to_item({"pk": f"client#{invoice.client_id}", "sk": _sk(invoice.kind, invoice.number)}),
            UpdateExpression=update,
            ConditionExpression=f"#status IN ({', '.join(names)})",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues=to_item(values),
            ReturnValues="ALL_NEW",
        )
        return Invoice.model_validate(from_item(answer["Attributes"]))

    def _latest(self, draft: Invoice) -> int:
        found = self._table.get(_series_pk(draft), "counter")
        return int(found["latest"]) if found else 0

    def _writes(self, issued: Invoice, latest: int) -> list[Any]:
        counter = {
            "TableName": self._table.name,
            "Key": to_item({"pk": _series_pk(issued), "sk": "counter"}),
            "UpdateExpression": "SET latest = :next",
            "ConditionExpression": "latest = :latest" if latest else NEW,
            "ExpressionAttributeValues": to_item({":next": issued.number, **({":latest": latest} if latest else {})}),
        }
        record = {
            "pk": f"client#{issued.client_id}",
            "sk": _sk(issued.kind, issued.number),
            **issued.model_dump(exclude_none=True),
        }
        guard = {
            "pk": f"order#{issued.order_id}",
            "sk": issued.kind.value,
            "client_id": issued.client_id,
            "number": issued.number,
        }
        return [{"Update": counter}, self._table.new(record), self._table.new(guard)]


def _series_pk(invoice: Invoice) -> str:
    return f"series#{invoice.brand_id}#{invoice.kind.value}"


def _sk(kind: InvoiceKind, number: int) -> str:
    return f"{kind.value}#{number:010d}"
