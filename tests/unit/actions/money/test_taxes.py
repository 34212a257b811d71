"""A tax is the same everywhere: what is held is what is invoiced, and a service renews at its price before tax."""

from typing import Any

import pytest

from lambdas.actions.add_services import module as add_services
from lambdas.actions.generate_invoice import module
from lambdas.catalog.seller import load_sellers
from lambdas.catalog.tax import load_taxes
from lambdas.rate_limits.windows import Windows
from lambdas.records.clients.service import ServiceRecords
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.invoices.invoice import CreditReason, InvoiceKind, InvoiceLine
from lambdas.vat.ask_limits import AskLimits, VatLimits
from lambdas.vat.checked_taxes import choose_taxes
from tests.support.coupons import a_coupon
from tests.support.tables import make_table
from tests.unit.actions import conftest
from tests.unit.actions.conftest import INVOICE, SERVICES, World

SERVER, DOMAIN = {"plan_id": "2"}, {"plan_id": "3"}  # 149.00 a month and 99.00 set-up; 14.50 a year


def invoiced(world: World, **info: Any) -> tuple[InvoiceLine, ...]:
    world.order(client_id="101", info=info)
    world.run(add_services, SERVICES)
    world.run(module, INVOICE)
    return world.invoice().lines


def test_the_invoice_names_each_tax_with_its_rate_and_takes_what_was_held(world: World) -> None:
    CouponRecords(world.records).add(a_coupon())
    lines = invoiced(world, country="DE", pack1={**SERVER, "coupon": "SAVE10"}, pack2=DOMAIN)

    assert [(line.description, line.amount_cents, line.tax_name, line.tax_rate) for line in lines] == [
        ("Dedicated Server E-2288G, 1 month", 14900, "", ""),
        ("Dedicated Server E-2288G, coupon SAVE10", -1490, "", ""),
        ("Dedicated Server E-2288G, set-up", 9900, "", ""),
        ("Dedicated Server E-2288G, VAT 19%", 2548 + 1881, "VAT", "19"),
        ("Domain Registration, 12 months", 1450, "", ""),
        ("Domain Registration, VAT 19%", 275, "VAT", "19"),  # 4,704.4 in all is rounded once
    ]
    invoice, order = world.invoice(), world.at_present()
    assert order.hold is not None
    assert invoice.total_cents == order.total_cents == order.hold.amount_cents == 13410 + 9900 + 4429 + 1450 + 275
    assert world.payment() == "captured"


def test_a_service_keeps_its_price_before_tax(world: World) -> None:
    invoiced(world, country="DE", pack1=SERVER)

    (service,) = ServiceRecords(world.records).of_order("101", "1001")
    assert (service.recurring_cents, service.setup_cents) == (14900, 9900)


def test_a_reverse_charge_costs_nothing_and_the_invoice_says_so(world: World) -> None:
    lines = invoiced(world, country="DE", vat_id="DE136695976", pack1=DOMAIN)

    assert [(line.description, line.amount_cents, line.tax_name, line.tax_rate) for line in lines] == [
        ("Domain Registration, 12 months", 1450, "", ""),
        ("Domain Registration, VAT, reverse charge", 0, "VAT", "0"),
    ]
    assert world.invoice().total_cents == 1450


def test_the_invoice_of_a_reverse_charge_has_the_proof_that_the_number_was_checked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks = AskLimits(Windows(make_table(world.records.client, "guards"), world.records.client), VatLimits())
    taxes = choose_taxes("sandbox", load_taxes(), world.records, load_sellers(), asks)
    monkeypatch.setattr(conftest, "load_taxes", lambda: taxes)
    lines = invoiced(world, country="DE", vat_id="DE136695976", pack1=DOMAIN)

    assert lines[1].vat_check.startswith("valid ")
    assert f"VAT number checked with VIES: {lines[1].vat_check}." in world.invoice().notes


@pytest.mark.parametrize(("country", "price"), [("GB", "9.95"), ("DE", "0")])
def test_where_there_is_no_tax_there_is_no_line_of_one(world: World, country: str, price: str) -> None:
    lines = invoiced(world, country=country, pack1={"plan_id": "1", "price": price})

    assert [line.description for line in lines] == ["Web Hosting Basic, 1 month"]


def test_a_credit_note_credits_the_tax_too(world: World) -> None:
    lines = invoiced(world, country="DE", pack1=SERVER)
    world.cancel()
    world.undo(module, INVOICE)

    note = world.invoice(InvoiceKind.CREDIT_NOTE)
    assert note.lines == tuple(line.changed(reason=CreditReason.CANCELED) for line in lines)
    assert note.total_cents == world.at_present().total_cents
