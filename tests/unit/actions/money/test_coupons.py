"""A discount is the same everywhere: what is held is what is invoiced, and a service renews at what the coupon leaves it."""

from typing import Any

import pytest

from lambdas.actions._frame.module import TransientError
from lambdas.actions.add_services import module as add_services
from lambdas.actions.generate_invoice import module
from lambdas.catalog.coupon_errors import CouponBusyError
from lambdas.orders.model.checklist import ActionState
from lambdas.records.clients.service import ServiceRecords
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.coupons.use import CouponUseRecords
from tests.support.build import NOW
from tests.support.coupons import a_coupon, amount, percent
from tests.unit.actions.conftest import INVOICE, SERVICES, World

SERVER = {"plan_id": "2", "coupon": "SAVE10"}  # 149.00 a month and 99.00 set-up


def coupon(world: World, **changes: Any) -> str:
    return CouponRecords(world.records).add(a_coupon(**changes)).coupon_id


def invoiced(world: World, info: dict[str, Any]) -> None:
    world.order(client_id="101", info=info)
    world.run(add_services, SERVICES)
    world.run(module, INVOICE)


def test_the_invoice_shows_the_discount_and_takes_what_was_held(world: World) -> None:
    coupon(world, setup_discount=amount(900))
    invoiced(world, {"pack1": SERVER, "pack2": {"plan_id": "3"}})

    invoice, order = world.invoice(), world.at_present()
    assert [(line.description, line.amount_cents) for line in invoice.lines] == [
        ("Dedicated Server E-2288G, 1 month", 14900),
        ("Dedicated Server E-2288G, coupon SAVE10", -1490),
        ("Dedicated Server E-2288G, set-up", 9900),
        ("Dedicated Server E-2288G, set-up, coupon SAVE10", -900),
        ("Domain Registration, 12 months", 1450),
    ]
    assert order.hold is not None
    assert invoice.total_cents == order.total_cents == order.hold.amount_cents == 14900 - 1490 + 9900 - 900 + 1450
    assert world.payment() == "captured"


@pytest.mark.parametrize(("recurring", "renewal"), [(False, 14900), (True, 13410)])
def test_a_service_renews_at_the_discount_only_if_the_coupon_recurs(
    world: World, recurring: bool, renewal: int
) -> None:
    coupon(world, recurring=recurring, setup_discount=percent("100"))
    invoiced(world, {"pack1": SERVER})

    (service,) = ServiceRecords(world.records).of_order("101", "1001")
    assert (service.recurring_cents, service.setup_cents) == (renewal, 0)
    assert world.invoice().total_cents == 13410


def test_what_costs_nothing_is_invoiced_and_paid_with_nothing(world: World) -> None:
    coupon(world, discount=percent("100"), setup_discount=percent("100"))
    invoiced(world, {"pack1": SERVER})

    assert (world.invoice().total_cents, world.invoice().status.value) == (0, "paid")


def test_a_canceled_order_gives_its_coupon_back_once(world: World) -> None:
    coupon_id = coupon(world, max_uses=1)
    world.order(client_id="101", info={"pack1": SERVER})
    uses = CouponUseRecords(world.records)
    assert uses.redeem(coupon_id, "1001", now=NOW)
    world.cancel()

    assert world.undo(module, INVOICE) == {"undone": True}
    assert world.action(INVOICE).reason == "payment returned; coupon may be used again"
    assert uses.redeem(coupon_id, "1002", now=NOW)
    world.undo(module, INVOICE)
    assert not uses.redeem(coupon_id, "1003", now=NOW)


def test_a_coupon_that_is_busy_is_given_back_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    coupon_id = coupon(world)
    world.order(client_id="101", info={"pack1": SERVER})
    CouponUseRecords(world.records).redeem(coupon_id, "1001", now=NOW)
    world.cancel()

    def busy(*_: object, **__: object) -> None:
        raise CouponBusyError

    with monkeypatch.context() as patched:
        patched.setattr(CouponUseRecords, "give_back", busy)
        with pytest.raises(TransientError, match="coupon"):
            world.undo(module, INVOICE)
    assert world.action(INVOICE).reason.endswith("; it is tried again automatically, daily at the latest")
    assert world.action(INVOICE).state is not ActionState.UNDONE
    assert world.undo(module, INVOICE) == {"undone": True}
