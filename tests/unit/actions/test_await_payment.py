"""Await Payment holds an order up until its invoice is paid, and holds up nobody who owes nothing."""

from dataclasses import replace
from typing import Any

import pytest

from lambdas.actions._frame.module import PermanentError
from lambdas.actions._frame.paused import ActionWaits
from lambdas.actions.add_services import module as add_services
from lambdas.actions.await_payment import module
from lambdas.orders.decisions.await_payment import with_payment_check
from lambdas.orders.decisions.claims import OrderCanceled
from lambdas.orders.model.checklist import ActionState
from lambdas.records.clients.service import ServiceRecords, ServiceStatus
from lambdas.records.invoices.invoice import ChargeAttempt, Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from tests.support.build import NOW
from tests.unit.actions.conftest import World
from tests.unit.actions.one_action import ACTION, OTHER, an_order_with, says_nothing_personal
from tests.unit.records.builders import an_invoice

INVOICING = {"id": OTHER, "name": "Generate Invoice", "module": "generate_invoice"}


def issued(world: World, **changes: Any) -> Invoice:
    return InvoiceRecords(world.records).issue(an_invoice(**{"total_cents": 24800, **changes}))


def settled(world: World, invoice: Invoice, status: InvoiceStatus = InvoiceStatus.PAID) -> None:
    InvoiceRecords(world.records).mark(invoice, status, at=NOW)


def test_an_order_waits_while_its_invoice_is_owed_and_goes_on_once_it_is_paid(world: World) -> None:
    an_order_with(world, module)
    invoice = issued(world)
    with pytest.raises(ActionWaits):
        world.run(module, ACTION)

    waiting = world.action(ACTION)
    assert waiting.state is ActionState.WAITING
    assert waiting.reason.startswith("waits for invoice 1 of 248.00 USD to be paid")
    assert "client.invoice_charge" in waiting.reason
    assert "client.payment_add" in waiting.reason
    assert says_nothing_personal(world)
    settled(world, invoice)
    world.run(module, ACTION)
    assert (world.action(ACTION).state, world.action(ACTION).reason) == (ActionState.DONE, "invoice 1 is paid")


def test_a_debit_that_is_on_its_way_is_nothing_to_charge(world: World) -> None:
    an_order_with(world, module)
    invoice = issued(world)
    charge = ChargeAttempt(key="k", billing_info_id="1", claim="c", claim_ends_at=0, pending_since=NOW)
    InvoiceRecords(world.records).write_charge(invoice, charge)
    with pytest.raises(ActionWaits):
        world.run(module, ACTION)

    assert world.action(ACTION).reason.startswith("waits for invoice 1 of 248.00 USD to be debited")
    assert "client.invoice_charge" not in world.action(ACTION).reason


@pytest.mark.parametrize("total", [None, 0])
def test_nothing_to_pay_is_waited_for_by_nobody(world: World, total: int | None) -> None:
    an_order_with(world, module)
    if total is not None:
        issued(world, total_cents=total)
    world.run(module, ACTION)

    assert world.action(ACTION).state is ActionState.DONE


def test_services_that_were_invoiced_by_hand_are_waited_for_too(world: World) -> None:
    an_order_with(world, module, info={"pack1": {"plan_id": "2"}})
    invoice = issued(world, order_id=None)  # of the order's service, beside those of others
    with pytest.raises(ActionWaits):
        world.run(module, ACTION)

    settled(world, invoice)
    world.run(module, ACTION)
    assert world.action(ACTION).state is ActionState.DONE


def test_what_nobody_will_pay_any_more_is_for_a_person_to_decide(world: World) -> None:
    an_order_with(world, module)
    settled(world, issued(world), InvoiceStatus.CREDITED)

    with pytest.raises(PermanentError, match="credited, so nobody will pay it; cancel the order, or skip"):
        world.run(module, ACTION)


def test_an_order_that_is_not_invoiced_yet_is_not_taken_for_paid(world: World) -> None:
    an_order_with(world, module, others=(INVOICING,))

    with pytest.raises(PermanentError, match="process Generate Invoice first"):
        world.run(module, ACTION)


def test_a_canceled_order_waits_for_no_money(world: World) -> None:
    an_order_with(world, module)
    issued(world)
    world.cancel()

    with pytest.raises(OrderCanceled):
        world.run(module, ACTION)


def test_money_that_comes_while_it_looks_is_looked_for_again(world: World) -> None:
    """It read the open invoice, then the invoice is paid and the order told of it, then it settles."""
    an_order_with(world, module)
    invoice = issued(world)

    def paid_meanwhile(order: Any, config: Any, tools: Any) -> Any:
        outcome = module.run(order, config, tools)
        settled(world, invoice)
        world.store.save(with_payment_check(world.at_present(), by="ann", now=NOW))
        return outcome

    with pytest.raises(ActionWaits):
        world.run(replace(module, run=paid_meanwhile), ACTION)
    assert world.action(ACTION).requested_at == NOW  # so the machine does not park, and runs it again
    world.run(module, ACTION)
    assert world.action(ACTION).state is ActionState.DONE


@pytest.mark.parametrize(("awaits", "status"), [(True, ServiceStatus.PENDING), (False, ServiceStatus.ACTIVE)])
def test_a_pack_is_not_active_before_its_order_is_paid_by_saying_so(
    world: World, awaits: bool, status: ServiceStatus
) -> None:
    other = {"id": OTHER, "name": "Await Payment", "module": "await_payment" if awaits else "manual_check_off"}
    said = {"pack1": {"plan_id": "2", "status": "1"}}
    an_order_with(
        world, add_services, {"default_service_status": "pending"}, others=(other,), info=said, client_id="101"
    )
    world.run(add_services, ACTION)

    (service,) = ServiceRecords(world.records).of_order("101", "1001")
    assert service.status is status
