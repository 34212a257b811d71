"""Money that goes back without us, as Stripe tells of it: on the order, its invoice and its client, and never moved by us."""

import json
import random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lambdas.actions._frame.module import PermanentError
from lambdas.actions.generate_invoice import module as generate_invoice
from lambdas.catalog.plan import load_plans
from lambdas.desk.pages.money import money_of
from lambdas.forms.shop import Shop as Forms
from lambdas.orders.decisions.money_back import BY_PROVIDER
from lambdas.orders.events import changes
from lambdas.orders.model.order import Order
from lambdas.payments.effects.certificate import certificate_of
from lambdas.payments.effects.charged_twice import answer_of
from lambdas.payments.effects.order_money import read_money
from lambdas.payments.going_back.noting import MoneyBack
from lambdas.payments.refunds.credit import Credits
from lambdas.read_models.history.deeds import Actor, deed_of
from lambdas.records.broken_promises import BrokenPromises
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.dispute import ClientDisputes
from lambdas.records.invoices.invoice import CreditReason, Invoice, InvoiceStatus
from lambdas.records.invoices.reductions import LineCredit
from lambdas.records.table import RecordTable
from lambdas.watch.invariants.of_payments import PaymentsOfADay
from lambdas.watch.invariants.violation import Promise, Violation
from lambdas.webhooks.applying import Applying
from tests.stand_ins.paid_order import PaidOrder
from tests.stand_ins.paying_lives import StripeCase, _invoiced
from tests.stand_ins.stripe import disputes, refunds
from tests.stand_ins.stripe.server import StripeStandIn
from tests.stand_ins.stripe_gateway import Shop
from tests.stand_ins.webhooks.post import Post
from tests.support.build import Clock as Time
from tests.unit.actions.conftest import INVOICE

TOTAL, TODAY = 24_800, "2027-01-15"


class Clock(Time):
    def advance(self, *, seconds: int) -> None:
        self.time += seconds


class Office(PaidOrder):
    """An order of 248.00 that is invoiced and paid by card, and the webhooks about it."""

    def __init__(self, records: RecordTable, stand_in: StripeStandIn, clock: Clock) -> None:
        self.case, self.books, self.clock = StripeCase(records, clock, stand_in=stand_in), stand_in.books, clock
        _invoiced(self.case)
        shop = SimpleNamespace(stand_in=stand_in, clock=clock, records=records, gateway=self.case.gateway)
        clients = ClientRecords(records)
        forms = SimpleNamespace(service=self.case.service, clients=clients, plans=load_plans())
        self.post = Post(cast("Shop", shop), cast("Forms", forms))
        self.orders = self.case.world.store
        self.hear()  # what came before

    @property
    def charge(self) -> dict[str, Any]:
        return next(iter(self.books.all("ch")))

    def hear(self, chance: random.Random | None = None, *, most_copies: int = 1) -> list[str]:
        """The outcomes of what Stripe tells since the last time."""
        self.clock.advance(seconds=1)
        known = len(self.books.events)
        before = self.post.sender._next
        self.post.deliver(chance, most_copies=most_copies)
        self.post.work(chance)
        events = (self.post.worker.events.get("stripe", each["id"]) for each in self.books.events[before:known])
        return [each.outcome for each in events if each]

    def refund_there(self, cents: int) -> None:
        """Somebody refunds in Stripe's dashboard."""
        refunds.create(self.books, {"payment_intent": self.charge["payment_intent"], "amount": str(cents)})

    def dispute(self, **more: Any) -> dict[str, Any]:
        return disputes.create(self.books, self.charge, **more)

    def differences(self) -> list[str]:
        """What the nightly comparison of the day finds."""
        day = PaymentsOfADay(self.case.gateway, self.orders, self.case.records, TODAY, int(self.clock()))
        return [each.what for each in day.violations()]

    def answer(self) -> str:
        money = read_money(self.order, self.case.gateway, self.case.records, now=self.clock())
        return answer_of(money).sentence

    def credit(self, cents: int | None) -> Invoice:
        """As client.invoice_credit does. `cents`: of the first line; None: all of all lines."""
        credits = Credits(self.case.records, self.case.gateway, self.clock)
        lines = range(1, len(self.invoice.lines) + 1) if cents is None else (1,)
        parts = {number: LineCredit(CreditReason.GOODWILL, cents) for number in lines}
        hold = self.order.hold
        credited, _ = credits.credit(self.invoice, parts, f"r{cents}", payment_key=hold.key if hold else None)
        MoneyBack(self.orders, self.case.records, self.clock, "ada").note_credit(credited)
        return credited


@pytest.fixture
def office(records: RecordTable, stand_in: StripeStandIn) -> Office:
    clock = Clock()
    stand_in.books.now = clock
    return Office(records, stand_in, clock)


def owner_of(order: Order) -> str:
    return order.actions[str(INVOICE)].owner


def test_a_dispute_is_on_the_order_its_client_and_the_worklist(office: Office) -> None:
    before = office.order
    office.dispute(reason="product_not_received")
    assert "disputed" in office.hear()

    order = office.order
    assert order.dispute is not None
    assert (order.dispute.state.value, order.dispute.amount_cents, order.dispute.reason.value) == (
        "open",
        TOTAL,
        "not_received",
    )
    work = office.work["dispute"]
    assert (work.kind.value, work.team, work.due_at) == ("dispute", owner_of(order), order.dispute.answer_by)
    assert [event.name for event in changes(before, order)] == ["OrderPaymentDisputed"]
    deed = deed_of(before, order)
    assert (deed.actor, deed.how, deed.by) == (Actor.PROVIDER, "open_dispute", f"{BY_PROVIDER}stripe")
    line = next(each for each in money_of(order) if each.label == "Disputed")
    assert line.value == "248.00 USD"
    assert line.note.startswith("The payer disputes 248.00 USD at their bank: they did not get what they paid for.")
    (of_client,) = ClientDisputes(office.case.records).of_client("101")
    assert (of_client.order_id, of_client.invoice_id) == ("1001", office.invoice.invoice_id)
    assert of_client.dispute == order.dispute
    assert office.answer() == ("No: 248.00 USD was taken once. 248.00 USD is disputed at the payer's bank.")
    assert office.differences() == []
    assert BrokenPromises(office.case.records).read_all() == []


def test_a_dispute_moves_no_money_of_ours_and_a_cancel_waits_for_its_bank(office: Office) -> None:
    dispute = office.dispute()
    office.hear()
    office.case.world.cancel()
    with pytest.raises(PermanentError, match="disputed at its bank"):
        office.case.world.undo(generate_invoice, INVOICE)

    assert office.case.refunds() == []
    assert "dispute" in office.work  # a cancel answers no bank
    money = read_money(office.order, office.case.gateway, office.case.records, now=office.clock())
    certificate = certificate_of(money, office.case.records)
    assert certificate is not None
    assert "248.00 USD is disputed at the payer's bank" in certificate.left

    disputes.close(office.books, dispute, "lost")
    office.hear()
    office.case.world.undo(generate_invoice, INVOICE)
    assert office.case.refunds() == []
    assert office.invoice.status is InvoiceStatus.CREDITED
    assert office.work == {}
    assert office.differences() == []


def test_a_dispute_that_is_won_leaves_everything_as_it_was(office: Office) -> None:
    dispute = office.dispute()
    office.hear()
    disputes.close(office.books, dispute, "won")
    before = office.order
    assert "disputed" in office.hear()

    order = office.order
    assert order.dispute is not None
    assert (order.dispute.state.value, office.work, office.invoice.refunded_there_cents) == ("won", {}, 0)
    assert deed_of(before, order).how == "win_dispute"
    assert office.case.refunds() == []
    assert office.differences() == []
    assert office.answer().endswith("248.00 USD was disputed, and the payer has nothing back.")


def test_a_dispute_that_is_lost_asks_for_a_credit_note_and_nothing_is_refunded_for_it(office: Office) -> None:
    office.dispute()
    office.hear()
    office.clock.time += disputes.EVIDENCE_SECONDS + 1  # nobody answered
    office.post.shop.stand_in.api.settle()
    office.hear()

    assert set(office.work) == {"refund"}
    assert (office.invoice.refunded_there_cents, office.differences()) == (TOTAL, [])
    (of_client,) = ClientDisputes(office.case.records).of_client("101")
    assert of_client.dispute.state.value == "lost"
    credited = office.credit(None)
    assert (credited.status, credited.refunded_there_cents) == (InvoiceStatus.CREDITED, 0)
    assert office.case.refunds() == []
    assert office.work == {}
    assert office.differences() == []


def test_a_refund_made_at_stripe_is_noted_and_not_made_again(office: Office) -> None:
    before = office.order
    office.refund_there(5_000)
    outcomes = office.hear()

    assert "refunded there" in outcomes
    assert not any("unmatched" in each for each in outcomes)
    order = office.order
    assert order.refund_there is not None
    assert str(order.refund_there.money) == "50.00 USD"
    assert [event.name for event in changes(before, order)] == ["OrderRefundedElsewhere"]
    assert (deed_of(before, order).how, office.work["refund"].team) == ("refund_there", owner_of(order))
    assert (office.invoice.status, office.invoice.refunded_there_cents) == (InvoiceStatus.PAID, 5_000)
    assert office.differences() == []
    assert BrokenPromises(office.case.records).read_all() == []

    credited = office.credit(5_000)
    assert (credited.owed_cents, credited.refunded_there_cents) == (TOTAL - 5_000, 0)
    assert office.case.refunds() == [5_000]
    assert office.order.refund_there is None
    assert office.work == {}
    assert office.differences() == []


def test_what_an_event_did_is_kept_when_it_is_looked_at_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Money moves while it is looked at, so the first look may find that not all agree."""
    really, violation = Applying.differences, Violation(promise=Promise.MATCHED, place="1001", what="a", mend="b")
    looks = iter([[violation]])
    monkeypatch.setattr(Applying, "differences", lambda self, found: next(looks, None) or really(self, found))
    office.refund_there(5_000)

    assert "refunded there" in office.hear()


def test_a_credit_of_more_than_was_refunded_there_refunds_the_rest(office: Office) -> None:
    office.refund_there(3_000)
    office.hear()
    credited = office.credit(5_000)

    assert sorted(office.case.refunds()) == [2_000, 3_000]
    assert (credited.owed_cents, credited.refunded_there_cents, office.differences()) == (TOTAL - 5_000, 0, [])
    office.hear()
    assert (office.work, office.differences()) == ({}, [])


def test_a_credit_of_less_than_was_refunded_there_leaves_the_rest_on_the_worklist(office: Office) -> None:
    office.refund_there(5_000)
    office.hear()
    office.credit(2_000)
    office.hear()

    assert office.case.refunds() == [5_000]
    assert office.order.refund_there is not None
    assert office.order.refund_there.amount_cents == 3_000
    assert (set(office.work), office.differences()) == ({"refund"}, [])


def test_a_refund_of_ours_is_none_that_was_made_there(office: Office) -> None:
    office.credit(4_000)
    outcomes = office.hear()

    assert office.case.refunds() == [4_000]
    assert (office.order.refund_there, office.invoice.refunded_there_cents, office.work) == (None, 0, {})
    assert not any("unmatched" in each or "refunded there" in each for each in outcomes)


def test_a_whole_refund_made_at_stripe_leaves_nothing_for_a_cancel_to_refund(office: Office) -> None:
    office.refund_there(TOTAL)
    office.hear()
    assert (office.invoice.refunded_there_cents, office.differences()) == (TOTAL, [])
    office.case.world.cancel()
    office.case.world.undo(generate_invoice, INVOICE)

    assert office.case.refunds() == [TOTAL]
    assert office.case.documents("credit_note") == [(1, "credited")]
    assert (office.work, office.differences()) == ({}, [])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_events_twice_late_and_in_any_order_come_to_the_same(office: Office, seed: int) -> None:
    chance = random.Random(seed)
    dispute = office.dispute(amount=10_000)
    if chance.random() < 0.5:
        office.hear(chance, most_copies=3)
    disputes.close(office.books, dispute, "lost")
    office.refund_there(2_000)
    office.hear(chance, most_copies=3)
    settled = office.order
    office.post.sender._next = 0
    office.hear(chance, most_copies=3)

    order = office.order
    assert order.revision == settled.revision
    assert order.dispute is not None
    assert order.dispute.state.value == "lost"
    assert order.refund_there is not None
    assert (order.refund_there.amount_cents, office.invoice.refunded_there_cents) == (12_000, 12_000)
    assert (set(office.work), office.differences()) == ({"refund"}, [])


def test_an_event_that_lies_about_a_dispute_is_not_believed(office: Office) -> None:
    lie = {"id": "dp_1", "object": "dispute", "status": "lost", "amount": TOTAL}
    about = {**lie, "payment_intent": office.charge["payment_intent"]}
    event = {"id": "evt_lie", "type": "charge.dispute.closed", "data": {"object": about}}
    before = office.order
    assert office.post.post(*office.post.signed(event)) == 200
    office.post.work()

    assert office.order == before
    assert office.invoice.refunded_there_cents == 0


def test_a_dispute_that_no_event_told_of_is_found_by_the_nightly_comparison(office: Office) -> None:
    office.dispute()
    (what,) = office.differences()
    assert what.endswith("are taken, and its payer disputes it at their bank")
    office.hear()
    assert office.differences() == []


def test_nothing_of_the_payer_is_written_down(office: Office) -> None:
    office.dispute(evidence={"customer_name": "canary of a person"})
    office.hear()

    stored = [*office.case.records.query("disputes#101", "dispute#"), office.order.model_dump()]
    assert len(stored) == 2
    assert "canary" not in json.dumps(stored, default=str)
