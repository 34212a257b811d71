"""Money that goes back without us, as PayPal tells of it: on the order, its invoice and its client, and never moved by us."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lambdas.actions._frame.module import PermanentError
from lambdas.actions.generate_invoice import module as generate_invoice
from lambdas.catalog.plan import load_plans
from lambdas.forms.shop import Shop as Forms
from lambdas.records.broken_promises import BrokenPromises
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.dispute import ClientDisputes
from lambdas.records.gateway_event import GatewayEvents
from lambdas.records.table import RecordTable
from lambdas.watch.invariants.of_payments import PaymentsOfADay
from lambdas.webhooks import certificates
from tests.stand_ins.paid_order import PaidOrder
from tests.stand_ins.paying_lives import SCENARIOS, TOTAL
from tests.stand_ins.paypal import disputes, payments
from tests.stand_ins.paypal.books import Json
from tests.stand_ins.paypal.server import PayPalStandIn
from tests.stand_ins.through_paypal.lives import PayPalCase
from tests.stand_ins.through_paypal.shop import PayPalShop
from tests.stand_ins.through_paypal.test_webhooks import CERTIFICATE, Post
from tests.stand_ins.webhooks.test_money_back import TODAY, Clock
from tests.unit.actions.conftest import INVOICE


class Office(PaidOrder):
    """An order of 248.00 that is invoiced and paid by PayPal, and the webhooks about it."""

    def __init__(self, records: RecordTable, stand_in: PayPalStandIn, clock: Clock) -> None:
        self.case, self.books, self.clock = PayPalCase(records, clock, stand_in=stand_in), stand_in.books, clock
        SCENARIOS["refund"].prepare(self.case)
        shop = SimpleNamespace(stand_in=stand_in, clock=clock, records=records, gateway=self.case.gateway)
        forms = SimpleNamespace(service=self.case.service, clients=ClientRecords(records), plans=load_plans())
        self.post = Post(cast("PayPalShop", shop), cast("Forms", forms))
        self.hear()  # what came before

    @property
    def capture(self) -> Json:
        return next(iter(self.books.captures.values()))

    def hear(self, *, again: bool = False) -> list[str]:
        """The outcomes of what PayPal tells since the last time; `again`: of everything once more, the latest first."""
        self.clock.advance(seconds=1)
        told = list(reversed(self.books.events)) if again else self.books.events[self.post.sent :]
        self.post.sent = len(self.books.events)
        assert {self.post.post(each) for each in told} <= {200}
        self.post.work()
        found = (GatewayEvents(self.case.records).get("paypal", each["id"]) for each in told)
        return [each.outcome for each in found if each]

    def differences(self) -> list[str]:
        """What the nightly comparison of the day finds."""
        day = PaymentsOfADay(self.case.gateway, self.case.world.store, self.case.records, TODAY, int(self.clock()))
        return [each.what for each in day.violations()]


@pytest.fixture
def office(records: RecordTable, paypal_stand_in: PayPalStandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(certificates, "fetched", lambda url: CERTIFICATE)
    clock = Clock()
    paypal_stand_in.books.now = clock
    yield Office(records, paypal_stand_in, clock)


def test_a_dispute_is_on_the_order_its_client_and_the_worklist(office: Office) -> None:
    disputes.create(office.books, office.capture, reason="MERCHANDISE_OR_SERVICE_NOT_RECEIVED")
    assert office.hear() == ["disputed"]

    order = office.order
    assert order.dispute is not None
    assert (order.dispute.state.value, order.dispute.amount_cents, order.dispute.reason.value) == (
        "open",
        TOTAL,
        "not_received",
    )
    work = office.work["dispute"]
    assert (work.kind.value, work.team) == ("dispute", order.actions[str(INVOICE)].owner)
    assert work.due_at == order.dispute.answer_by == int(office.clock()) - 1 + disputes.ANSWER_SECONDS
    (of_client,) = ClientDisputes(office.case.records).of_client("101")
    assert (of_client.order_id, of_client.invoice_id, of_client.dispute) == (
        "1001",
        office.invoice.invoice_id,
        order.dispute,
    )
    assert office.differences() == []
    assert BrokenPromises(office.case.records).read_all() == []


def test_a_cancel_waits_for_paypal_and_what_was_lost_is_not_refunded_again(office: Office) -> None:
    dispute = disputes.create(office.books, office.capture)
    office.hear()
    office.case.world.cancel()
    with pytest.raises(PermanentError, match="disputed at its bank"):
        office.case.world.undo(generate_invoice, INVOICE)
    assert office.case.refunds() == []

    disputes.update(office.books, dispute, status="UNDER_REVIEW")
    disputes.resolve(office.books, dispute, "RESOLVED_BUYER_FAVOUR")
    office.hear()
    office.case.world.undo(generate_invoice, INVOICE)
    assert office.case.refunds() == []
    assert (office.work, office.differences()) == ({}, [])


def test_events_that_come_twice_late_and_backwards_change_nothing_more(office: Office) -> None:
    dispute = disputes.create(office.books, office.capture)
    disputes.resolve(office.books, dispute, "RESOLVED_SELLER_FAVOUR")
    office.hear()
    order = office.order
    assert order.dispute is not None
    assert (order.dispute.state.value, office.work, office.invoice.refunded_there_cents) == ("won", {}, 0)

    office.hear(again=True)
    assert office.order == order


@pytest.mark.parametrize(
    ("outcome", "returned", "state", "gone"),
    [
        ("RESOLVED_BUYER_FAVOUR", "100.00", "lost", 10_000),
        ("RESOLVED_WITH_PAYOUT", "", "won", 0),
        ("ACCEPTED", "248.00", "lost", TOTAL),
        ("CANCELED_BY_BUYER", "", "won", 0),
        ("DENIED", "", "won", 0),
        ("AN_OUTCOME_OF_TOMORROW", "50.00", "lost", 5_000),
    ],
)
def test_each_outcome_says_how_much_is_gone(office: Office, outcome: str, returned: str, state: str, gone: int) -> None:
    dispute = disputes.create(office.books, office.capture)
    disputes.resolve(office.books, dispute, outcome, returned=returned)
    office.hear()

    order = office.order
    assert order.dispute is not None
    assert (order.dispute.state.value, office.invoice.refunded_there_cents) == (state, gone)
    assert (order.refund_there.amount_cents if order.refund_there else 0) == gone


def test_a_refund_made_at_paypal_asks_for_a_credit_note(office: Office) -> None:
    payments.refund(office.books, office.capture["id"], {"amount": {"currency_code": "USD", "value": "48.00"}})
    assert office.hear() == ["refunded there"]

    assert office.order.refund_there is not None
    assert office.order.refund_there.amount_cents == 4_800
    assert office.work["refund"].kind.value == "refund"
    assert office.invoice.refunded_there_cents == 4_800


def test_a_capture_that_paypal_took_back_counts_as_refunded(office: Office) -> None:
    disputes.reverse(office.books, office.capture)
    assert office.hear() == ["refunded there"]

    assert office.order.refund_there is not None
    assert office.order.refund_there.amount_cents == TOTAL
    office.case.world.cancel()
    office.case.world.undo(generate_invoice, INVOICE)
    assert office.case.refunds() == []


def test_a_dispute_of_money_that_no_order_knows_stands_on_the_worklist(paypal: PayPalShop, office: Office) -> None:
    captured = paypal.captured(key="nobody's", order_id="999999")
    office.hear()
    disputes.create(office.books, office.books.captures[captured.ids.capture])
    office.hear()

    (found,) = BrokenPromises(office.case.records).read_all()
    assert "neither an order nor an invoice knows that payment" in found.what


def test_a_dispute_of_another_installation_on_the_account_is_left_alone(office: Office) -> None:
    strange: dict[str, Any] = {**office.capture, "id": "ELSEWHERE1", "invoice_id": "another:1001"}
    dispute = disputes.create(office.books, strange)
    assert office.hear() == ["not ours"]
    assert dispute["status"] != "RESOLVED"
    assert office.order.dispute is None
