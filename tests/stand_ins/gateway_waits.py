"""The gateway's contract for payments that wait: for their card holder, or for a provider that decides days later."""

from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, consumes, invariant, multiple, rule

from lambdas.orders.payment_ports import ABSENT, Payer
from lambdas.payments.gateway import (
    DeclinedError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
    void_or_refund,
)
from tests.stand_ins.gateway_contract import CURRENCY, Expected, GatewayContract, Rig

_KEYS = count(1)
_OPEN = (TransactionState.NEEDS_AUTHENTICATION, TransactionState.PENDING)
_ENDED = (TransactionState.VOIDED, TransactionState.FAILED)


@dataclass
class Waiting:
    """A payment that is not decided, or that came to nothing."""

    key: str
    transaction: Transaction
    token: str
    is_over: bool = False


class WaitingPayments(GatewayContract):
    waiting = Bundle[Waiting]("waiting")
    pending = Bundle[tuple[Waiting, bool]]("pending")

    def __init__(self, rig: Rig) -> None:
        super().__init__(rig)
        self.undecided: list[Waiting] = []

    @rule(target=waiting, amount=st.integers(1_000, 9_000), is_answer_lost=st.booleans())
    def ask_the_holder(self, amount: int, is_answer_lost: bool) -> Waiting:
        """The repetition comes from another browser, which has another way back."""
        key, token = self._fresh(), self.rig.asking()
        backs = iter(["https://shop.example/back?state=1", "https://shop.example/back?state=2"])
        self._ask(lambda: self._begin(key, token, amount, Payer(return_to=next(backs))), is_answer_lost)
        return self._noted(key, token, TransactionState.NEEDS_AUTHENTICATION)

    @rule(amount=st.integers(1_000, 9_000), is_answer_lost=st.booleans())
    def ask_nobody(self, amount: int, is_answer_lost: bool) -> None:
        key, token = self._fresh(), self.rig.asking()
        with pytest.raises(DeclinedError):
            self._ask(lambda: self._begin(key, token, amount, ABSENT), is_answer_lost)
        found = self.gateway.find(key)
        assert found is None or found.state in _ENDED

    @rule(target=GatewayContract.payments, asked=consumes(waiting), proved=st.booleans(), is_answer_lost=st.booleans())
    def answer(self, asked: Waiting, proved: bool, is_answer_lost: bool) -> Expected | MultipleResults[Expected]:
        challenge = asked.transaction.challenge
        assert challenge is not None
        if asked.is_over or self.rig.now() > challenge.expires_at:
            return multiple()
        proof = self.rig.answer(asked.transaction, proved)
        if proved:
            self._ask(lambda: self._authenticate(asked, proof), is_answer_lost)
            return self._now_held(asked)
        with pytest.raises(DeclinedError):
            self._authenticate(asked, proof)
        asked.is_over = True
        return multiple()

    @rule(asked=waiting)
    def come_back_too_late(self, asked: Waiting) -> None:
        challenge = asked.transaction.challenge
        assert challenge is not None
        if self.rig.declines_late and not asked.is_over and self.rig.now() > challenge.expires_at:
            with pytest.raises(DeclinedError):
                self._authenticate(asked, {"challenge_id": challenge.challenge_id, "proof": "proof_authenticated"})
            asked.is_over = True

    @rule(asked=waiting)
    def take_what_is_not_held(self, asked: Waiting) -> None:
        with pytest.raises(DeclinedError):
            self._capture_of(asked)

    @rule(asked=waiting)
    def give_up_asking(self, asked: Waiting) -> None:
        for _ in range(2):
            void_or_refund(self.gateway, asked.key)
        asked.is_over = True

    @rule(target=pending, amount=st.integers(1_000, 9_000), arrives=st.booleans(), is_answer_lost=st.booleans())
    def draw(
        self, amount: int, arrives: bool, is_answer_lost: bool
    ) -> tuple[Waiting, bool] | MultipleResults[tuple[Waiting, bool]]:
        if self.rig.later is None:
            return multiple()
        key, token = self._fresh(), self.rig.later(arrives)
        self._ask(lambda: self._begin(key, token, amount, Payer()), is_answer_lost)
        return self._noted(key, token, TransactionState.PENDING), arrives

    @rule(drawn=pending)
    def touch_what_is_not_decided(self, drawn: tuple[Waiting, bool]) -> None:
        waits, _ = drawn
        if not waits.is_over:
            with pytest.raises(OutcomeUnknownError):
                void_or_refund(self.gateway, waits.key)
            with pytest.raises(DeclinedError):
                self._capture_of(waits)

    @rule(target=GatewayContract.payments, drawn=consumes(pending))
    def wait_for_the_decision(self, drawn: tuple[Waiting, bool]) -> Expected | MultipleResults[Expected]:
        waits, arrives = drawn
        self.rig.advance(self.rig.pending_seconds)
        self.let_time_pass(1)
        waits.is_over = True
        found = self._found(waits)
        if not arrives:
            assert found.state is TransactionState.FAILED
            return multiple()
        assert found.state is TransactionState.CAPTURED
        return self._known(waits, found)

    @invariant()
    def what_waits_keeps_nothing(self) -> None:
        for waits in self.undecided:
            found = self._found(waits)
            assert found.kept_cents == 0
            assert found.state in (_ENDED if waits.is_over else (waits.transaction.state,))

    @rule(days=st.integers(1, 5))
    def let_time_pass(self, days: int) -> None:
        """A debit that is not looked at again in time is decided all the same, and leaves what is watched here.

        So does a payment that nobody approved, at a provider that forgets those by itself.
        """
        super().let_time_pass(days)
        for waits in list(self.undecided):
            if self._ends_by_itself(waits) and self._found(waits).state not in _OPEN:
                waits.is_over = True
                if self._found(waits).is_taken:
                    self.undecided.remove(waits)

    def _ends_by_itself(self, waits: Waiting) -> bool:
        challenge = waits.transaction.challenge
        is_forgotten = challenge is not None and not self.rig.declines_late and self.rig.now() > challenge.expires_at
        return is_forgotten or waits.transaction.state is TransactionState.PENDING

    def _begin(self, key: str, token: str, amount_cents: int, payer: Payer) -> Transaction:
        asked: dict[str, Any] = {"key": key, "token": token, "currency": CURRENCY, "order_id": "1001"}
        return self.gateway.authorize(amount_cents=amount_cents, payer=payer, **asked)

    def _authenticate(self, asked: Waiting, proof: dict[str, str]) -> Transaction:
        names = {"key": f"{asked.key}:authenticate", "transaction_id": asked.transaction.transaction_id}
        return self.gateway.authenticate(proof=proof, **names)

    def _capture_of(self, waits: Waiting) -> Transaction:
        names = {"key": f"{waits.key}:capture", "transaction_id": waits.transaction.transaction_id}
        return self.gateway.capture(amount_cents=500, currency=CURRENCY, **names)

    def _noted(self, key: str, token: str, state: TransactionState) -> Waiting:
        found = self.gateway.find(key)
        assert found is not None
        assert found.state is state
        assert (found.challenge is not None) == (state is TransactionState.NEEDS_AUTHENTICATION)
        waits = Waiting(key, found, token)
        self.undecided.append(waits)
        return waits

    def _now_held(self, asked: Waiting) -> Expected:
        found = self._found(asked)
        assert found.state is TransactionState.HELD
        expected = self._known(asked, found)
        expected.asks = True
        return expected

    def _known(self, waits: Waiting, found: Transaction) -> Expected:
        """What waited is a payment as any other from now on."""
        self.undecided = [each for each in self.undecided if each.key != waits.key]
        before = found.capture_before or 0
        expected = Expected(waits.key, found.transaction_id, waits.token, found.amount_cents, before, found.state)
        self.known.append(expected)
        return expected

    def _found(self, waits: Waiting) -> Transaction:
        found = self.gateway.find(waits.key)
        assert found is not None
        assert found.transaction_id == waits.transaction.transaction_id
        return found

    def _fresh(self) -> str:
        return f"contract:waiting:{next(_KEYS)}"
