"""Generate Invoice asks for the debit of a bank account whose owner gave a mandate, and waits for its bank for days."""

from typing import Any

import pytest

from lambdas.actions._frame.debit import LONGEST_SECONDS, LOOK_SECONDS
from lambdas.actions._frame.module import PermanentError, TransientError
from lambdas.actions._frame.paused import ActionWaits
from lambdas.actions.add_services import module as add_services
from lambdas.actions.generate_invoice import module
from lambdas.orders.decisions.await_payment import with_payment_check
from lambdas.orders.decisions.deadlines import next_look_at
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.payments.charge import CLAIM_SECONDS, Charges
from lambdas.payments.errors import ChargePendingError
from lambdas.payments.gateway import GatewayUnavailableError, OutcomeUnknownError, Transaction, TransactionState
from lambdas.payments.sandbox import SandboxGateway
from lambdas.payments.sandbox_books import PENDING_SECONDS
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.method_removal import MethodRemovals
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.records.invoices.invoice import InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.watch.sweeper import sweep
from tests.unit.actions.conftest import INVOICE, SERVICES, Died, World
from tests.unit.actions.one_action import ask
from tests.unit.records.builders import a_client

KEY = "invoice:1000000001:charge:1"
MANDATE = {
    "text": "You may debit my account.",
    "language": "en",
    "accepted_at": 1_800_000_000,
    "ip_address": "203.0.113.7",
}


def ordered(world: World, account: str = "ach_later", **info: Any) -> Order:
    """An order by bank account, whose services are made."""
    bank = SandboxGateway(world.records.name, world.records.client, now=world.clock)
    object.__setattr__(world, "gateway", bank)
    object.__setattr__(world.tools, "gateway", bank)
    paid = {"payment_type": "ach", "ach_token": account, "ach_acct": "6789", "mandate": MANDATE, **info}
    world.order(token=None, client_id="101", info={"pack1": {"plan_id": "2"}, **paid})
    world.run(add_services, SERVICES)
    return world.at_present()


def asked(world: World) -> ChecklistAction:
    """Generate Invoice ran, and waits for the bank."""
    with pytest.raises(ActionWaits):
        world.run(module, INVOICE)
    return world.action(INVOICE)


def state(world: World, key: str = KEY) -> TransactionState | None:
    found = world.gateway.find(key)
    return found.state if found else None


def debits(world: World) -> list[TransactionState]:
    """What became of each debit that was ever asked for."""
    keys = (f"invoice:1000000001:charge:{number}" for number in range(1, 6))
    return [each.state for each in map(world.gateway.find, keys) if each]


def test_a_debit_that_is_on_its_way_is_waited_for_and_then_pays(world: World) -> None:
    ordered(world)
    waits = asked(world)

    assert waits.state is ActionState.WAITING
    assert "debit of 248.00 USD" in waits.reason
    assert "nothing is to be done" in waits.reason
    assert waits.look_at == world.clock() + LOOK_SECONDS
    assert (world.invoice().status, state(world)) == (InvoiceStatus.OPEN, TransactionState.PENDING)
    charge = world.invoice().charge
    assert charge is not None
    assert charge.pending_since == world.clock()
    world.clock.time += PENDING_SECONDS
    world.run(module, INVOICE)
    assert (world.action(INVOICE).state, world.invoice().status) == (ActionState.DONE, InvoiceStatus.PAID)
    assert debits(world) == [TransactionState.CAPTURED]


@pytest.mark.parametrize("info", [{"mandate": ""}, {"mandate": {"text": ""}}, {"ach_token": ""}])
def test_nobody_is_debited_without_a_mandate(world: World, info: dict[str, Any]) -> None:
    ordered(world, **info)
    world.run(module, INVOICE)

    assert (world.action(INVOICE).state, world.invoice().status) == (ActionState.DONE, InvoiceStatus.OPEN)
    assert debits(world) == []


def test_a_mandate_is_for_the_account_that_it_was_given_for(world: World) -> None:
    ordered(world, mandate={**MANDATE, "account": "another account"})
    world.run(module, INVOICE)

    assert debits(world) == []


def test_the_clock_asks_where_no_webhook_comes(world: World) -> None:
    ordered(world)
    asked(world)
    world.clock.time += LOOK_SECONDS
    waiting = world.at_present()
    assert next_look_at(waiting) == world.clock()
    world.clock.time += 1
    sweep(world.store, world.clock(), lambda order: order)

    assert world.action(INVOICE).requested_at == world.clock()
    assert world.action(INVOICE).look_at is None
    again = asked(world)
    assert again.look_at == world.clock() + LOOK_SECONDS
    assert debits(world) == [TransactionState.PENDING]


def test_a_bank_that_never_decides_is_for_a_person(world: World) -> None:
    ordered(world)
    asked(world)

    class Undecided(SandboxGateway):
        def find(self, key: str) -> Transaction | None:
            found = super().find(key)
            return found.changed(state=TransactionState.PENDING) if found else None

    object.__setattr__(world.tools, "gateway", Undecided(world.records.name, world.records.client, now=world.clock))
    world.clock.time += LONGEST_SECONDS
    asked(world)
    world.clock.time += 1
    with pytest.raises(PermanentError, match="ask the payment provider"):
        world.run(module, INVOICE)

    assert world.action(INVOICE).look_at is None


def test_a_paid_invoice_wakes_the_order_that_waits_for_its_debit(world: World) -> None:
    ordered(world)
    asked(world)
    woken = with_payment_check(world.at_present(), by="webhook:sandbox", now=world.clock())

    assert woken.actions[str(INVOICE)].requested_at == world.clock()
    assert with_payment_check(woken, by="webhook:sandbox", now=world.clock()) is woken


def test_a_failed_debit_is_for_a_person_with_the_banks_reason_and_is_asked_for_again_only_by_them(world: World) -> None:
    ordered(world, "ach_fails_later")
    asked(world)
    world.clock.time += PENDING_SECONDS
    with pytest.raises(PermanentError, match="the account does not have enough funds"):
        world.run(module, INVOICE)

    failed = world.action(INVOICE)
    assert failed.state is ActionState.FAILED
    assert "invoice 1" in failed.reason
    assert "process this action again" in failed.reason
    assert (world.invoice().status, debits(world)) == (InvoiceStatus.OPEN, [TransactionState.FAILED])
    world.store.save(with_payment_check(world.at_present(), by="webhook:sandbox", now=world.clock()))
    with pytest.raises(PermanentError, match="the account does not have enough funds"):
        world.run(module, INVOICE)
    assert debits(world) == [TransactionState.FAILED]
    ask(world, action_id=INVOICE)
    again = asked(world)
    assert again.state is ActionState.WAITING
    assert debits(world) == [TransactionState.FAILED, TransactionState.PENDING]


def test_a_failure_that_was_written_down_by_somebody_else_is_told_before_anything_is_asked_again(world: World) -> None:
    """A webhook ended the charge, or the run died after it did."""
    ordered(world, "ach_fails_later")
    asked(world)
    world.clock.time += PENDING_SECONDS
    world.run_and_die_before_settling(module, INVOICE)
    assert world.invoice().charge is None
    with pytest.raises(PermanentError, match="the account does not have enough funds"):
        world.run(module, INVOICE)

    assert debits(world) == [TransactionState.FAILED]


def test_a_bank_that_declines_at_once_is_told_alike(world: World) -> None:
    ordered(world, "ach_account_closed")
    with pytest.raises(PermanentError, match="the account is closed"):
        world.run(module, INVOICE)

    assert world.invoice().status is InvoiceStatus.OPEN


@pytest.mark.parametrize("dies", ["before it settles", "after the provider took it"])
def test_a_run_that_dies_debits_nobody_twice(world: World, dies: str) -> None:
    ordered(world)
    if dies == "before it settles":
        world.run_and_die_before_settling(module, INVOICE)
    else:
        bank = world.gateway

        class Dying(SandboxGateway):
            def authorize(self, **asked: Any) -> Transaction:
                super().authorize(**asked)
                raise Died

        object.__setattr__(world.tools, "gateway", Dying(world.records.name, world.records.client, now=world.clock))
        with pytest.raises(Died):
            world.run(module, INVOICE)
        object.__setattr__(world.tools, "gateway", bank)
        world.clock.time += 10 * CLAIM_SECONDS
    asked(world)

    assert debits(world) == [TransactionState.PENDING]


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
@pytest.mark.parametrize("error", [OutcomeUnknownError("cut"), GatewayUnavailableError("down")])
def test_a_provider_that_does_not_answer_is_asked_again_under_the_same_key(
    world: World, error: Exception, after: bool
) -> None:
    ordered(world)
    bank = world.gateway

    class Silent(SandboxGateway):
        def authorize(self, **asked: Any) -> Transaction:
            if after:
                super().authorize(**asked)
            raise error

        def find(self, key: str) -> Transaction | None:
            raise GatewayUnavailableError("down")

    object.__setattr__(world.tools, "gateway", Silent(world.records.name, world.records.client, now=world.clock))
    with pytest.raises(TransientError):
        world.run(module, INVOICE)
    object.__setattr__(world.tools, "gateway", bank)
    world.clock.time += 2 * CLAIM_SECONDS
    asked(world)

    assert debits(world) == [TransactionState.PENDING]


def test_nobody_charges_the_invoice_in_another_way_meanwhile(world: World) -> None:
    ordered(world)
    asked(world)
    card = PaymentMethod(kind=MethodKind.CARD, token="tok_approve", last_four="4242")
    charging = Charges(InvoiceRecords(world.records), world.gateway, world.clock)
    with pytest.raises(ChargePendingError, match="on its way"):
        charging.charge(world.invoice(), "7", card)

    assert world.invoice().status is InvoiceStatus.OPEN


def test_a_canceled_order_gives_a_debit_back_once_it_arrived(world: World) -> None:
    ordered(world)
    asked(world)
    world.cancel()
    with pytest.raises(TransientError):
        world.undo(module, INVOICE)
    world.clock.time += PENDING_SECONDS
    world.undo(module, INVOICE)

    assert debits(world) == [TransactionState.REFUNDED]
    assert world.invoice().status is InvoiceStatus.CREDITED


def test_an_account_that_was_removed_from_the_client_is_not_debited(world: World) -> None:
    """Neither by what the order still says of it: its owner may have revoked the mandate."""
    clients = ClientRecords(world.records)
    account = PaymentMethod(kind=MethodKind.BANK_ACCOUNT, token="ach_later", last_four="6789")
    clients.make(a_client(client_id="101"), account)
    ordered(world)
    assert MethodRemovals(world.records, "101").begin("1001", claim="c") is not None
    world.run(module, INVOICE)

    assert debits(world) == []


def test_a_debit_is_waited_for_though_its_account_was_removed_meanwhile(world: World) -> None:
    account = PaymentMethod(kind=MethodKind.BANK_ACCOUNT, token="ach_later", last_four="6789")
    ClientRecords(world.records).make(a_client(client_id="101"), account)
    ordered(world)
    asked(world)
    assert MethodRemovals(world.records, "101").begin("1001", claim="c") is not None
    asked(world)
    world.clock.time += PENDING_SECONDS
    world.run(module, INVOICE)

    assert (world.invoice().status, debits(world)) == (InvoiceStatus.PAID, [TransactionState.CAPTURED])


@pytest.mark.parametrize("stored", [False, True], ids=["of the order", "of the client"])
def test_the_account_may_be_one_that_the_client_stored(world: World, stored: bool) -> None:
    chosen: dict[str, Any] = {}
    if stored:
        ClientRecords(world.records).make(a_client(client_id="101"), None)
        account = PaymentMethod(kind=MethodKind.BANK_ACCOUNT, token="ach_later", last_four="6789")
        number = PaymentMethodRecords(world.records).add("101", account, is_default=True)
        chosen = {"ach_token": "", "billing_info_id": number}
    ordered(world, **chosen)

    assert asked(world).state is ActionState.WAITING
    charge: Any = world.invoice().charge
    assert charge.billing_info_id == (chosen.get("billing_info_id") or "1001")
