"""The screen counts declines under each key and for the queue, and asks no gateway for whoever has too many."""

from typing import Any

import pytest

from lambdas.orders.events import changes
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.payment_ports import PaymentForReview
from lambdas.orders.service import OrderService
from lambdas.orders.submit_errors import PaymentRefusedError, ReviewNeededError
from lambdas.payments.gateway import Transaction
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.sandbox import SandboxGateway
from lambdas.payments.screen import PaymentLimits, PaymentScreen, screening
from lambdas.rate_limits.breaker import BreakerRule
from lambdas.rate_limits.failures import Limit
from lambdas.records.clients.client import ClientRecords
from lambdas.records.table import RecordTable
from tests.support.build import CARD, CONTACT, Clock, a_draft, a_service
from tests.support.tables import make_table

HOUR = 3_600
LOOSE = Limit(most=1_000, seconds=HOUR)
QUEUE = BreakerRule(limits=(LOOSE,), quiet_seconds=1_800)
LIMITS = PaymentLimits(order=LOOSE, source=LOOSE, email=LOOSE, card=LOOSE, queue=QUEUE)


def at_most(most: int) -> BreakerRule:
    return BreakerRule(limits=(Limit(most=most, seconds=600),), quiet_seconds=QUEUE.quiet_seconds)


class Counting(SandboxGateway):
    """Every authorisation that was attempted."""

    attempts = 0

    def authorize(self, **asked: Any) -> Transaction:
        self.attempts += 1
        return super().authorize(**asked)


class Shop:
    """Orders over a fresh store, screened by these limits."""

    def __init__(self, records: RecordTable, guards: str, limits: PaymentLimits) -> None:
        self.clock = Clock()
        self.gateway = Counting(records.name, records.client, self.clock)
        clients = ClientRecords(records)
        self.screen: PaymentScreen = screening(
            guards, limits=limits, gateway=self.gateway, clients=clients, now=self.clock, client=records.client
        )
        payments = PreAuthorization(self.gateway, clients, self.clock)
        self.service: OrderService = a_service(payments=payments, screen=self.screen, now=self.clock)

    def order(self, card: str = "tok_decline", source: str = "192.0.2.1", email: str = "ada@example.com") -> Order:
        info = {**CONTACT, **CARD, "cc_token": card, "ip_address": source, "email": email, "pack1": {"price": "20"}}
        return self.service.create(a_draft(info=info))

    def pays(self, card: str = "tok_approve", **order: str) -> str:
        """A new order, submitted once; how that ends."""
        return self.submits(self.order(card, **order))

    def submits(self, order: Order, **how: Any) -> str:
        try:
            self.service.submit(self.read(order), **how)
        except PaymentRefusedError as refused:
            return "not tried" if "too many payments failed" in refused.reason else "declined"
        except ReviewNeededError:
            return "review"
        return "submitted"

    def read(self, order: Order) -> Order:
        return self.service.get(order_id=order.order_id)


@pytest.fixture
def guards(records: RecordTable) -> Any:
    yield make_table(records.client, "guards")
    records.client.delete_table(TableName="guards")


def a_shop(records: RecordTable, guards: str, **limits: Any) -> Shop:
    return Shop(records, guards, LIMITS.model_copy(update=limits))


KEYS = [
    ("source", {"source": "198.51.100.7"}, {"email": "other@example.com"}),
    ("email", {"email": "eve@example.com"}, {"source": "198.51.100.8"}),
    ("card", {"card": "tok_expired_card"}, {"source": "198.51.100.9", "email": "new@example.com"}),
]


@pytest.mark.parametrize(("kind", "same", "differs"), KEYS)
def test_whoever_fails_too_often_under_one_key_is_refused_without_the_gateway_being_asked(
    records: RecordTable, guards: str, kind: str, same: dict[str, str], differs: dict[str, str]
) -> None:
    shop = a_shop(records, guards, **{kind: Limit(most=3, seconds=HOUR)})
    failing = {"card": "tok_decline", **same}
    assert [shop.pays(**{**failing, **differs}) for _ in range(5)] == ["declined"] * 3 + ["not tried"] * 2
    assert shop.gateway.attempts == 3

    assert shop.pays(source="203.0.113.1", email="grace@example.com") == "submitted"
    shop.clock.time += HOUR
    assert shop.pays(**{**failing, **differs}) == "declined"


def test_one_order_does_not_try_card_after_card(records: RecordTable, guards: str) -> None:
    shop = a_shop(records, guards, order=Limit(most=2, seconds=HOUR))
    order = shop.order()
    outcomes = []
    for token in ("tok_decline", "tok_expired_card", "tok_approve"):
        order = shop.service.update(shop.read(order), {"info": {"cc_token": token}})
        outcomes.append(shop.submits(order))

    assert outcomes == ["declined", "declined", "not tried"]
    refused = shop.read(order)
    assert (refused.declines, refused.attempt, refused.is_lead) == (2, None, True)


def test_a_whole_network_of_ipv6_is_one_source(records: RecordTable, guards: str) -> None:
    shop = a_shop(records, guards, source=Limit(most=2, seconds=HOUR))
    outcomes = [
        shop.pays("tok_decline", source=f"2001:db8::{number}", email=f"{number}@x.example") for number in (1, 2, 3)
    ]

    assert outcomes == ["declined", "declined", "not tried"]


def test_only_what_the_bank_declined_counts(records: RecordTable, guards: str) -> None:
    shop = a_shop(records, guards, email=Limit(most=1, seconds=HOUR), queue=at_most(1))
    outcomes = [
        shop.pays(token) for token in ("tok_unavailable", "tok_needs_authentication", "tok_approve", "tok_approve")
    ]

    assert outcomes == ["declined", "declined", "submitted", "submitted"]


def test_nobody_s_address_is_kept_in_clear(records: RecordTable, guards: str) -> None:
    shop = a_shop(records, guards)
    shop.pays("tok_decline", source="198.51.100.7")

    kept = str(records.client.scan(TableName=guards)["Items"])
    assert "window#payments#email#" in kept
    assert "ada@example.com" not in kept
    assert "198.51.100.7" not in kept


def test_without_its_table_the_screen_refuses_nobody(records: RecordTable) -> None:
    shop = a_shop(records, "no_such_table")

    assert [shop.pays("tok_decline"), shop.pays()] == ["declined", "submitted"]


def turned(records: RecordTable, guards: str, most: int = 3) -> Shop:
    """A shop whose queue was turned to review just now."""
    shop = a_shop(records, guards, queue=at_most(most))
    assert [shop.pays("tok_decline") for _ in range(most)] == ["declined"] * most
    return shop


def test_a_queue_with_too_many_declines_turns_to_review(records: RecordTable, guards: str) -> None:
    shop = turned(records, guards)
    order = shop.order("tok_approve", "203.0.113.9", "grace@example.com")
    assert shop.submits(order) == "review"

    waiting = shop.read(order)
    assert waiting.step_status is StepStatus.LEADS
    assert (waiting.review_at, waiting.attempt, waiting.declines, waiting.hold) == (shop.clock.time, None, 0, None)
    assert "many payments of this queue were declined" in waiting.review_because
    before = order.changed(revision=waiting.revision - 1)
    assert "OrderReviewNeeded" in [event.name for event in changes(before, waiting)]
    assert shop.gateway.attempts == 3
    assert shop.submits(order) == "review"
    assert "OrderReviewNeeded" not in [event.name for event in changes(waiting, shop.read(order))]


def test_a_person_who_looked_at_it_submits_it(records: RecordTable, guards: str) -> None:
    shop = turned(records, guards)
    order = shop.order("tok_approve")
    shop.submits(order)

    assert shop.submits(order, reviewed=True) == "submitted"
    done = shop.read(order)
    assert (done.review_at, done.review_because, done.hold is not None) == (None, "", True)


def test_other_queues_go_on(records: RecordTable, guards: str) -> None:
    shop = turned(records, guards)
    order = shop.order("tok_approve")

    shop.screen.check(order.changed(order_queue_id=2))
    with pytest.raises(PaymentForReview, match="submit it with reviewed=1"):
        shop.screen.check(order)


def test_a_queue_may_have_a_limit_of_its_own() -> None:
    limits = PaymentLimits.model_validate_json(LIMITS.model_copy(update={"queues": {1: at_most(2)}}).model_dump_json())

    assert (limits.of_queue(1), limits.of_queue(2)) == (at_most(2), QUEUE)


def test_it_closes_by_itself_and_the_client_may_submit_then(records: RecordTable, guards: str) -> None:
    shop = turned(records, guards)
    order = shop.order("tok_approve")
    assert shop.submits(order) == "review"

    shop.clock.time += QUEUE.quiet_seconds
    assert shop.submits(order) == "submitted"
    assert shop.read(order).review_at is None
