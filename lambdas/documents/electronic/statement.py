"""A document in the terms of EN 16931: one VAT category for each line and discount, and sums that keep its rules (BR-CO).

Pure and exact: amounts stay whole numbers of the currency's smallest unit. What the standard cannot say is refused with the
reason, never rounded or bent: the document is then a PDF without data.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from lambdas.orders.model.money import digits_of
from lambdas.records.invoices.invoice import Invoice, InvoiceLine

MOST_DIGITS = 2  # of an amount (BR-DEC); prices alone may have more
_ALMOST_ONE = Decimal("0.995")  # the rules compare with what they rounded to two digits
STANDARD, ZERO, REVERSE_CHARGE, OUTSIDE = "S", "Z", "AE", "O"


class NotStatableError(Exception):
    """The document cannot be stated as EN 16931 wants it. The message says why, and names nobody."""


class Vat(NamedTuple):
    """A category as UNTDID 5305 names it, and percent as decimal text: `S`, `19`. Every other category has the rate 0."""

    category: str
    rate: str = "0"


@dataclass(frozen=True)
class VatTotal:
    """All that one category and rate applies to, in cents, and the tax on it. `reason`: why there is none."""

    vat: Vat
    net_cents: int
    tax_cents: int
    reason: str = ""


@dataclass(frozen=True)
class Statement:
    """`lines` and `discounts` with their VAT; a discount is above 0 here. All amounts in cents."""

    lines: tuple[tuple[InvoiceLine, Vat], ...]
    discounts: tuple[tuple[InvoiceLine, Vat], ...]
    totals: tuple[VatTotal, ...]

    @property
    def lines_cents(self) -> int:
        return sum(line.amount_cents for line, _ in self.lines)

    @property
    def discounts_cents(self) -> int:
        return sum(line.amount_cents for line, _ in self.discounts)

    @property
    def tax_cents(self) -> int:
        return sum(total.tax_cents for total in self.totals)

    @property
    def is_outside(self) -> bool:
        """Whether it is not subject to VAT. Such a document names nobody's VAT number (BR-O-02)."""
        return any(total.vat.category == OUTSIDE for total in self.totals)


def statement_of(invoice: Invoice) -> Statement:
    """Raises NotStatableError."""
    if digits_of(invoice.currency) > MOST_DIGITS:
        raise NotStatableError(f"amounts in {invoice.currency} have more than {MOST_DIGITS} digits after the point")
    vats = _vats(invoice)
    nets = [(line, vats[line.service_id]) for line in invoice.lines if not line.tax_name]
    lines = tuple(each for each in nets if each[0].amount_cents >= 0)
    discounts = (each for each in nets if each[0].amount_cents < 0)
    if not lines:
        raise NotStatableError("it has no line of something that is sold")
    return Statement(
        lines,
        tuple((line.changed(amount_cents=-line.amount_cents), vat) for line, vat in discounts),
        _totals(invoice, vats),
    )


def _vats(invoice: Invoice) -> dict[str, Vat]:
    """The VAT of each service."""
    taxes, nets = defaultdict[str, list[InvoiceLine]](list), Counter[str]()
    for line in invoice.lines:
        if line.tax_name:
            taxes[line.service_id].append(line)
        else:
            nets[line.service_id] += line.amount_cents
    vats = {service_id: _taxed(of_service) for service_id, of_service in taxes.items()}
    first = next(iter(vats.values()), None)
    for service_id in nets.keys() - taxes.keys():
        # What is free bears no tax, so it changes no sum beside what is taxed.
        vats[service_id] = first if first and not nets[service_id] else _untaxed(invoice, beside=first)
    return vats


def _taxed(taxes: list[InvoiceLine]) -> Vat:
    if len(taxes) > 1:
        raise NotStatableError("something on it bears several taxes, and EN 16931 knows one VAT a line")
    rate = Decimal(taxes[0].tax_rate or "0").normalize()
    return Vat(STANDARD, f"{rate:f}") if rate else Vat(REVERSE_CHARGE)


def _untaxed(invoice: Invoice, beside: Vat | None) -> Vat:
    if not invoice.untaxed:
        raise NotStatableError("it does not say why something on it bears no tax: it was issued by an earlier release")
    if invoice.untaxed == OUTSIDE and beside:
        raise NotStatableError(
            "it has something that is not subject to VAT beside something that is (BR-O-11): say untaxed = "
            '"E" or "Z" in sellers.toml if that is exempt or taxed at zero'
        )
    return Vat(invoice.untaxed)


def _totals(invoice: Invoice, vats: dict[str, Vat]) -> tuple[VatTotal, ...]:
    nets, taxes = Counter[Vat](), Counter[Vat]()
    for line in invoice.lines:
        (taxes if line.tax_name else nets)[vats[line.service_id]] += line.amount_cents
    _refuse_strange(invoice, nets, taxes)
    return tuple(VatTotal(vat, nets[vat], taxes[vat], _reason(invoice, vat)) for vat in nets)


def _refuse_strange(invoice: Invoice, nets: Counter[Vat], taxes: Counter[Vat]) -> None:
    """The tax on each sum must be its rate of it, to less than one unit of the currency (BR-S-09, BR-CO-17)."""
    one = 10 ** digits_of(invoice.currency)
    for vat, tax in taxes.items():
        if abs(tax - nets[vat] * Decimal(vat.rate) / 100) >= _ALMOST_ONE * one:
            raise NotStatableError(
                f"its tax at {vat.rate} % was rounded in parts, and is off by one {invoice.currency}"
            )
    if sum(line.amount_cents for line in invoice.lines) != invoice.total_cents:
        raise NotStatableError("its lines do not add up to its total")


def _reason(invoice: Invoice, vat: Vat) -> str:
    """The words that the law wants where no tax is charged, as they stand on the document."""
    if vat.category in (STANDARD, ZERO):  # these must state none (BR-S-10, BR-Z-10)
        return ""
    if vat.category == REVERSE_CHARGE:  # its words are first (lambdas/records/invoices/party.py)
        return next(iter(invoice.notes), "")
    return invoice.untaxed_note
