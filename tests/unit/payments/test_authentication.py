"""Two who prove themselves at once, wherever one overtakes the other: one hold, one submit, and nothing left behind."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.orders.errors import OrderError
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.submit_errors import AuthenticationRequiredError, PaymentUnknownError
from lambdas.orders.submit_request import CLAIM_SECONDS
from lambdas.payments.gateway import GatewayUnavailableError, Transaction, TransactionState, void_or_refund
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.sandbox import CHALLENGE_SECONDS, SandboxGateway
from lambdas.records.clients.client import ClientRecords
from lambdas.records.table import RecordTable
from tests.support.build import CARD, Clock, a_draft, a_service, hold_key
from tests.support.fakes import InMemoryOrderStore
from tests.support.thorough import examples

ASKING = {**CARD, "cc_token": "tok_sca", "first": "Ada", "email": "ada@example.com", "pack1": {"price": "20"}}
CALLS = ("authorize", "find", "authenticate", "void")


class Interrupted(SandboxGateway):
    """Lets somebody else act before or after its n-th call."""

    rival: Callable[[], None] | None = None
    at, after, calls = 0, False, 0

    def _let(self, after: bool) -> None:
        if self.rival and self.calls == self.at and after is self.after:
            rival, self.rival = self.rival, None
            rival()

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in CALLS:
            return found

        def called(*given: Any, **named: Any) -> Any:
            self.calls += 1
            place = self.calls
            self._let(False)
            result = found(*given, **named)
            if place == self.at:
                self.calls = place
                self._let(True)
            return result

        return called


class World:
    """One order whose card holder was asked, over a fresh store and the given gateway."""

    def __init__(self, gateway: SandboxGateway, records: RecordTable) -> None:
        self.clock = Clock()
        self.gateway = gateway
        self.payments = PreAuthorization(gateway, ClientRecords(records), now=self.clock)
        self.service = a_service(store=InMemoryOrderStore(), payments=self.payments, now=self.clock)
        self.order = self.service.create(a_draft(info=ASKING))
        with pytest.raises(AuthenticationRequiredError) as asked:
            self.service.submit(self.order)
        self.proof = {"challenge_id": asked.value.facts["challenge_id"], "proof": "proof_authenticated"}

    def act(self, what: str) -> None:
        """Whatever is refused is refused; what counts is how the order and the money end."""
        order = self.service.get(order_id=self.order.order_id)
        acts: dict[str, Callable[[], Order]] = {
            "pay": lambda: self.service.authenticate(order, self.proof),
            "fail": lambda: self.service.authenticate(order, {**self.proof, "proof": "no"}),
            "submit": lambda: self.service.submit(order),
            "cancel": lambda: self.service.cancel(order),
            "change": lambda: self.service.update(order, {"info": {"cc_token": "tok_approve"}}),
        }
        with suppress(OrderError):
            acts[what]()

    def read(self) -> Order:
        return self.service.get(order_id=self.order.order_id)

    def transactions(self) -> list[Transaction]:
        keys = (hold_key(self.order, number) for number in range(1, 6))
        return [found for key in keys if (found := self.gateway.find(key))]


def fresh(records: RecordTable) -> Interrupted:
    for item in records.client.scan(TableName=records.name)["Items"]:
        records.client.delete_item(TableName=records.name, Key={"pk": item["pk"], "sk": item["sk"]})
    return Interrupted(records.name, records.client, now=lambda: float(Clock()()))


ACTS = st.sampled_from(["pay", "fail", "submit", "cancel", "change"])


@settings(max_examples=examples(20), derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=ACTS, second=ACTS, then=st.lists(ACTS, max_size=3), where=st.tuples(st.integers(1, 4), st.booleans()))
def test_money_is_held_once_for_a_submitted_order_and_never_for_another(
    records: RecordTable, first: str, second: str, then: list[str], where: tuple[int, bool]
) -> None:
    world = World(gateway := fresh(records), records)
    gateway.calls, (gateway.at, gateway.after) = 0, where
    gateway.rival = lambda: world.act(second)
    world.act(first)
    gateway.rival = None
    for what in then:
        world.act(what)

    order = world.read()
    held = [each.key for each in world.transactions() if each.state is TransactionState.HELD]
    if order.hold:
        assert held == [order.hold.key]
        assert order.submitted_at
    elif order.step_status is StepStatus.CANCELED:
        if order.attempt:  # what the undo of Generate Invoice does
            assert order.attempt.claim_ends_at < world.clock()
            void_or_refund(gateway, order.attempt.key)
        assert not [each for each in world.transactions() if each.state in _LIVE]
    else:
        assert held in ([], [order.attempt.key] if order.attempt else [])


_LIVE = (TransactionState.HELD, TransactionState.NEEDS_AUTHENTICATION)


def test_of_two_proofs_at_once_one_submits(records: RecordTable) -> None:
    for at in (1, 2):
        for after in (False, True):
            world = World(gateway := fresh(records), records)
            gateway.calls, gateway.at, gateway.after = 0, at, after
            gateway.rival = lambda world=world: world.act("pay")
            submitted = world.service.authenticate(world.read(), world.proof)

            assert gateway.rival is None
            assert submitted.hold
            assert [each.state for each in world.transactions()] == [TransactionState.HELD]


def test_a_process_that_died_after_the_proof_is_found_by_the_next_submit(records: RecordTable) -> None:
    world = World(gateway := fresh(records), records)
    order = world.service.get(order_id=world.order.order_id)
    assert order.attempt
    found = gateway.find(order.attempt.key)
    assert found
    gateway.authenticate(key="k", transaction_id=found.transaction_id, proof=world.proof)
    world.clock.time += CLAIM_SECONDS + 1

    assert world.service.submit(order).hold
    assert len(world.transactions()) == 1


def test_a_gateway_that_does_not_answer_leaves_the_challenge_to_be_met_later(
    records: RecordTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(gateway := fresh(records), records)

    def unreachable(**_: Any) -> Transaction:
        raise GatewayUnavailableError("the payment gateway cannot be reached")

    with monkeypatch.context() as broken:
        broken.setattr(gateway, "authenticate", unreachable)
        with pytest.raises(PaymentUnknownError):
            world.service.authenticate(world.read(), world.proof)
    world.clock.time += CLAIM_SECONDS + 1

    assert world.service.authenticate(world.read(), world.proof).hold


def test_a_challenge_nobody_met_in_time_ends_with_the_next_submit(records: RecordTable) -> None:
    world = World(fresh(records), records)
    world.clock.time += CHALLENGE_SECONDS + 1

    with pytest.raises(OrderError, match="did not confirm the payment in time"):
        world.service.submit(world.read())
    assert [each.state for each in world.transactions()] == [TransactionState.VOIDED]
