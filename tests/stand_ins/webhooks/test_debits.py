"""Debits of bank accounts by Stripe's SDK: asked for once, pending for days, told by webhooks that come early, late or never."""

import random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lambdas.actions._frame.debit import LOOK_SECONDS
from lambdas.actions._frame.module import PermanentError, TransientError
from lambdas.actions._frame.paused import ActionWaits
from lambdas.actions.add_services import module as add_services
from lambdas.actions.generate_invoice import module as generate_invoice
from lambdas.catalog.plan import load_plans
from lambdas.forms.shop import Shop as Forms
from lambdas.orders.decisions.money_back import refund_texts
from lambdas.orders.decisions.open_work import WorkKind, open_work
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.records.clients.client import ClientRecords
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from lambdas.watch.sweeper import sweep
from tests.stand_ins.paying_lives import StripeCase
from tests.stand_ins.stripe.charges import DEBIT_SECONDS, RETURN_SECONDS
from tests.stand_ins.stripe.methods import create_customer, entered
from tests.stand_ins.stripe.server import StripeStandIn
from tests.stand_ins.stripe_gateway import Shop
from tests.stand_ins.webhooks.post import Post
from tests.stand_ins.webhooks.test_money_back import Clock as Time
from tests.unit.actions.conftest import INVOICE, SERVICES

TOTAL = 24_800
MANDATE = {"text": "You may debit my account.", "language": "en", "accepted_at": 1_800_000_000}


class Bank:
    """An order of 248.00 by bank account, whose services are made, and the webhooks about it."""

    def __init__(self, records: RecordTable, stand_in: StripeStandIn, clock: Time) -> None:
        self.case, self.books, self.clock = StripeCase(records, clock, stand_in=stand_in), stand_in.books, clock
        shop = SimpleNamespace(stand_in=stand_in, clock=clock, records=records, gateway=self.case.gateway)
        forms = SimpleNamespace(service=self.case.service, clients=ClientRecords(records), plans=load_plans())
        self.post = Post(cast("Shop", shop), cast("Forms", forms))

    def ordered(self, account: str) -> None:
        token = entered(self.books, account, create_customer(self.books, {})["id"])
        paid = {"payment_type": "ach", "ach_token": token, "ach_acct": "6789", "mandate": MANDATE}
        self.case.world.order(token=None, client_id="101", info={"pack1": {"plan_id": "2"}, **paid})
        self.case.world.run(add_services, SERVICES)

    def run(self) -> None:
        self.case.world.run(generate_invoice, INVOICE)

    def asked(self, account: str) -> None:
        """The debit was asked for, and the order waits."""
        self.ordered(account)
        with pytest.raises(ActionWaits):
            self.run()

    def settle(self) -> None:
        self.clock.advance(seconds=DEBIT_SECONDS)
        self.look()

    def look(self) -> None:
        """The stand-in moves when it is asked."""
        self.case.gateway.find("invoice:1000000001:charge:1")

    def hear(self, chance: random.Random | None = None) -> list[str]:
        self.post.deliver(chance, most_copies=3 if chance else 1)
        self.post.work(chance)
        return self.post.outcomes()

    @property
    def action(self) -> ChecklistAction:
        return self.case.world.action(INVOICE)

    @property
    def invoice(self) -> Invoice:
        found = InvoiceRecords(self.case.records).of_order("1001")
        assert found is not None
        return found

    def intents(self) -> list[tuple[str, int]]:
        return [(each["status"], each["amount"]) for each in self.books.all("pi")]


@pytest.fixture
def bank(records: RecordTable, stand_in: StripeStandIn) -> Bank:
    clock = Time()
    stand_in.books.now = clock
    return Bank(records, stand_in, clock)


def test_a_webhook_days_later_pays_the_invoice_and_the_order_goes_on(bank: Bank) -> None:
    bank.asked("pm_usBankAccount_success")
    assert "undecided" in bank.hear()
    assert (bank.intents(), bank.invoice.status) == ([("processing", TOTAL)], InvoiceStatus.OPEN)
    bank.settle()
    assert "paid" in bank.hear(random.Random(1))

    assert bank.invoice.status is InvoiceStatus.PAID
    assert bank.action.requested_at is not None
    bank.run()
    assert bank.action.state is ActionState.DONE
    assert bank.intents() == [("succeeded", TOTAL)]


def test_a_webhook_that_comes_before_our_answer_is_kept_for_later(bank: Bank) -> None:
    """The process that asked died before it wrote that the debit is pending, and the bank was quicker than its claim."""
    bank.ordered("pm_usBankAccount_success")
    charges = InvoiceRecords.write_charge

    def dies(self: InvoiceRecords, before: Invoice, charge: Any, **paid: Any) -> Invoice | None:
        if charge and charge.pending_since:
            raise SystemExit
        return charges(self, before, charge, **paid)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(InvoiceRecords, "write_charge", dies)
        bank.run()
    for intent in bank.books.all("pi"):
        bank.books.get(intent["latest_charge"], "ch")["settles_at"] = bank.books.at()
    bank.look()
    bank.hear()

    assert bank.invoice.status is InvoiceStatus.PAID
    bank.clock.advance(seconds=600)
    bank.run()
    assert bank.action.state is ActionState.DONE
    assert bank.intents() == [("succeeded", TOTAL)]


def test_the_clock_finds_out_what_no_webhook_tells(bank: Bank) -> None:
    bank.asked("pm_usBankAccount_success")
    for _ in range(DEBIT_SECONDS // LOOK_SECONDS):
        bank.clock.advance(seconds=LOOK_SECONDS + 1)
        sweep(bank.case.world.store, bank.clock(), lambda order: order)
        assert bank.action.requested_at is not None
        if bank.invoice.status is InvoiceStatus.OPEN:
            try:
                bank.run()
            except ActionWaits:
                continue
    assert (bank.action.state, bank.invoice.status) == (ActionState.DONE, InvoiceStatus.PAID)
    assert bank.intents() == [("succeeded", TOTAL)]


@pytest.mark.parametrize(
    ("account", "why"),
    [
        ("pm_usBankAccount_insufficientFunds", "the account does not have enough funds"),
        ("pm_usBankAccount_accountClosed", "the account is closed"),
        ("pm_usBankAccount_noAccount", "there is no such account"),
        ("pm_usBankAccount_debitNotAuthorized", "the account's owner did not allow the debit"),
    ],
)
def test_a_debit_that_fails_is_for_a_person_in_plain_words(bank: Bank, account: str, why: str) -> None:
    bank.asked(account)
    bank.settle()
    assert "charge ended" in bank.hear(random.Random(2))
    assert bank.action.requested_at is not None
    for _ in range(2):  # the webhook's run, and one by a copy that comes late: neither asks for another debit
        with pytest.raises(PermanentError, match=why):
            bank.run()

    assert (bank.action.state, bank.invoice.status) == (ActionState.FAILED, InvoiceStatus.OPEN)
    assert len(bank.intents()) == 1


def test_a_debit_that_its_bank_returns_after_it_succeeded_is_owed_again(bank: Bank) -> None:
    bank.asked("pm_usBankAccount_dispute")
    bank.settle()
    bank.hear()
    bank.run()
    assert bank.action.state is ActionState.DONE
    bank.clock.advance(seconds=RETURN_SECONDS)
    bank.look()
    assert "disputed" in bank.hear(random.Random(3))

    order, invoice = bank.case.order(), bank.invoice
    assert (invoice.status, invoice.refunded_there_cents) == (InvoiceStatus.PAID, TOTAL)
    assert order.refund_there is not None
    assert "refund" in [each.kind.value for each in open_work(order) if each.kind is WorkKind.REFUND]
    why, how = refund_texts(order)
    assert why == "The payer's bank returned the debit: 248.00 USD went back to its payer, who owes it again."
    assert how.startswith("Ask the client to pay in another way.")
    assert bank.intents() == [("succeeded", TOTAL)]


def test_a_debit_that_is_returned_before_anybody_looked_has_failed(bank: Bank) -> None:
    bank.asked("pm_usBankAccount_dispute")
    bank.settle()
    bank.clock.advance(seconds=RETURN_SECONDS)
    bank.look()
    bank.hear(random.Random(4))
    with pytest.raises(PermanentError, match="their bank could not draw the debit after all"):
        bank.run()

    assert bank.invoice.status is InvoiceStatus.OPEN
    assert bank.intents() == [("succeeded", TOTAL)]


def test_an_order_that_was_canceled_meanwhile_gives_back_what_arrives(bank: Bank) -> None:
    bank.asked("pm_usBankAccount_success")
    bank.case.world.cancel()
    with pytest.raises(TransientError):
        bank.case.world.undo(generate_invoice, INVOICE)
    bank.settle()
    bank.hear()
    bank.case.world.undo(generate_invoice, INVOICE)

    assert [each["amount"] for each in bank.books.all("re")] == [TOTAL]
