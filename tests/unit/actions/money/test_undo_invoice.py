"""No money stays behind when an order is canceled: holds are voided, payments refunded, invoices credited."""

from typing import Any

import pytest

from lambdas.actions._frame.module import PermanentError, TransientError
from lambdas.actions.add_services import module as add_services
from lambdas.actions.generate_invoice import module
from lambdas.orders.decisions.claims import ActionBusy, OrderCanceled
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import PaymentAttempt
from lambdas.payments.gateway import (
    DeclinedError,
    GatewayUnavailableError,
    OutcomeUnknownError,
    Transaction,
)
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.invoices.invoice import InvoiceKind, InvoiceStatus
from tests.support.build import NOW
from tests.unit.actions.conftest import HOLD_KEY, INVOICE, SERVICES, World, then


def invoiced(world: World, **changes: Any) -> None:
    world.order(**{"client_id": "101", **changes})
    world.run(add_services, SERVICES)
    world.run(module, INVOICE)


def an_attempt(**changes: Any) -> PaymentAttempt:
    fields: dict[str, Any] = {
        "key": HOLD_KEY,
        "amount_cents": 24800,
        "currency": "USD",
        "method": "card:x",
        "claim": "c",
        "claim_ends_at": NOW - 1,
    }
    return PaymentAttempt(**{**fields, **changes})


def test_a_hold_is_voided(world: World) -> None:
    world.order()
    world.cancel()

    assert world.undo(module, INVOICE) == {"undone": True}
    assert world.payment() == "voided"
    assert (world.action(INVOICE).state, world.action(INVOICE).reason) == (ActionState.UNDONE, "payment returned")


@pytest.mark.parametrize("token", ["tok_approve", "paypal_captured"])
def test_money_that_was_taken_is_refunded_and_its_invoice_credited(world: World, token: str) -> None:
    invoiced(world, token=token)
    world.cancel()
    world.undo(module, INVOICE)

    note = world.invoice(InvoiceKind.CREDIT_NOTE)
    assert (world.payment(), world.invoice().status) == ("refunded", InvoiceStatus.CREDITED)
    assert (note.number, note.credits_number, note.total_cents) == (1, 1, 24800)
    assert world.action(INVOICE).reason == "payment returned; invoice 1 credited by credit note 1"


def test_an_open_invoice_is_credited_without_a_payment(world: World) -> None:
    invoiced(world, token=None)
    world.cancel()
    world.undo(module, INVOICE)

    assert world.invoice().status is InvoiceStatus.CREDITED
    assert world.action(INVOICE).reason == "invoice 1 credited by credit note 1"


def test_undoing_again_gives_nothing_back_twice(world: World) -> None:
    invoiced(world)
    world.cancel()
    for _ in range(2):
        world.undo(module, INVOICE)

    assert world.payment() == "refunded"
    assert len(world.found("invoices#101", "credit_note#")) == 1


def test_an_undo_that_died_half_way_is_finished(world: World) -> None:
    invoiced(world)
    world.cancel()
    note = world.invoice().model_copy(update={"kind": InvoiceKind.CREDIT_NOTE, "credits_number": 1})
    from lambdas.records.invoices.records import InvoiceRecords

    InvoiceRecords(world.records).issue(note)
    world.undo(module, INVOICE)

    assert (world.payment(), world.invoice().status) == ("refunded", InvoiceStatus.CREDITED)
    assert len(world.found("invoices#101", "credit_note#")) == 1


def test_where_nothing_was_paid_or_invoiced_nothing_is_undone(world: World) -> None:
    world.order(token=None)
    world.cancel()
    before = world.at_present()

    assert world.undo(module, INVOICE) == {"undone": False}
    assert world.at_present() == before


def test_an_order_that_is_not_canceled_is_not_undone(world: World) -> None:
    world.order()
    before = world.at_present()

    assert world.undo(module, INVOICE) == {"undone": False}
    assert (world.at_present(), world.payment()) == (before, "held")


def test_a_payment_that_is_still_under_way_is_waited_for(world: World) -> None:
    world.order(token=None, attempt=an_attempt(claim_ends_at=NOW))
    world.cancel()

    with pytest.raises(TransientError, match="still in progress"):
        world.undo(module, INVOICE)
    assert world.action(INVOICE).state is ActionState.FAILED


def test_a_payment_whose_process_died_is_looked_up_and_given_back(world: World) -> None:
    world.held("tok_approve", 24800)
    world.order(token=None, attempt=an_attempt())
    world.cancel()
    world.undo(module, INVOICE)

    assert world.payment() == "voided"


def test_a_run_that_may_still_have_an_effect_is_waited_for(world: World) -> None:
    world.order()
    world.store.claim("1001", INVOICE, claim="r", now=NOW, ends_at=NOW + 10)
    world.cancel()

    with pytest.raises(ActionBusy):
        world.undo(module, INVOICE)
    world.clock.time = NOW + 11
    assert world.undo(module, INVOICE) == {"undone": True}


def test_what_is_paid_while_the_order_is_canceled_is_given_back(world: World) -> None:
    world.order(client_id="101")
    world.run(add_services, SERVICES)

    with pytest.raises(OrderCanceled):
        world.run(then(module, world.cancel), INVOICE)
    assert (world.payment(), world.invoice().status) == ("refunded", InvoiceStatus.CREDITED)
    assert world.action(INVOICE).result["invoice_number"] == 1
    assert world.action(INVOICE).state is ActionState.UNDONE


class Stuck(SandboxGateway):
    error: Exception

    def void(self, *, key: str, transaction_id: str) -> Transaction:
        raise self.error


@pytest.mark.parametrize(
    ("error", "classed"),
    [
        (GatewayUnavailableError("no way"), TransientError),
        (OutcomeUnknownError("no answer"), TransientError),
        (DeclinedError("the hold is disputed"), PermanentError),
    ],
)
def test_an_undo_that_fails_says_why_and_can_be_repeated(
    world: World, error: Exception, classed: type[Exception]
) -> None:
    world.order()
    world.cancel()
    stuck = Stuck(world.records.name, world.records.client)
    stuck.error = error
    object.__setattr__(world.tools, "gateway", stuck)
    with pytest.raises(classed):
        world.undo(module, INVOICE)
    assert world.action(INVOICE).state is ActionState.FAILED
    object.__setattr__(world.tools, "gateway", world.gateway)

    assert world.undo(module, INVOICE) == {"undone": True}
    assert world.payment() == "voided"
