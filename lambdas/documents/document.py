"""An invoice or credit note as it is shown: all texts ready, from what was frozen at its issue, in the language that is spoken.

Pure. Nothing of today is in it but the name, logo and colour of the brand, which head it as a letterhead does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lambdas.catalog.brands.brand import Brand, Logo, load_brands
from lambdas.documents.electronic.factur_x import factur_x_of
from lambdas.documents.electronic.statement import NotStatableError
from lambdas.documents.wording import day_of, printable, reason_of
from lambdas.languages.language import spoken
from lambdas.languages.texts import N_, _
from lambdas.orders.contact.places import countries
from lambdas.orders.model.money import format_cents
from lambdas.records.invoices.invoice import Invoice, InvoiceKind, InvoiceLine, Party
from lambdas.records.invoices.totals_per_rate import RateTotal, net_cents, totals_per_rate

_HOLDS_DATA = N_("The PDF of this document holds the same as data (Factur-X, EN 16931).")


@dataclass(frozen=True)
class Row:
    """A line. `note`: why it is credited, on a credit note."""

    description: str
    quantity: str
    amount: str
    note: str = ""


@dataclass(frozen=True)
class Rate:
    name: str
    net: str
    tax: str


@dataclass(frozen=True)
class Document:
    """`facts`: label and value. `seller` and `buyer`: lines, the name first. Dates are YYYY-MM-DD by the seller's calendar.

    `brand`: the name at its head. `day`: of its issue. All amounts are decimal text with the digits of the currency.
    `logo` stands in the place of the brand's name, and `accent` is its colour (`#rrggbb`), if it is a brand of today.
    `xml`: the same as data (Factur-X), where the stage wants it and the standard can say it; else empty.
    """

    brand: str
    title: str
    number: str
    day: str
    currency: str
    facts: tuple[tuple[str, str], ...]
    seller: tuple[str, ...]
    buyer: tuple[str, ...]
    rows: tuple[Row, ...]
    rates: tuple[Rate, ...]
    net: str
    tax: str
    total: str
    notes: tuple[str, ...]
    logo: Logo | None = None
    accent: str = ""
    xml: bytes = field(default=b"", repr=False)

    @property
    def file_name(self) -> str:
        """Its number, as one part of a path. No number has a `_` of its own (lambdas/catalog/seller.py)."""
        return self.number.replace("/", "_")


def document_of(invoice: Invoice, *, electronic: bool = False) -> Document:
    """`electronic`: with the same as data, if the standard can state it."""
    xml = _data_of(invoice) if electronic else b""
    is_note = invoice.kind is InvoiceKind.CREDIT_NOTE
    brand = load_brands().of(invoice.brand_id)
    net = net_cents(invoice.lines)
    return Document(
        brand=brand.in_language(spoken().tag).name if brand else "",
        title=_("Credit note") if is_note else _("Invoice"),
        number=invoice.shown_number,
        day=day_of(invoice.issued_at, invoice.time_zone),
        currency=invoice.currency,
        facts=tuple(_facts(invoice)),
        seller=tuple(_party(invoice.seller)),
        buyer=tuple(_party(invoice.buyer)),
        rows=tuple(_row(line, invoice.currency) for line in invoice.lines if not line.tax_name),
        rates=tuple(_rate(total, invoice.currency) for total in totals_per_rate(invoice.lines)),
        net=format_cents(net, invoice.currency),
        tax=format_cents(invoice.total_cents - net, invoice.currency),
        total=format_cents(invoice.total_cents, invoice.currency),
        notes=(*map(printable, invoice.notes), *((_(_HOLDS_DATA),) if xml else ())),
        **(_look_of(brand) if brand else {}),
        xml=xml,
    )


def _look_of(brand: Brand) -> dict[str, Any]:
    return {"logo": load_brands().logo_of(brand), "accent": brand.accent}


def _data_of(invoice: Invoice) -> bytes:
    try:
        return factur_x_of(invoice)
    except NotStatableError:  # doors that are asked for it say why
        return b""


def _facts(invoice: Invoice) -> Iterator[tuple[str, str]]:
    yield _("Number"), invoice.shown_number
    yield _("Date"), day_of(invoice.issued_at, invoice.time_zone)
    if invoice.credits_number:
        credited = str(invoice.credits_document or invoice.credits_number)
        if invoice.credits_issued_at:
            day = day_of(invoice.credits_issued_at, invoice.time_zone)
            credited = _("{number} of {day}", number=credited, day=day)
        yield _("Credits invoice"), credited
    elif invoice.due_at:
        yield _("Due"), day_of(invoice.due_at, invoice.time_zone)
    if invoice.supplied_at:
        yield _("Date of supply"), day_of(invoice.supplied_at, invoice.time_zone)
    if named := invoice.order_reference or invoice.order_id:
        yield _("Order"), named


def _party(party: Party | None) -> Iterator[str]:
    if party is None:
        return
    town = " ".join(part for part in (party.zip, party.city) if part)
    place = ", ".join(part for part in (town, party.state) if part)
    names = countries() if spoken().is_source else spoken().formats["countries"]
    country = names.get(party.country, party.country)
    for line in (party.name, party.attention, *party.address.splitlines(), place, country):
        if shown := printable(line):
            yield shown
    for label, value in ((_("VAT number"), party.vat_id), (_("Registration"), party.registration), ("", party.email)):
        if shown := printable(value):
            yield f"{label} {shown}".strip()


def _row(line: InvoiceLine, currency: str) -> Row:
    return Row(
        printable(line.description), str(line.quantity), format_cents(line.amount_cents, currency), reason_of(line)
    )


def _rate(total: RateTotal, currency: str) -> Rate:
    name = f"{total.tax_name} {total.rate} %" if total.tax_name else _("No tax")
    if total.reverse_charge:
        name = _("{tax}, reverse charge", tax=total.tax_name)
    return Rate(printable(name), format_cents(total.net_cents, currency), format_cents(total.tax_cents, currency))
