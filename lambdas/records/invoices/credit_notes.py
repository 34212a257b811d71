"""Issues credit notes. An order is credited once per invoice; on an invoice of several orders, only its part."""

from typing import Any

from lambdas.records.clients.service import order_id_of
from lambdas.records.invoices.invoice import Invoice, InvoiceKind, InvoiceStatus, invoices_pk
from lambdas.records.invoices.marks import of_order_pk
from lambdas.records.invoices.records import ConditionsNotMetError, InvoiceRecords, sort_key
from lambdas.records.invoices.series import SeriesBusyError
from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item


class CreditNotes:
    def __init__(self, table: RecordTable) -> None:
        self._table = table
        self._invoices = InvoiceRecords(table)

    def credit(self, invoice: Invoice, order_id: str, now: int) -> tuple[Invoice, int]:
        """Credit the order's part. Return the invoice, and the number of the credit note. Raises SeriesBusyError."""
        if invoice.order_id == order_id:
            issued = self._invoices.issue(_note(invoice, invoice.lines, now))
            return self._invoices.mark(invoice, InvoiceStatus.CREDITED, at=now), issued.number
        patience = self._table.patience()
        busy = SeriesBusyError(f"invoice {invoice.number} is being credited by others")
        while True:
            known = find_note_number(self._table, invoice, order_id)
            invoice = self._invoices.get(invoice.invoice_id) or invoice
            if known:
                return invoice, known
            try:
                self._issue(invoice, order_id, now)
            except ConditionsNotMetError:  # Another order's part was credited, or this one's by another undo.
                patience.wait_or_raise(lambda: busy)

    def _issue(self, invoice: Invoice, order_id: str, now: int) -> None:
        note = _note(invoice, tuple(line for line in invoice.lines if order_id_of(line.service_id) == order_id), now)
        credited = {**(invoice.credited or {}), order_id: note.total_cents}
        is_whole = {order_id_of(line.service_id) for line in invoice.lines} <= credited.keys()

        def also(number: int) -> list[Any]:
            guard = {"pk": of_order_pk(order_id), "sk": _guard(invoice), "number": number}
            return [self._table.new(guard), {"Update": self._credited(invoice, credited, is_whole=is_whole)}]

        self._invoices.issue(note, also=also)

    def _credited(self, invoice: Invoice, credited: dict[str, int], *, is_whole: bool) -> dict[str, Any]:
        before = {":before": invoice.credited} if invoice.credited else {}
        status = {":status": InvoiceStatus.CREDITED} if is_whole else {}
        return {
            "TableName": self._table.name,
            "Key": to_item({"pk": invoices_pk(invoice.client_id), "sk": sort_key(invoice.kind, invoice.number)}),
            "UpdateExpression": f"SET credited = :credited{', #status = :status' if is_whole else ''}",
            "ConditionExpression": "credited = :before" if before else "attribute_not_exists(credited)",
            "ExpressionAttributeValues": to_item({":credited": credited, **before, **status}),
            **({"ExpressionAttributeNames": {"#status": "status"}} if is_whole else {}),
        }


def find_note_number(table: RecordTable, invoice: Invoice, order_id: str) -> int | None:
    """The number of the note that credits this order's part of an invoice of several orders; None if there is none."""
    known = table.get(of_order_pk(order_id), _guard(invoice))
    return int(known["number"]) if known else None


def _guard(invoice: Invoice) -> str:
    return f"{InvoiceKind.CREDIT_NOTE}#{invoice.number}"


def _note(invoice: Invoice, lines: tuple[Any, ...], now: int) -> Invoice:
    return invoice.model_copy(
        update={
            "kind": InvoiceKind.CREDIT_NOTE,
            "number": 0,
            "document_number": "",
            "credits_number": invoice.number,
            "credits_document": invoice.shown_number,
            "credits_issued_at": invoice.issued_at,
            "lines": lines,
            "total_cents": sum(line.amount_cents for line in lines),
            "status": InvoiceStatus.CREDITED,
            "issued_at": now,
            "charge": None,
            "payment": None,
            "paid_at": None,
            "credited": None,
        }
    )
