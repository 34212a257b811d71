"""Issues credit notes. An order is credited once per invoice; on an invoice of several orders, only its part."""

from typing import Any

from lambdas.records.clients.service import order_id_of
from lambdas.records.invoices.invoice import (
    CreditReason,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceStatus,
    invoices_pk,
)
from lambdas.records.invoices.marks import of_order_pk
from lambdas.records.invoices.records import ConditionsNotMetError, InvoiceRecords, as_credited_before, sort_key
from lambdas.records.invoices.series import SeriesBusyError
from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item


class CreditNotes:
    def __init__(self, table: RecordTable) -> None:
        self._table = table
        self._invoices = InvoiceRecords(table)

    def credit(self, invoice: Invoice, order_id: str, now: int) -> tuple[Invoice, int]:
        """Credit what is left of the order's part. Return the invoice, and the number of the credit note.

        Raises SeriesBusyError.
        """
        patience = self._table.patience()
        busy = SeriesBusyError(f"invoice {invoice.number} is being credited by others")
        is_own = invoice.order_id == order_id
        while True:
            known = find_note_number(self._table, invoice, order_id)
            invoice = self._invoices.get(invoice.invoice_id) or invoice
            if known:
                return self._as_credited(invoice, now) if is_own else invoice, known
            lines = tuple(each for each in invoice.left_lines if is_own or order_id_of(each.service_id) == order_id)
            if not lines and invoice.reduction:  # Notes of its parts came to all of it.
                return self._as_credited(invoice, now) if is_own else invoice, invoice.reduction.note
            try:
                self._issue(invoice, order_id, lines, now)
            except ConditionsNotMetError:  # Another part was credited, or this one by another undo.
                patience.wait_or_raise(lambda: busy)

    def _as_credited(self, invoice: Invoice, now: int) -> Invoice:
        return self._invoices.mark(invoice, InvoiceStatus.CREDITED, at=now)

    def _issue(self, invoice: Invoice, order_id: str, lines: tuple[InvoiceLine, ...], now: int) -> None:
        reasons = tuple(line.changed(reason=CreditReason.CANCELED) for line in lines)
        is_own = invoice.order_id == order_id
        note = note_of(invoice, reasons, now)
        credited = {**(invoice.credited or {}), order_id: note.total_cents}
        is_whole = is_own or {order_id_of(line.service_id) for line in invoice.left_lines} <= credited.keys()

        def also(number: int) -> list[Any]:
            guard = {"pk": of_order_pk(order_id), "sk": _guard(invoice), "number": number}
            guards = [] if is_own else [self._table.new(guard)]
            return [*guards, {"Update": self._credited(invoice, None if is_own else credited, is_whole=is_whole)}]

        self._invoices.issue(note, also=also)

    def _credited(self, invoice: Invoice, credited: dict[str, int] | None, *, is_whole: bool) -> dict[str, Any]:
        """The write on the invoice, under the condition that nothing else of it was credited since it was read."""
        sets = [*(["credited = :credited"] if credited else []), *(["#status = :status"] if is_whole else [])]
        condition, values = as_credited_before(invoice)
        values |= {":credited": credited} if credited else {}
        values |= {":status": InvoiceStatus.CREDITED} if is_whole else {}
        return {
            "TableName": self._table.name,
            "Key": to_item({"pk": invoices_pk(invoice.client_id), "sk": sort_key(invoice.kind, invoice.number)}),
            "UpdateExpression": f"SET {', '.join(sets)}",
            "ConditionExpression": condition,
            "ExpressionAttributeValues": to_item(values),
            **({"ExpressionAttributeNames": {"#status": "status"}} if is_whole else {}),
        }


def find_note_number(table: RecordTable, invoice: Invoice, order_id: str) -> int | None:
    """The number of the note that credits this order's part of the invoice when it is canceled; None if there is none."""
    own = invoice.order_id == order_id
    known = table.get(of_order_pk(order_id), InvoiceKind.CREDIT_NOTE.value if own else _guard(invoice))
    return int(known["number"]) if known else None


def _guard(invoice: Invoice) -> str:
    return f"{InvoiceKind.CREDIT_NOTE}#{invoice.number}"


def note_of(invoice: Invoice, lines: tuple[InvoiceLine, ...], now: int) -> Invoice:
    """The draft of a note that credits these lines of the invoice."""
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
            "reduction": None,
            "reduced_cents": 0,
        }
    )
