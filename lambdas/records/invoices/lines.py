"""Makes the lines of an invoice: the first charge of each service."""

from collections.abc import Iterator

from lambdas.orders.model.packs import AppliedTax, PricedPack
from lambdas.orders.periods import day_of
from lambdas.records.clients.service import Service
from lambdas.records.invoices.invoice import InvoiceLine


def invoice_lines(service: Service, pack: PricedPack) -> Iterator[InvoiceLine]:
    """The price of the pack when it became the service: list prices, the coupon's discounts, and taxes.

    A free pack has no line of a tax. A tax that rounds to nothing has one, and so has a reverse charge: the invoice must state
    which rate applies.
    """
    coupon = f", coupon {pack.coupon.coupon_code}" if pack.coupon else ""
    yield from _recurring_lines(service, pack)
    if pack.first_discount_cents:
        yield _line(service, coupon, -pack.first_discount_cents)
    if pack.setup_cents:
        yield _line(service, ", set-up", pack.setup_cents)
    if pack.setup_discount_cents:
        yield _line(service, f", set-up{coupon}", -pack.setup_discount_cents)
    is_free = not pack.first_recurring_cents + pack.net_setup_cents
    for tax in pack.taxes:
        if tax.cents or tax.reverse_charge or not is_free:
            yield _tax_line(service, tax)


def _recurring_lines(service: Service, pack: PricedPack) -> Iterator[InvoiceLine]:
    """The first period; if it was shortened, its days, and the whole period that is charged with them."""
    months = f"{service.period} months" if service.period > 1 else "1 month"
    prorated = pack.proration
    if prorated is None:
        yield _line(service, f", {months}" if service.period else "", pack.recurring_cents)
        return
    ends = day_of(prorated.ends_at).isoformat()
    yield _line(service, f", {day_of(prorated.start_at).isoformat()} until {ends}", prorated.cents)
    if prorated.with_next:
        yield _line(service, f", {months} from {ends}", pack.recurring_cents)


def _tax_line(service: Service, tax: AppliedTax) -> InvoiceLine:
    line = _line(service, f", {tax.label}", tax.cents)
    return line.model_copy(update={"tax_name": tax.name, "tax_rate": tax.rate, "vat_check": tax.vat_check})


def _line(service: Service, what: str, amount_cents: int) -> InvoiceLine:
    return InvoiceLine(
        description=f"{service.title}{what}",
        service_id=service.service_id,
        quantity=service.quantity,
        amount_cents=amount_cents,
    )
