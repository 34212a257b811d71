"""Where invoices and credit notes are kept, and how they get their numbers.

The number is taken in the transaction that issues the document. What may have one document only is guarded in the same one:
an order (one of a kind), a service (one invoice, ever), a request key. So no number is lost and nothing is billed twice.
"""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lambdas.records.invoice import (
    NUMBER_DIGITS,
    ChargeAttempt,
    Invoice,
    InvoiceKind,
    InvoiceStatus,
    RecordedPayment,
    invoice_id_of,
    invoices_pk,
)
from lambdas.records.invoiced import invoiced, marks, of_order_pk
from lambdas.records.request_key import RequestKey
from lambdas.records.table import NEW, ConditionFailedError, RecordTable
from lambdas.runtime.items import from_item, to_item

_ISSUE_TRIES = 10


class SeriesBusyError(Exception):
    """Too many documents were issued in the series at this moment; nothing was issued, try again."""


class ConditionsNotMetError(Exception):
    """What was to be true of other records while the document was issued was not; nothing was issued. `failed`: which of them."""

    def __init__(self, failed: tuple[int, ...]) -> None:
        super().__init__(f"conditions not met: {failed}")
        self.failed = failed


class ServicesInvoicedError(Exception):
    """A service of the draft is on another invoice already; nothing was issued. The message names both."""


class InvoiceRecords:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def get(self, invoice_id: str) -> Invoice | None:
        brand, number = invoice_id[:-NUMBER_DIGITS], invoice_id[-NUMBER_DIGITS:]
        found = self._table.get(f"series#{brand}#{InvoiceKind.INVOICE}", f"number#{number}")
        return self._read(str(found["client_id"]), InvoiceKind.INVOICE, int(number)) if found else None

    def of_client(self, client_id: str) -> tuple[Invoice, ...]:
        """The client's invoices by number."""
        found = self._table.query(invoices_pk(client_id), f"{InvoiceKind.INVOICE}#")
        return tuple(Invoice.model_validate(item) for item in found)

    def of_order(self, order_id: str, kind: InvoiceKind = InvoiceKind.INVOICE) -> Invoice | None:
        guard = self._table.get(of_order_pk(order_id), kind.value)
        return self._read(str(guard["client_id"]), kind, int(guard["number"])) if guard else None

    def issue(
        self, draft: Invoice, key: RequestKey | None = None, *, also: Callable[[int], Sequence[Any]] = lambda number: ()
    ) -> Invoice:
        """The draft with the next number of its series; what the order, or the key, has already, if it has one.

        `also`: what else is written, or has to be true, in the same transaction, by the document's number. Raises
        SeriesBusyError, ServicesInvoicedError, ConditionsNotMetError, or RequestKeyUsedError for a key sent with other content.
        """
        for _ in range(_ISSUE_TRIES):
            latest = self._latest(draft)
            issued = draft.model_copy(update={"number": latest + 1})
            writes, more = self._writes(issued, latest, key), also(issued.number)
            try:
                self._table.write_all([*writes, *more])
                return issued
            except ConditionFailedError as error:
                if first := self.issued_first(draft.order_id, key, draft.kind):
                    return first
                self._refuse_invoiced(draft)
                if failed := tuple(index - len(writes) for index in error.failed if index >= len(writes)):
                    raise ConditionsNotMetError(failed) from None
            time.sleep(random.uniform(0.005, 0.08))
        raise SeriesBusyError(f"the series of {draft.kind.value}s is busy")

    def issued_first(
        self, order_id: str | None, key: RequestKey | None, kind: InvoiceKind = InvoiceKind.INVOICE
    ) -> Invoice | None:
        """What this order or this key was given before. Raises RequestKeyUsedError."""
        if key and (made := key.made_before(self._table)):
            return self.get(made)
        return self.of_order(order_id, kind) if order_id else None

    def settle(self, invoice: Invoice, status: InvoiceStatus, transaction_id: str | None = None, *, at: int) -> Invoice:
        """Paid or credited, `at` then (Unix seconds). An open invoice may become either, a paid one credited; repeating it
        changes nothing."""
        before = {InvoiceStatus.PAID: ("open", "paid"), InvoiceStatus.CREDITED: ("open", "paid", "credited")}[status]
        names = {f":before{index}": state for index, state in enumerate(before)}
        values: dict[str, Any] = {":status": status, **names}
        update = "SET #status = :status"
        if status is InvoiceStatus.PAID:
            update += ", paid_at = if_not_exists(paid_at, :at)"
            values[":at"] = at
        if transaction_id:
            update += ", transaction_id = :transaction"
            values[":transaction"] = transaction_id
        return self._update(invoice, update, f"#status IN ({', '.join(names)})", values)

    def of_services(self, brand_id: int, service_ids: Iterable[str]) -> tuple[Invoice, ...]:
        """The invoices that any of these services is on."""
        numbers = sorted(set(invoiced(self._table, service_ids).values()))
        found = (self.get(invoice_id_of(brand_id, number)) for number in numbers)
        return tuple(invoice for invoice in found if invoice)

    def write_payment(self, before: Invoice, payment: RecordedPayment) -> Invoice | None:
        """The open invoice as paid with this, if nobody paid, credited or began to charge it in between; else None."""
        return self.write_charge(
            before,
            before.charge,
            payment=payment.model_dump(exclude_none=True),
            status=InvoiceStatus.PAID,
            paid_at=payment.at,
        )

    def write_return(self, before: Invoice, payment: RecordedPayment) -> Invoice | None:
        """The credited invoice with what was noted of its money, if nobody noted it in between; else None."""
        values = {":payment": payment.model_dump(exclude_none=True), ":credited": InvoiceStatus.CREDITED}
        condition = "#status = :credited AND attribute_exists(payment) AND attribute_not_exists(payment.returned_at)"
        try:
            return self._update(before, "SET payment = :payment", condition, values)
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return None

    def write_charge(self, before: Invoice, charge: ChargeAttempt | None, **paid: Any) -> Invoice | None:
        """The open invoice with this attempt (and what else changes with it), if nobody came in between; else None."""
        held = {"charge": charge.model_dump() if charge else None, **paid}
        sets = [f"#{name} = :{name}" for name, value in held.items() if value is not None]
        update = f"SET {', '.join(sets)}" if sets else ""
        update += "" if charge else " REMOVE #charge"
        condition = "#status = :open AND " + (
            "#charge.claim = :claim" if before.charge else "attribute_not_exists(#charge)"
        )
        condition += " AND " + ("credited = :credited" if before.credited else "attribute_not_exists(credited)")
        values = {":open": InvoiceStatus.OPEN, **{f":{key}": value for key, value in held.items() if value is not None}}
        values |= {":claim": before.charge.claim} if before.charge else {}
        values |= {":credited": before.credited} if before.credited else {}
        try:
            return self._update(before, update, condition, values, names=(*held, "charge"))
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return None

    def _update(
        self, invoice: Invoice, update: str, condition: str, values: dict[str, Any], names: Iterable[str] = ()
    ) -> Invoice:
        answer = self._table.client.update_item(
            TableName=self._table.name,
            Key=to_item({"pk": invoices_pk(invoice.client_id), "sk": sort_key(invoice.kind, invoice.number)}),
            UpdateExpression=update,
            ConditionExpression=condition,
            ExpressionAttributeNames={f"#{name}": name for name in {"status", *names}},
            ExpressionAttributeValues=to_item(values),
            ReturnValues="ALL_NEW",
        )
        return Invoice.model_validate(from_item(answer["Attributes"]))

    def _read(self, client_id: str, kind: InvoiceKind, number: int) -> Invoice | None:
        found = self._table.get(invoices_pk(client_id), sort_key(kind, number))
        return Invoice.model_validate(found) if found else None

    def _latest(self, draft: Invoice) -> int:
        found = self._table.get(_series_pk(draft), "counter")
        return int(found["latest"]) if found else 0

    def _refuse_invoiced(self, draft: Invoice) -> None:
        if draft.kind is InvoiceKind.INVOICE:
            for service_id, number in invoiced(self._table, (line.service_id for line in draft.lines)).items():
                raise ServicesInvoicedError(f"service {service_id} is on invoice {number} already")

    def _writes(self, issued: Invoice, latest: int, key: RequestKey | None) -> list[Any]:
        counter = {
            "TableName": self._table.name,
            "Key": to_item({"pk": _series_pk(issued), "sk": "counter"}),
            "UpdateExpression": "SET latest = :next",
            "ConditionExpression": "latest = :latest" if latest else NEW,
            "ExpressionAttributeValues": to_item({":next": issued.number, **({":latest": latest} if latest else {})}),
        }
        owner = {"client_id": issued.client_id, "number": issued.number}
        stored = issued.model_dump(exclude_none=True)
        records = [{"pk": invoices_pk(issued.client_id), "sk": sort_key(issued.kind, issued.number), **stored}]
        records.append({"pk": _series_pk(issued), "sk": f"number#{issued.number:0{NUMBER_DIGITS}d}", **owner})
        if issued.order_id:
            records.append({"pk": of_order_pk(issued.order_id), "sk": issued.kind.value, **owner})
        if key:
            records.append(key.guard(issued.invoice_id))
        invoices = issued.lines if issued.kind is InvoiceKind.INVOICE else ()
        marked = marks(self._table, (line.service_id for line in invoices), issued.number)
        return [{"Update": counter}, *(self._table.new(record) for record in records), *marked]


def _series_pk(invoice: Invoice) -> str:
    return f"series#{invoice.brand_id}#{invoice.kind.value}"


def sort_key(kind: InvoiceKind, number: int) -> str:
    """Of a document, among its client's records."""
    return f"{kind.value}#{number:010d}"
