"""The tables of an export as CSV, for spreadsheets: UTF-8 with its mark, all fields quoted, no formulas."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from lambdas.documents.wording import REASONS, day_of, printable
from lambdas.orders.model.money import format_cents
from lambdas.records.invoices.invoice import Invoice, InvoiceKind, Party
from lambdas.records.invoices.totals_per_rate import net_cents, totals_per_rate

_FORMULA = ("=", "+", "-", "@", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
DOCUMENTS = (
    "kind", "number", "id", "date", "date_of_supply", "due", "seller", "seller_vat_id", "buyer", "buyer_country", "buyer_vat_id",
    "client_id", "order_id", "currency", "net", "tax", "total", "credits", "status_now", "paid_at", "payment",
)  # fmt: skip
RATES = ("kind", "number", "tax_name", "rate", "net", "tax", "reverse_charge", "currency")
LINES = (
    "kind",
    "number",
    "line",
    "service_id",
    "description",
    "quantity",
    "amount",
    "tax_name",
    "rate",
    "reason",
    "text",
)


def documents_csv(documents: Iterable[Invoice]) -> str:
    return _csv(DOCUMENTS, (_document(each) for each in documents))


def rates_csv(documents: Iterable[Invoice]) -> str:
    """The totals of each document per tax rate."""
    return _csv(RATES, (row for each in documents for row in _rates(each)))


def lines_csv(documents: Iterable[Invoice]) -> str:
    return _csv(LINES, (row for each in documents for row in _lines(each)))


def harmless(text: str) -> str:
    """The text as no spreadsheet calculates it: an apostrophe is put before what could be a formula."""
    shown = printable(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def _csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return "\ufeff" + written.getvalue()


def _document(invoice: Invoice) -> tuple[str, ...]:
    def day(at: int | None) -> str:
        return day_of(at, invoice.time_zone) if at else ""

    seller, buyer, net = invoice.seller or Party(), invoice.buyer or Party(), net_cents(invoice.lines)
    is_note = invoice.kind is InvoiceKind.CREDIT_NOTE
    texts = (seller.name, seller.vat_id, buyer.name, buyer.country, buyer.vat_id)
    payment = invoice.payment.reference if invoice.payment else invoice.transaction_id or ""
    return (
        *_named(invoice),
        "" if is_note else invoice.invoice_id,
        day(invoice.issued_at),
        day(invoice.supplied_at),
        day(invoice.due_at),
        *map(harmless, texts),
        invoice.client_id,
        invoice.order_id or "",
        invoice.currency,
        format_cents(net, invoice.currency),
        format_cents(invoice.total_cents - net, invoice.currency),
        format_cents(invoice.total_cents, invoice.currency),
        invoice.credits_document or str(invoice.credits_number or ""),
        "" if is_note else invoice.status.value,
        day(invoice.paid_at),
        "" if is_note else harmless(payment),
    )


def _rates(invoice: Invoice) -> Iterator[tuple[str, ...]]:
    for total in totals_per_rate(invoice.lines):
        sums = tuple(format_cents(cents, invoice.currency) for cents in (total.net_cents, total.tax_cents))
        reverse = "yes" if total.reverse_charge else "no"
        yield (*_named(invoice), harmless(total.tax_name), total.rate, *sums, reverse, invoice.currency)


def _lines(invoice: Invoice) -> Iterator[tuple[str, ...]]:
    for number, line in enumerate(invoice.lines, 1):
        reason = REASONS[line.reason] if line.reason else ""
        yield (
            *_named(invoice),
            str(number),
            line.service_id,
            harmless(line.description),
            str(line.quantity),
            format_cents(line.amount_cents, invoice.currency),
            harmless(line.tax_name),
            line.tax_rate,
            reason,
            harmless(line.reason_text or ""),
        )


def _named(invoice: Invoice) -> tuple[str, str]:
    return invoice.kind.value, invoice.shown_number
