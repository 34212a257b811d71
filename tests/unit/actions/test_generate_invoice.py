"""Generate Invoice: one invoice, one capture; no money without a document."""

from typing import Any

import pytest

from lambdas.actions._frame.module import PermanentError, TransientError
from lambdas.actions.add_services import module as add_services
from lambdas.actions.generate_invoice import module
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.payments.gateway import (
    DeclinedError,
    GatewayMisusedError,
    GatewayRefusedUsError,
    GatewayUnavailableError,
    LapsedError,
    OutcomeUnknownError,
    Transaction,
)
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.invoices.invoice import InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from tests.support.build import NOW
from tests.unit.actions.conftest import INVOICE, SERVICES, World

TOTAL = 24800


def ready(world: World, **changes: Any) -> Order:
    """Its client is known and its services are made."""
    world.order(**{"client_id": "101", **changes})
    world.run(add_services, SERVICES)
    return world.at_present()


@pytest.mark.parametrize(("named", "kept"), [("capture-7", "capture-7"), ("", "")], ids=["its own", "the payment's"])
def test_the_hold_names_what_was_taken_of_it(world: World, named: str, kept: str) -> None:
    """Where the provider calls it as it calls the payment, that id says it."""

    class Named(SandboxGateway):
        def capture(self, **asked: Any) -> Transaction:
            taken = super().capture(**asked)
            return taken.changed(ids=taken.ids.changed(capture=named or taken.transaction_id))

    object.__setattr__(world.tools, "gateway", Named(world.records.name, world.records.client))
    ready(world)
    world.run(module, INVOICE)
    hold = world.at_present().hold

    assert hold is not None
    assert hold.ids.capture == kept


class Moody(SandboxGateway):
    """Captures as its mood is: it may fail before or after the money moved."""

    captures = 0
    before: Exception | None = None
    after: Exception | None = None

    def capture(self, *, key: str, **asked: Any) -> Transaction:
        self.captures += 1
        if self.before:
            raise self.before
        captured = super().capture(key=key, **asked)
        if self.after:
            raise self.after
        return captured


@pytest.fixture
def moody(world: World) -> Moody:
    gateway = Moody(world.records.name, world.records.client)
    object.__setattr__(world.tools, "gateway", gateway)
    return gateway


def test_the_services_are_invoiced_and_the_held_money_is_taken(world: World) -> None:
    order = ready(world)
    world.run(module, INVOICE)

    invoice = world.invoice()
    assert (invoice.number, invoice.total_cents, invoice.status) == (1, TOTAL, InvoiceStatus.PAID)
    assert order.hold is not None
    assert invoice.transaction_id == order.hold.transaction_id
    assert world.payment() == "captured"
    assert world.action(INVOICE).result == {
        "invoice_number": 1,
        "document_number": "INV-2027-00001",
        "total": "248.00",
        "currency": "USD",
        "status": "paid",
    }


def test_each_charge_has_a_line_that_names_its_service(world: World) -> None:
    ready(world, info={"pack1": {"plan_id": "2"}, "pack2": {"plan_id": "3"}, "pack3": {"plan_id": "4"}})
    world.run(module, INVOICE)

    assert [(line.description, line.amount_cents) for line in world.invoice().lines] == [
        ("Dedicated Server E-2288G, 1 month", 14900),
        ("Dedicated Server E-2288G, set-up", 9900),
        ("Domain Registration, 12 months", 1450),
        ("TLS Certificate", 5900),
    ]


def test_without_a_payment_the_invoice_stays_open(world: World) -> None:
    ready(world, token=None)
    world.run(module, INVOICE)

    assert world.invoice().status is InvoiceStatus.OPEN
    assert world.action(INVOICE).state is ActionState.DONE


def test_paypal_money_that_was_taken_at_submit_is_applied(world: World, moody: Moody) -> None:
    ready(world, token="paypal_captured")
    world.run(module, INVOICE)

    assert (world.invoice().status, moody.captures) == (InvoiceStatus.PAID, 0)


def test_a_free_order_is_paid_at_once(world: World) -> None:
    ready(world, token=None, info={"pack1": {"plan_id": "1", "price": "0", "setup": "0"}})
    world.run(module, INVOICE)

    assert (world.invoice().total_cents, world.invoice().status) == (0, InvoiceStatus.PAID)


def test_where_nothing_is_sold_nothing_is_invoiced_and_the_hold_is_given_back(world: World) -> None:
    world.order(client_id="101")
    world.run(module, INVOICE)

    assert InvoiceRecords(world.records).of_order("1001") is None
    assert (world.payment(), world.action(INVOICE).reason) == ("voided", "nothing to invoice")


def test_a_second_run_takes_nothing_more(world: World, moody: Moody) -> None:
    ready(world)
    world.run(module, INVOICE)

    assert world.run(module, INVOICE) == {"settled_before": True}
    assert moody.captures == 1


def test_a_run_that_died_before_it_settled_leaves_one_invoice_and_one_capture(world: World, moody: Moody) -> None:
    ready(world)
    world.run_and_die_before_settling(module, INVOICE)
    world.run(module, INVOICE)

    assert (world.invoice().number, moody.captures) == (1, 1)
    assert len(world.found("invoices#101", "invoice#")) == 1


def test_a_run_that_died_between_capture_and_invoice_is_continued(world: World, moody: Moody) -> None:
    ready(world)
    moody.after = MemoryError()
    with pytest.raises(Exception, match="MemoryError"):
        world.run(module, INVOICE)
    moody.after = None
    world.run(module, INVOICE)

    assert (world.invoice().status, world.payment()) == (InvoiceStatus.PAID, "captured")
    assert len(world.found("invoices#101", "invoice#")) == 1


def test_a_refused_capture_leaves_an_open_invoice_and_says_why(world: World) -> None:
    ready(world, token="tok_capture_fails")

    with pytest.raises(PermanentError, match="invoice 1 was refused: the bank declined"):
        world.run(module, INVOICE)
    assert world.invoice().status is InvoiceStatus.OPEN
    assert world.action(INVOICE).state is ActionState.FAILED
    assert "process this action again" in world.action(INVOICE).reason


def test_once_the_bank_pays_out_the_same_invoice_is_paid(world: World, moody: Moody) -> None:
    ready(world, token="tok_capture_fails")
    with pytest.raises(PermanentError):
        world.run(module, INVOICE)
    world.records.client.update_item(
        TableName=world.records.name,
        Key={"pk": {"S": f"sandbox#{_transaction(world).removeprefix('sb_')}"}, "sk": {"S": "transaction"}},
        UpdateExpression="SET #token = :token",
        ExpressionAttributeNames={"#token": "token"},
        ExpressionAttributeValues={":token": {"S": "tok_approve"}},
    )
    world.run(module, INVOICE)

    assert (world.invoice().number, world.invoice().status) == (1, InvoiceStatus.PAID)
    assert world.action(INVOICE).state is ActionState.DONE


@pytest.mark.parametrize(("lapses_at", "when"), [(NOW, " on 2027-01-15"), (None, "")])
def test_a_hold_that_lapsed_goes_to_a_person_and_is_no_decline(
    world: World, moody: Moody, lapses_at: int | None, when: str
) -> None:
    order = ready(world)
    assert order.hold is not None
    world.store.save(order.changed(hold=order.hold.changed(capture_before=lapses_at)))
    moody.before = LapsedError()
    with pytest.raises(PermanentError) as told:
        world.run(module, INVOICE)

    assert str(told.value) == (
        f"The hold of 248.00 USD lapsed{when}; ask the client to pay again or charge the invoice, then skip this action"
    )
    assert (world.invoice().status, world.action(INVOICE).state) == (InvoiceStatus.OPEN, ActionState.FAILED)
    assert world.at_present().declined_at == ()


def test_what_the_provider_cannot_do_goes_to_a_person(world: World, moody: Moody) -> None:
    ready(world)
    moody.before = GatewayMisusedError("no such currency")
    with pytest.raises(PermanentError, match="held for invoice 1: no such currency; have that corrected"):
        world.run(module, INVOICE)


def test_while_our_keys_are_refused_the_invoice_waits(world: World, moody: Moody) -> None:
    ready(world)
    moody.before = GatewayRefusedUsError("no such key")
    with pytest.raises(TransientError):
        world.run(module, INVOICE)


def _transaction(world: World) -> str:
    hold = world.at_present().hold
    assert hold is not None
    return hold.transaction_id


def test_an_unknown_outcome_is_looked_up_not_tried_again(world: World, moody: Moody) -> None:
    ready(world)
    moody.after = OutcomeUnknownError("no answer")
    world.run(module, INVOICE)

    assert (world.invoice().status, moody.captures) == (InvoiceStatus.PAID, 1)


@pytest.mark.parametrize("error", [OutcomeUnknownError("no answer"), GatewayUnavailableError("no way")])
def test_where_no_money_moved_it_is_tried_again_later(world: World, moody: Moody, error: Exception) -> None:
    ready(world)
    moody.before = error
    with pytest.raises(TransientError):
        world.run(module, INVOICE)
    assert world.invoice().status is InvoiceStatus.OPEN
    moody.before = None
    world.run(module, INVOICE)

    assert (world.invoice().number, world.invoice().status) == (1, InvoiceStatus.PAID)


def test_more_than_is_held_is_not_taken(world: World) -> None:
    order = ready(world)
    assert order.hold is not None
    world.store.save(order.changed(hold=order.hold.changed(amount_cents=1)))

    with pytest.raises(PermanentError, match="higher than the amount held"):
        world.run(module, INVOICE)
    assert (world.invoice().status, world.payment()) == (InvoiceStatus.OPEN, "held")


def test_a_gateway_that_forgot_the_key_and_refuses_to_capture_again_has_the_money(world: World, moody: Moody) -> None:
    ready(world)
    moody.after = MemoryError()
    with pytest.raises(Exception, match="MemoryError"):
        world.run(module, INVOICE)
    moody.after, moody.before = None, DeclinedError("the payment was captured already")
    world.run(module, INVOICE)

    assert (world.invoice().status, world.payment()) == (InvoiceStatus.PAID, "captured")
