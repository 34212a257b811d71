"""An order's own dates and discount from its price to its invoice, its payment and its service's renewal."""

from datetime import date

import pytest

from lambdas.actions.add_services import module as add_services
from lambdas.actions.generate_invoice import module as generate_invoice
from lambdas.api.clients.records_2_0 import services
from lambdas.orders.periods import beginning_of
from lambdas.records.clients.service import Service, ServiceRecords, ServiceStatus
from lambdas.records.invoices.invoice import InvoiceStatus
from tests.support.build import NOW
from tests.unit.actions.conftest import HOLD_KEY, INVOICE, SERVICES, World

BEGINS, ENDS = beginning_of(date(2027, 1, 15)), beginning_of(date(2027, 2, 1))  # 17 of 31 days
FIRST = 7354  # 17/31 of 134.10, which is 149.00 less ten percent


def made(world: World, **pack: object) -> Service:
    """The service of the pack, once its order is invoiced."""
    world.order(client_id="101", info={"pack1": {"plan_id": "2", **pack}})
    world.run(add_services, SERVICES)
    world.run(generate_invoice, INVOICE)
    (service,) = ServiceRecords(world.records).of_order("101", "1001")
    return service


def test_a_shortened_period_is_held_captured_and_invoiced_and_the_service_renews_when_it_ends(world: World) -> None:
    service = made(world, start=BEGINS, prorate_date=ENDS, discount="10", auto_bill="0")
    order, invoice, paid = world.at_present(), world.invoice(), world.gateway.find(HOLD_KEY)

    assert paid is not None
    assert order.total_cents == FIRST + 9900 == paid.amount_cents == invoice.total_cents
    assert invoice.status is InvoiceStatus.PAID
    assert [(line.description, line.amount_cents) for line in invoice.lines] == [
        ("Dedicated Server E-2288G, 2027-01-15 until 2027-02-01", FIRST),
        ("Dedicated Server E-2288G, set-up", 9900),
    ]
    assert (service.begins_at, service.renews_at, service.recurring_cents) == (BEGINS, ENDS, 13_410)
    assert service.auto_bill is False
    shown = services((service,))[service.service_id]
    assert (shown["renewdate"], shown["auto_bill"], shown["price"]) == (str(ENDS), "0", "134.10")


@pytest.mark.parametrize(
    ("pack", "renews"),
    [
        ({}, beginning_of(date(2027, 2, 15))),
        ({"period": 12}, beginning_of(date(2028, 1, 15))),
        ({"start": beginning_of(date(2027, 1, 31))}, beginning_of(date(2027, 2, 28))),
        ({"renewdate": NOW + 40 * 86_400}, NOW + 40 * 86_400),
        ({"period": 0, "price": "10"}, None),
    ],
)
def test_a_whole_period_is_renewed_after_it(world: World, pack: dict[str, object], renews: int | None) -> None:
    service = made(world, status=1, **pack)

    assert service.status is ServiceStatus.ACTIVE
    assert service.renews_at == renews


def test_before_it_is_active_nobody_knows_when_it_renews(world: World) -> None:
    assert made(world, status=2).renews_at is None
