"""Disputed payments, which every adapter of the port shows alike: nothing is refunded meanwhile, and what is lost is gone."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.orders.dispute import DisputeReason, DisputeState
from lambdas.payments.effects.recorded_gateway import payment_of
from lambdas.payments.gateway import DeclinedError, Gateway, GatewayUnavailableError, Transaction, TransactionState
from lambdas.payments.paypal.disputes import named_dispute
from lambdas.payments.sandbox import SandboxGateway
from lambdas.payments.sandbox_books import DISPUTE_SECONDS
from lambdas.records.clients.payment_method import APPROVAL
from lambdas.records.table import RecordTable
from tests.stand_ins.paypal import disputes as paypal_disputes
from tests.stand_ins.stripe import disputes
from tests.stand_ins.stripe_gateway import Shop
from tests.stand_ins.through_paypal.shop import PayPalShop
from tests.support.build import Clock

KEY = "1001:submit:authorize:1"


@dataclass(frozen=True)
class Bank:
    """`token`: of a card whose charges are disputed at once. `decide`: lets the bank of its holder decide, for us or not.
    `dispute`: what its payer does beside that. `payer`: what they do before money is held.
    """

    gateway: Gateway
    token: Callable[[bool], str]
    decide: Callable[[bool], None]
    dispute: Callable[[], None] = lambda: None
    payer: Callable[[Transaction], Transaction] = lambda held: held

    def disputed(self, *, won: bool = False) -> Transaction:
        """A captured payment of 20.00, whose dispute is going to be won or lost."""
        held = self.gateway.authorize(
            key=KEY, token=self.token(won), amount_cents=2_000, currency="USD", order_id="1001"
        )
        self.payer(held)
        self.gateway.capture(
            key=f"{KEY}:capture", transaction_id=held.transaction_id, amount_cents=2_000, currency="USD"
        )
        self.dispute()
        return self.found()

    def found(self) -> Transaction:
        found = self.gateway.find(KEY)
        assert found is not None
        looked_up = self.gateway.look_up(found.transaction_id)
        assert looked_up is not None
        assert looked_up.transaction == found
        return found

    def refund(self, cents: int | None = None, key: str = "refund") -> Transaction:
        return self.gateway.refund(
            key=f"{KEY}:{key}", transaction_id=self.found().transaction_id, currency="USD", amount_cents=cents
        )


@pytest.fixture
def sandbox(records: RecordTable) -> Bank:
    clock = Clock()

    def decide(won: bool) -> None:
        clock.time += DISPUTE_SECONDS

    tokens = {True: "tok_disputed_in_vain", False: "tok_disputed"}
    return Bank(SandboxGateway(records.name, records.client, now=clock), tokens.__getitem__, decide)


@pytest.fixture
def stripe(shop: Shop) -> Bank:
    def decide(won: bool) -> None:
        if won:
            disputes.close(shop.stand_in.books, shop.booked("dp")[0], "won")
        else:
            shop.clock.advance(seconds=disputes.EVIDENCE_SECONDS)  # nobody answered

    return Bank(shop.gateway, lambda won: shop.token("pm_card_createDispute"), decide)


@pytest.fixture
def of_paypal(paypal: PayPalShop) -> Bank:
    books = paypal.stand_in.books

    def dispute() -> None:
        """The payer disputes, and PayPal tells of it."""
        made = paypal_disputes.create(books, next(iter(books.captures.values())))
        assert paypal.gateway.look_up(named_dispute(made["dispute_id"])) is not None

    def decide(won: bool) -> None:
        if won:
            paypal_disputes.resolve(books, next(iter(books.disputes.values())), "RESOLVED_SELLER_FAVOUR")
        else:
            paypal.clock.advance(seconds=paypal_disputes.ANSWER_SECONDS)

    return Bank(paypal.gateway, lambda won: APPROVAL, decide, dispute, paypal.have_held)


@pytest.fixture(params=["sandbox", "stripe", "of_paypal"])
def bank(request: pytest.FixtureRequest) -> Bank:
    found: Bank = request.getfixturevalue(request.param)
    return found


def test_an_open_dispute_shows_and_nothing_is_refunded_meanwhile(bank: Bank) -> None:
    found = bank.disputed()

    assert found.dispute is not None
    assert (found.dispute.state, found.dispute.amount_cents, found.dispute.reason) == (
        DisputeState.OPEN,
        2_000,
        DisputeReason.FRAUDULENT,
    )
    assert found.dispute.answer_by is not None
    assert found.dispute.answer_by > found.dispute.opened_at
    assert (found.state, found.kept_cents) == (TransactionState.CAPTURED, 2_000)
    for cents in (None, 500):
        with pytest.raises(DeclinedError, match="disputed at its bank"):
            bank.refund(cents)
    assert bank.found() == found


def test_what_a_dispute_loses_went_back_and_is_not_refunded_again(bank: Bank) -> None:
    bank.disputed()
    bank.decide(False)

    lost = bank.found()
    assert lost.dispute is not None
    assert lost.dispute.state is DisputeState.LOST
    assert (lost.state, lost.refunded_cents, lost.kept_cents) == (TransactionState.REFUNDED, 2_000, 0)
    assert payment_of(lost).kept_cents == 0
    assert bank.refund().state is TransactionState.REFUNDED
    assert bank.found() == lost


def test_a_dispute_that_is_won_leaves_the_payment_as_it_was(bank: Bank) -> None:
    bank.disputed(won=True)
    bank.decide(True)

    won = bank.found()
    assert won.dispute is not None
    assert (won.dispute.state, won.state, won.kept_cents) == (DisputeState.WON, TransactionState.CAPTURED, 2_000)
    assert bank.refund(500).refunded_cents == 500
    assert bank.found().kept_cents == 1_500


def test_the_first_answer_to_a_refund_stays_though_the_rest_is_disputed(stripe: Bank, shop: Shop) -> None:
    shop.captured()
    refunded = shop.gateway.refund(
        key="r", transaction_id=shop.again().transaction_id, currency="USD", amount_cents=500
    )
    disputes.create(shop.stand_in.books, shop.booked("ch")[0], amount=1_500)
    again = shop.gateway.refund(key="r", transaction_id=refunded.transaction_id, currency="USD", amount_cents=500)

    assert (again.refunded_cents, len(shop.booked("re"))) == (500, 1)


def test_several_disputes_of_one_payment_come_to_no_more_than_it(shop: Shop) -> None:
    shop.captured()
    books, charge = shop.stand_in.books, shop.booked("ch")[0]
    first = disputes.create(books, charge, amount=1_500, reason="product_not_received")
    disputes.close(books, first, "lost")
    disputes.create(books, charge, amount=900, reason="a reason of tomorrow")

    found = shop.again()
    assert found.dispute is not None
    assert (found.dispute.reason, found.dispute.is_open, found.kept_cents) == (DisputeReason.OTHER, True, 500)
    disputes.close(books, shop.booked("dp")[0], "lost")
    assert shop.again().kept_cents == 0


def test_an_inquiry_that_was_closed_took_nothing(shop: Shop) -> None:
    shop.captured()
    books = shop.stand_in.books
    asked = disputes.create(books, shop.booked("ch")[0], reason="general", status="warning_needs_response")
    assert shop.again().dispute is not None
    disputes.close(books, asked, "warning_closed")

    found = shop.again()
    assert found.dispute is not None
    assert (found.dispute.state, found.kept_cents) == (DisputeState.WON, 2_000)


def test_a_payment_whose_disputes_cannot_be_read_is_not_known(shop: Shop, dynamodb: DynamoDBClient) -> None:
    shop.captured()
    disputes.create(shop.stand_in.books, shop.booked("ch")[0])
    with shop.stand_in.away(), pytest.raises(GatewayUnavailableError):
        shop.again()
