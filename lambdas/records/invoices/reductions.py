"""Credits parts of an invoice: amounts of its lines, with the tax on them.

The invoice carries what was credited of each line. The transaction that issues the note raises it, under the condition that
nobody else credited in between. So notes never come to more than their invoice, to the cent, however many are made at once.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lambdas.orders.model.money import format_cents
from lambdas.records.clients.service import order_id_of
from lambdas.records.invoices.credit_notes import note_of
from lambdas.records.invoices.invoice import (
    CreditReason,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Reduction,
    invoices_pk,
)
from lambdas.records.invoices.records import ConditionsNotMetError, InvoiceRecords, as_credited_before, sort_key
from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item

_BEHIND_ALL, _MOST_NOTES = "\U0010ffff", 1_000


class NotCreditableError(Exception):
    """A part that cannot be credited; nothing was issued. `line`: its number, if it is about one. The message says why."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.line = line


class LineCredit(NamedTuple):
    """A part of a line. `cents` None: all that is left of it. The tax on it follows."""

    reason: CreditReason
    cents: int | None = None
    text: str = ""


class Reductions:
    def __init__(self, table: RecordTable) -> None:
        self._table, self._invoices = table, InvoiceRecords(table)

    def find(self, invoice: Invoice, reference: str) -> Invoice | None:
        """The note that was issued under this reference."""
        found = self._table.get(_credits_pk(invoice), reference)
        return self._invoices.note(invoice.client_id, int(found["number"])) if found else None

    def numbers_of(self, invoice: Invoice) -> set[int]:
        """The numbers of all notes of parts of the invoice."""
        found = self._table.query_until(_credits_pk(invoice), _BEHIND_ALL, most=_MOST_NOTES)
        return {int(note["number"]) for note in found}

    def issue(
        self, invoice: Invoice, parts: Mapping[int, LineCredit], reference: str, now: int, *, refunds: bool
    ) -> Invoice | None:
        """Issue and return a note of these parts, by numbers of lines from 1. None: the invoice is not as it was read.

        `refunds`: its payment must be refunded. Raises NotCreditableError or SeriesBusyError.
        """
        if invoice.status is InvoiceStatus.CREDITED:
            raise NotCreditableError("all of it was credited")
        lines = tuple(_credited_lines(invoice, parts))
        note = note_of(invoice, tuple(line for _, line in lines), now).changed(order_id=None, reference=reference)
        after = Counter(invoice.reduction.lines if invoice.reduction else {})
        after.update({str(index): line.amount_cents for index, line in lines})
        cents = invoice.reduced_cents + note.total_cents

        def also(number: int) -> list[Any]:
            reduction = Reduction(lines=dict(after), note=number, refund_cents=note.total_cents if refunds else 0)
            guard = {"pk": _credits_pk(invoice), "sk": reference, "number": number}
            return [self._table.new(guard), {"Update": self._change(invoice, reduction, cents)}]

        try:
            return self._invoices.issue(note, also=also)
        except ConditionsNotMetError:
            return None

    def _change(self, invoice: Invoice, reduction: Reduction, cents: int) -> dict[str, Any]:
        """The write on the invoice, under the condition that it is as it was read."""
        condition, values = as_credited_before(invoice)
        values |= {":reduction": reduction.model_dump(), ":cents": cents, ":before": invoice.status}
        values[":there"] = max(0, invoice.refunded_there_cents - (cents - invoice.reduced_cents))
        update = "SET reduction = :reduction, reduced_cents = :cents, refunded_there_cents = :there"
        if invoice.owed_cents + invoice.reduced_cents == cents:
            update += ", #status = :whole"
            values[":whole"] = InvoiceStatus.CREDITED
        charge = "#charge.claim = :claim" if invoice.charge else "attribute_not_exists(#charge)"
        values |= {":claim": invoice.charge.claim} if invoice.charge else {}
        return {
            "TableName": self._table.name,
            "Key": to_item({"pk": invoices_pk(invoice.client_id), "sk": sort_key(invoice.kind, invoice.number)}),
            "UpdateExpression": update,
            "ConditionExpression": f"#status = :before AND {charge} AND {condition}",
            "ExpressionAttributeNames": {"#status": "status", "#charge": "charge"},
            "ExpressionAttributeValues": to_item(values),
        }


def _credited_lines(invoice: Invoice, parts: Mapping[int, LineCredit]) -> Iterator[tuple[int, InvoiceLine]]:
    """The lines of the note, each with the index of the line that it credits."""
    before = Counter(
        {int(index): cents for index, cents in (invoice.reduction.lines if invoice.reduction else {}).items()}
    )
    after = Counter(before)
    for number, part in sorted(parts.items()):
        line = _creditable(invoice, number)
        left = min(line.amount_cents - after[number - 1], _left_of_service(invoice, after, line.service_id))
        cents = left if part.cents is None else part.cents
        if not 0 < cents <= left:
            raise NotCreditableError(f"has {format_cents(left, invoice.currency)} left to credit, before tax", number)
        after[number - 1] += cents
        yield number - 1, line.changed(amount_cents=cents, reason=part.reason, reason_text=part.text or None)
    reasons = {invoice.lines[number - 1].service_id: part for number, part in parts.items()}
    for index, tax in enumerate(invoice.lines):
        if tax.tax_name and tax.service_id in reasons:
            part = reasons[tax.service_id]
            # Also one of nothing: the note must state which rate applies, or that the client owes the tax.
            cents = _share(invoice, after, tax) - before[index]
            yield index, tax.changed(amount_cents=cents, reason=part.reason, reason_text=part.text or None)


def _creditable(invoice: Invoice, number: int) -> InvoiceLine:
    if not 1 <= number <= len(invoice.lines):
        raise NotCreditableError(f"is no line of the invoice, which has {len(invoice.lines)}", number)
    line = invoice.lines[number - 1]
    if line.tax_name:
        raise NotCreditableError("is tax, which follows what it was taken on", number)
    if line.amount_cents <= 0:
        raise NotCreditableError("is nothing that was charged; name the line it belongs to", number)
    if order_id_of(line.service_id) in (invoice.credited or {}):
        raise NotCreditableError("is of an order that was canceled, so it is credited", number)
    return line


def _left_of_service(invoice: Invoice, credited: Mapping[int, int], service_id: str) -> int:
    """The rest of its net amount, discounts taken off."""
    return sum(
        line.amount_cents - credited[index]
        for index, line in enumerate(invoice.lines)
        if line.service_id == service_id and not line.tax_name
    )


def _share(invoice: Invoice, credited: Mapping[int, int], tax: InvoiceLine) -> int:
    """The tax on all that is credited of the service, rounded half up. All of the service has all of the tax."""
    net = sum(each.amount_cents for each in invoice.lines if each.service_id == tax.service_id and not each.tax_name)
    done = net - _left_of_service(invoice, credited, tax.service_id)
    return (2 * tax.amount_cents * done + net) // (2 * net)


def _credits_pk(invoice: Invoice) -> str:
    return f"invoices#{invoice.client_id}#credits#{invoice.invoice_id}"
