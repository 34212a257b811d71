"""Issues and changes invoices and credit notes in the record table.

A document gets its number from its series (series.py). The transaction that issues it also guards what may have only one:
an order has one of each kind, a service is on one invoice, a request key makes one document. So nothing is billed twice.

Longer than 200 lines, because the writes of one document and their conditions belong together.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lambdas.catalog.seller import Seller, load_sellers
from lambdas.records.clients.client import ClientRecords
from lambdas.records.invoices.document_numbers import find_rows
from lambdas.records.invoices.invoice import (
    NUMBER_DIGITS,
    ChargeAttempt,
    Invoice,
    InvoiceKind,
    InvoiceStatus,
    RecordedPayment,
    invoice_id_of,
    invoices_pk,
)
from lambdas.records.invoices.marks import find_invoiced, marks, of_order_pk
from lambdas.records.invoices.party import issued_by, number_shown
from lambdas.records.invoices.series import Series, SeriesBusyError, Taken, number_sk, series_pk
from lambdas.records.request_key import RequestKey, RequestKeyUsedError
from lambdas.records.table import ConditionFailedError, RecordTable
from lambdas.runtime.items import from_item, to_item
from lambdas.runtime.retry_budget import RetryBudget


class ConditionsNotMetError(Exception):
    """A condition on other records did not hold, so nothing was issued. `failed`: the indexes of those conditions."""

    def __init__(self, failed: tuple[int, ...]) -> None:
        super().__init__(f"conditions not met: {failed}")
        self.failed = failed


class ServicesInvoicedError(Exception):
    """A service of the draft is on another invoice already; nothing was issued. The message names both."""


class InvoiceRecords:
    def __init__(self, table: RecordTable, now: Callable[[], int] = lambda: int(time.time())) -> None:
        self._table, self._now = table, now

    def get(self, invoice_id: str) -> Invoice | None:
        brand, number = invoice_id[:-NUMBER_DIGITS], invoice_id[-NUMBER_DIGITS:]
        found = self._table.get(series_pk(brand, InvoiceKind.INVOICE), number_sk(number))
        return self._read(str(found["client_id"]), InvoiceKind.INVOICE, int(number)) if found else None

    def named(self, brand_id: int, shown: str) -> Invoice | None:
        """The brand's invoice or credit note with this number on it."""
        for kind, row in find_rows(self._table, brand_id, shown):
            found = self._read(str(row["client_id"]), kind, int(row["number"]))
            if found and found.shown_number == shown:
                return found
        return None

    def note(self, client_id: str, number: int) -> Invoice | None:
        """A client's credit note by its number."""
        return self._read(client_id, InvoiceKind.CREDIT_NOTE, number)

    def end_refund(self, invoice: Invoice, note: int) -> Invoice:
        """Note that the payment of this note was refunded, if it is the latest. May be repeated."""
        if invoice.reduction is None or not invoice.reduction.refund_cents:
            return invoice
        condition, values = "attribute_exists(#status) AND reduction.#note = :note", {":none": 0, ":note": note}
        return self._update(invoice, "SET reduction.refund_cents = :none", condition, values, names=("note",))

    def note_refund_there(self, invoice: Invoice, cents: int) -> bool:
        """Note what the provider of its payment refunded without us. False: the invoice is not as it was read."""
        condition, values = as_credited_before(invoice)
        values |= {":cents": cents, ":paid": InvoiceStatus.PAID, ":transaction": invoice.transaction_id}
        condition = f"#status = :paid AND transaction_id = :transaction AND {condition}"
        try:
            self._update(invoice, "SET refunded_there_cents = :cents", condition, values)
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

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
        """Issue the draft with the next number of its series. Return what the order or the key has already, if it has one.

        `also`: more writes and conditions of the same transaction, by the document's number. Raises SeriesBusyError,
        ServicesInvoicedError, ConditionsNotMetError, or RequestKeyUsedError for a key that was sent with other content.
        """
        if first := self.issued_first(draft.order_id, key, draft.kind):
            return first
        seller = load_sellers().of(draft.brand_id)
        draft = self._with_parties(draft, seller)
        pk, zone = series_pk(draft.brand_id, draft.kind), seller.time_zone if seller else "UTC"
        document, series, patience = _document(draft, key), Series(self._table, pk, self._now, zone), RetryBudget()
        while True:
            taken = series.take(document, draft.issued_at)
            shown = number_shown(seller, draft.kind, taken.year, taken.nth)
            issued = draft.changed(number=taken.number, document_number=shown, issued_at=taken.at)
            writes = self._writes(issued, taken, key)
            try:
                self._table.write_all([*writes, *also(issued.number)])
            except ConditionFailedError as error:
                first = self._instead(issued, taken, key, (series, document), _beyond(error, len(writes)))
            else:
                first = issued
            if first:
                _end(series, document, issued, first)
                return first
            patience.wait_or_raise(lambda: SeriesBusyError(f"the series of {draft.kind.value}s is busy"))

    def _instead(
        self,
        issued: Invoice,
        taken: Taken,
        key: RequestKey | None,
        noted: tuple[Series, str],
        not_met: tuple[int, ...],
    ) -> Invoice | None:
        """The document that was issued before this one; None if this one may be tried again. Raises if it may not.

        `noted`: the series, and what the numbers are noted for there.
        """
        series, document = noted
        try:
            if first := self.issued_first(issued.order_id, key, issued.kind):
                return first
            self._refuse_invoiced(issued)
            if not_met:
                raise ConditionsNotMetError(not_met)
        except (ServicesInvoicedError, ConditionsNotMetError, RequestKeyUsedError):
            series.give_back(document, issued.number)
            raise
        row = self._table.get(series_pk(issued.brand_id, issued.kind), number_sk(issued.number))
        if row:  # The process that took it before was still at work.
            same = (row.get("series_year"), row.get("series_number")) == (taken.year, taken.nth)
            if same:
                series.close(document, issued.number)
            else:
                series.renumber(document, issued.number, free=False)
        return None

    def issued_first(
        self, order_id: str | None, key: RequestKey | None, kind: InvoiceKind = InvoiceKind.INVOICE
    ) -> Invoice | None:
        """The document that this order or key has already; None if it has none. Raises RequestKeyUsedError."""
        if key and (made := key.find_made(self._table)):
            return self.get(made)
        return self.of_order(order_id, kind) if order_id else None

    def mark(self, invoice: Invoice, status: InvoiceStatus, transaction_id: str | None = None, *, at: int) -> Invoice:
        """Mark the invoice as paid or credited. `at`: Unix seconds. An open invoice may become either, a paid one credited.

        May be repeated.
        """
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
        numbers = sorted(set(find_invoiced(self._table, service_ids).values()))
        found = (self.get(invoice_id_of(brand_id, number)) for number in numbers)
        return tuple(invoice for invoice in found if invoice)

    def write_payment(self, before: Invoice, payment: RecordedPayment) -> Invoice | None:
        """Mark the open invoice as paid with this. None if another process paid, credited or charged it in the meantime."""
        return self.write_charge(
            before,
            before.charge,
            payment=payment.model_dump(exclude_none=True),
            status=InvoiceStatus.PAID,
            paid_at=payment.at,
        )

    def write_return(self, before: Invoice, payment: RecordedPayment) -> Invoice | None:
        """Write the note on the invoice. None if another one was written in the meantime."""
        known = before.payment.returned_cents if before.payment else 0
        values = {":payment": payment.model_dump(exclude_none=True), ":known": known, ":before": before.status}
        condition = "#status = :before AND payment.returned_cents = :known"  # Each note raises it.
        try:
            return self._update(before, "SET payment = :payment", condition, values)
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return None

    def write_charge(self, before: Invoice, charge: ChargeAttempt | None, **paid: Any) -> Invoice | None:
        """Write this attempt, and `paid` with it, on the open invoice. None if another process wrote in the meantime."""
        held = {"charge": charge.model_dump() if charge else None, **paid}
        sets = [f"#{name} = :{name}" for name, value in held.items() if value is not None]
        update = f"SET {', '.join(sets)}" if sets else ""
        update += "" if charge else " REMOVE #charge"
        condition = "#status = :open AND " + (
            "#charge.claim = :claim" if before.charge else "attribute_not_exists(#charge)"
        )
        values = {":open": InvoiceStatus.OPEN, **{f":{key}": value for key, value in held.items() if value is not None}}
        values |= {":claim": before.charge.claim} if before.charge else {}
        as_before, credits = as_credited_before(before)
        condition, values = f"{condition} AND {as_before}", values | credits
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

    def _with_parties(self, draft: Invoice, seller: Seller | None) -> Invoice:
        client = ClientRecords(self._table).get(draft.client_id) if draft.buyer is None else None
        return issued_by(draft, seller, client)

    def _refuse_invoiced(self, draft: Invoice) -> None:
        if draft.kind is InvoiceKind.INVOICE:
            for service_id, number in find_invoiced(self._table, (line.service_id for line in draft.lines)).items():
                raise ServicesInvoicedError(f"service {service_id} is on invoice {number} already")

    def _writes(self, issued: Invoice, taken: Taken, key: RequestKey | None) -> list[Any]:
        owner = {"client_id": issued.client_id, "number": issued.number}
        stored = {**issued.model_dump(exclude_none=True), **_stored_parties(issued)}
        records = [{"pk": invoices_pk(issued.client_id), "sk": sort_key(issued.kind, issued.number), **stored}]
        records.append(
            {
                "pk": series_pk(issued.brand_id, issued.kind),
                "sk": number_sk(issued.number),
                **owner,
                "series_year": taken.year,
                "series_number": taken.nth,
                "issued_at": issued.issued_at,
            }
        )
        if issued.order_id:
            records.append({"pk": of_order_pk(issued.order_id), "sk": issued.kind.value, **owner})
        if key:
            records.append(key.guard(issued.invoice_id))
        invoices = issued.lines if issued.kind is InvoiceKind.INVOICE else ()
        marked = marks(self._table, (line.service_id for line in invoices), issued.number)
        return [*(self._table.new(record) for record in records), *marked]


def _stored_parties(issued: Invoice) -> dict[str, Any]:
    """Without the fields that are empty."""
    parties = (("seller", issued.seller), ("buyer", issued.buyer))
    return {name: party.model_dump(exclude_defaults=True) for name, party in parties if party}


_OF_THE_MOMENT = (
    "order_reference",
    "document_number",
    "seller",
    "buyer",
    "notes",
    "supplied_at",
    "time_zone",
)  # may change from one try to the next


def _end(series: Series, document: str, issued: Invoice, first: Invoice) -> None:
    """Settle the numbers that were taken for `issued`, as the document is `first`."""
    if first.number != issued.number:
        series.give_back(document, issued.number)
    elif first.document_number != issued.document_number:  # A slow try issued it with a number of the year before.
        series.renumber(document, issued.number, free=True)
    else:
        series.close(document, issued.number)


def _document(draft: Invoice, key: RequestKey | None) -> str:
    """A text that is the same for every repeat of an issue."""
    content = draft.model_dump_json(exclude={"number", "issued_at", *_OF_THE_MOMENT})
    return f"{key.pk if key else draft.order_id}\n{content}"


def as_credited_before(invoice: Invoice) -> tuple[str, dict[str, Any]]:
    """The condition that nothing of the invoice was credited since it was read, and its values."""
    whole = "credited = :credits_before" if invoice.credited else "attribute_not_exists(credited)"
    parts = (
        "reduced_cents = :reduced_before"
        if invoice.reduced_cents
        else "(attribute_not_exists(reduced_cents) OR reduced_cents = :reduced_before)"
    )
    values: dict[str, Any] = {":reduced_before": invoice.reduced_cents}
    return f"{whole} AND {parts}", values | ({":credits_before": invoice.credited} if invoice.credited else {})


def _beyond(error: ConditionFailedError, count: int) -> tuple[int, ...]:
    """The failed writes after the first `count`, counted from there."""
    return tuple(index - count for index in error.failed if index >= count)


def sort_key(kind: InvoiceKind, number: int) -> str:
    """Of a document, among its client's records."""
    return f"{kind.value}#{number:010d}"
