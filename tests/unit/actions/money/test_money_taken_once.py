"""Generate Invoice took the money, or may have, and could not write it down: nobody takes it a second time.

Before anything is charged, every key that could have taken it is looked up; a skip writes down first what was done.
"""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.actions._frame.module import ActionError, PermanentError, TransientError
from lambdas.actions.add_services import module as add_services
from lambdas.actions.generate_invoice import module
from lambdas.actions.reverse_payment import module as reverse_payment
from lambdas.orders.decisions.operator import manual_actions
from lambdas.orders.errors import OrderError
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.orders.operator_errors import MoneyUnclearError
from lambdas.orders.service import OrderService
from lambdas.payments.charge import CLAIM_SECONDS, Charges
from lambdas.payments.gateway import (
    DeclinedError,
    GatewayUnavailableError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
)
from lambdas.payments.invoice import InvoiceRun
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.clients.client import Client, ClientRecords
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from tests.support.build import a_service
from tests.unit.actions.conftest import APPROVED, HOLD_KEY, INVOICE, SERVICES, World
from tests.unit.actions.one_action import ACTION, an_order_with

CARD = PaymentMethod(kind=MethodKind.CARD, token="tok_approve", last_four="4242")
CHARGE = "invoice:1000000001:charge:1"


class RefusingClient:
    """A client of the table that refuses the n-th of its writes (from 1 on), and lets all others through."""

    def __init__(self, client: Any, refused: int) -> None:
        self._client, self._refused, self.writes = client, refused, 0

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        return self._counted(call) if name in ("put_item", "update_item", "transact_write_items") else call

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def write(**asked: Any) -> Any:
            self.writes += 1
            if self.writes == self._refused:
                answer: Any = {"Error": {"Code": "InternalServerError", "Message": "no"}}
                raise ClientError(answer, "UpdateItem")
            return call(**asked)

        return write


def ready(world: World, token: str | None = APPROVED) -> Order:
    world.order(client_id="101", token=token)
    world.run(add_services, SERVICES)
    return world.at_present()


def service_of(world: World) -> OrderService:
    payments = PreAuthorization(world.tools.gateway, ClientRecords(world.records))
    return a_service(store=world.store, payments=payments, now=world.clock)


def skip(world: World, action_id: int = INVOICE) -> Order:
    return service_of(world).skip(world.at_present(), action_id, by="ada", why="by hand")


def charge(world: World) -> Invoice:
    return Charges(InvoiceRecords(world.records), world.tools.gateway, world.clock).charge(world.invoice(), "7", CARD)


def charged(world: World, key: str = CHARGE) -> TransactionState | None:
    found = world.gateway.find(key)
    return found.state if found else None


def run_with_a_write_refused(world: World, number: int) -> None:
    """One run of the action, of which a write of the records is refused."""
    client: Any = RefusingClient(world.records.client, number)
    object.__setattr__(world.tools, "records", RecordTable(world.records.name, client))
    try:
        world.run(module, INVOICE)
    except ActionError:
        assert client.writes >= number
    finally:
        object.__setattr__(world.tools, "records", world.records)


def run_that_cannot_say_what_it_took(world: World) -> None:
    """Generate Invoice captures, and the write that its invoice is paid is refused."""
    refused: Any = {"Error": {"Code": "InternalServerError", "Message": "no"}}
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(InvoiceRecords, "mark", raising(ClientError(refused, "UpdateItem")))
        with pytest.raises(ActionError):
            world.run(module, INVOICE)
    assert (world.payment(), world.invoice().status) == ("captured", InvoiceStatus.OPEN)


@pytest.mark.parametrize("token", ["tok_approve", "paypal_captured"])
@pytest.mark.parametrize("refused", range(1, 6))
def test_whatever_write_is_refused_a_skip_and_a_charge_take_the_money_once(
    world: World, token: str, refused: int
) -> None:
    ready(world, token)
    run_with_a_write_refused(world, refused)
    if world.action(INVOICE).state is not ActionState.DONE:  # nobody noticed that the last of its writes was refused
        skip(world)
    assert world.run(module, INVOICE) == {"settled_before": True}  # the machine comes by, and lets go of what is held
    invoice = InvoiceRecords(world.records).of_order("1001")

    if invoice is None and token == "tok_approve":
        assert world.payment() == "voided"
        return
    if invoice is None:  # PayPal took it at submit: nobody pays for the same services again
        with pytest.raises(OrderError):
            InvoiceRun(world.records, world.store, world.gateway, world.clock).generate(a_client())
        return
    charge(world)
    taken = [state for state in (world.payment(), charged(world)) if state == TransactionState.CAPTURED]
    assert (world.invoice().status, len(taken)) == (InvoiceStatus.PAID, 1)


def test_money_that_was_taken_pays_its_invoice_when_the_action_is_skipped(world: World) -> None:
    ready(world)
    run_that_cannot_say_what_it_took(world)
    skip(world)
    paid = world.invoice()

    assert (paid.status, world.action(INVOICE).state) == (InvoiceStatus.PAID, ActionState.SKIPPED)
    assert (charge(world), charged(world)) == (paid, None)


def a_client() -> Client:
    return Client.model_validate({"client_id": "101", "brand_id": 1, "created_at": 1})


class Silent(SandboxGateway):
    silent = False

    def find(self, key: str) -> Transaction | None:
        if self.silent:
            raise OutcomeUnknownError("no answer")
        return super().find(key)


@pytest.fixture
def silent(world: World) -> Silent:
    gateway = Silent(world.records.name, world.records.client)
    object.__setattr__(world.tools, "gateway", gateway)
    return gateway


def test_nothing_is_skipped_while_the_gateway_does_not_say_what_became_of_the_money(
    world: World, silent: Silent
) -> None:
    ready(world)
    run_that_cannot_say_what_it_took(world)
    silent.silent = True

    with pytest.raises(MoneyUnclearError, match="ask again in a minute"):
        skip(world)
    assert world.action(INVOICE).state is ActionState.FAILED
    silent.silent = False
    skip(world)
    assert (world.action(INVOICE).state, world.invoice().status) == (ActionState.SKIPPED, InvoiceStatus.PAID)


def test_a_skip_whose_write_is_refused_skips_nothing(world: World) -> None:
    ready(world)
    run_that_cannot_say_what_it_took(world)
    client: Any = RefusingClient(world.records.client, 1)
    payments = PreAuthorization(world.gateway, ClientRecords(RecordTable(world.records.name, client)))

    with pytest.raises(ClientError):
        a_service(store=world.store, payments=payments, now=world.clock).skip(world.at_present(), INVOICE, by="ada")
    assert world.action(INVOICE).state is ActionState.FAILED


def test_another_sum_than_the_invoice_s_is_not_passed_over(world: World) -> None:
    ready(world)
    run_that_cannot_say_what_it_took(world)
    invoice = world.invoice()
    InvoiceRecords(world.records)._update(invoice, "SET total_cents = :t", "attribute_exists(#status)", {":t": 1})

    with pytest.raises(OrderError, match="another sum was taken"):
        skip(world)
    assert world.action(INVOICE).state is ActionState.FAILED


def test_money_taken_at_submit_pays_no_invoice_of_another_sum(world: World) -> None:
    """PayPal's was taken when the order was submitted; what is invoiced came to more or less since then."""
    ready(world, "paypal_captured")
    order = world.at_present()
    assert order.hold
    assert order.hold.captured
    world.gateway.refund(key="by hand", transaction_id=order.hold.transaction_id, amount_cents=100, currency="USD")

    with pytest.raises(PermanentError, match="another sum was taken"):
        world.run(module, INVOICE)

    assert world.invoice().status is InvoiceStatus.OPEN


def skipped_and_asked_for_again(world: World) -> None:
    """Generate Invoice issued its invoice and could not capture; it was skipped, and undone before its hold was let go of."""
    ready(world)
    InvoiceRecords(world.records)
    with pytest.MonkeyPatch.context() as away:
        away.setattr(world.gateway, "capture", raising(GatewayUnavailableError("no way")))
        with pytest.raises(TransientError):
            world.run(module, INVOICE)
    skip(world)


def raising(error: Exception) -> Callable[..., Any]:
    def call(**asked: Any) -> Any:
        raise error

    return call


def begin_again(world: World) -> None:
    world.store.save(manual_actions.unskipped(world.at_present(), INVOICE, by="ada", now=world.clock()))


def test_what_was_charged_by_hand_meanwhile_is_not_captured_too(world: World) -> None:
    skipped_and_asked_for_again(world)
    died = world.gateway
    with pytest.MonkeyPatch.context() as dies:
        dies.setattr(InvoiceRecords, "write_charge", claims_only(InvoiceRecords.write_charge))
        with pytest.raises(KeyboardInterrupt):
            charge(world)
    assert charged(world) is TransactionState.CAPTURED
    begin_again(world)

    with pytest.raises(TransientError, match="being charged"):
        world.run(module, INVOICE)
    world.clock.time += CLAIM_SECONDS + 1
    world.run(module, INVOICE)
    assert (world.invoice().status, world.payment()) == (InvoiceStatus.PAID, "voided")
    assert world.invoice().transaction_id == died.find(CHARGE).transaction_id  # type: ignore[union-attr]


def claims_only(write: Callable[..., Any]) -> Callable[..., Any]:
    """The process ends when it would write down that it charged."""

    def written(self: InvoiceRecords, before: Invoice, attempt: Any, **paid: Any) -> Any:
        if paid.get("status") is InvoiceStatus.PAID:
            raise KeyboardInterrupt
        return write(self, before, attempt, **paid)

    return written


def test_a_hold_that_a_charge_by_hand_left_is_let_go_of(world: World) -> None:
    skipped_and_asked_for_again(world)
    with pytest.MonkeyPatch.context() as dies:
        dies.setattr(world.gateway, "capture", raising(KeyboardInterrupt()))  # type: ignore[arg-type]
        with pytest.raises(KeyboardInterrupt):
            charge(world)
    assert charged(world) is TransactionState.HELD
    begin_again(world)
    world.clock.time += CLAIM_SECONDS + 1
    world.run(module, INVOICE)

    assert (world.invoice().status, world.payment()) == (InvoiceStatus.PAID, "captured")
    assert charged(world) is TransactionState.VOIDED


def test_a_charge_looks_again_once_it_has_its_claim(world: World) -> None:
    """Generate Invoice was asked for again in the moment between the look at its order and the claim of the charge."""
    skipped_and_asked_for_again(world)
    charging = Charges(InvoiceRecords(world.records), world.gateway, world.clock)

    def refuses(claimed: Invoice) -> Invoice:
        assert claimed.charge
        raise MoneyUnclearError("1001", world.action(INVOICE))

    with pytest.raises(MoneyUnclearError):
        charging.charge(world.invoice(), "7", CARD, check_again=refuses)
    assert (world.invoice().charge, charged(world)) == (None, None)


def test_money_that_cannot_be_let_go_of_is_said_beside_the_skip_and_holds_nothing_up(world: World) -> None:
    ready(world)
    skip(world)
    with pytest.MonkeyPatch.context() as disputed:
        disputed.setattr(world.gateway, "void", raising(DeclinedError("the hold is disputed")))
        for _ in range(2):
            assert world.run(module, INVOICE) == {"settled_before": True}

    action = world.action(INVOICE)
    assert action.state is ActionState.SKIPPED
    assert action.reason == (
        "skipped by ada: by hand; the payment could not be returned: the hold is disputed; resolve it with the gateway;"
        " process this action to have it tried again"
    )


OTHERS = (
    {"id": 203, "name": "Add Services", "module": "add_services"},
    {"id": 204, "name": "Generate Invoice", "module": "generate_invoice"},
)


def test_a_skipped_reverse_payment_that_gave_the_money_back_credits_the_invoice_first(world: World) -> None:
    an_order_with(world, reverse_payment, others=OTHERS, token="tok_approve", client_id="101")
    world.run(add_services, 203)
    world.run(module, 204)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr("lambdas.payments.reversal.CreditNotes.credit", refuses_once)
        with pytest.raises(ActionError):
            world.run(reverse_payment, ACTION)
    assert (world.gateway.find(HOLD_KEY).state, world.invoice().status) == (  # type: ignore[union-attr]
        TransactionState.REFUNDED,
        InvoiceStatus.PAID,
    )
    skip(world, ACTION)

    assert (world.invoice().status, world.action(ACTION).state) == (InvoiceStatus.CREDITED, ActionState.SKIPPED)


def refuses_once(*asked: Any) -> Any:
    answer: Any = {"Error": {"Code": "InternalServerError", "Message": "no"}}
    raise ClientError(answer, "UpdateItem")


def test_a_declined_capture_is_no_money_and_may_be_skipped(world: World) -> None:
    ready(world, "tok_capture_fails")
    with pytest.raises(PermanentError):
        world.run(module, INVOICE)
    skip(world)
    world.run(module, INVOICE)

    assert (world.invoice().status, world.payment()) == (InvoiceStatus.OPEN, "voided")
    assert (charge(world).status, charged(world)) == (InvoiceStatus.PAID, TransactionState.CAPTURED)
