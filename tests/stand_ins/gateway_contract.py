"""What every adapter of the gateway port keeps, as a machine that asks for payments, loses answers and lets time pass.

An adapter runs it by one fixture: a `Rig` with the gateway, its clock, and a token of a card that holds and captures.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from lambdas.payments.gateway import (
    DeclinedError,
    Gateway,
    GatewayMisusedError,
    LapsedError,
    TooSoonError,
    Transaction,
    TransactionState,
    void_or_refund,
)

CURRENCY, OTHER_CURRENCY = "USD", "EUR"
_DAY_SECONDS = 86_400
_KEYS = count(1)  # One table serves all runs, so no key comes twice.


@dataclass(frozen=True)
class Rig:
    """`name`: the adapter's. `token`: makes a token of a card that holds, then captures; `asking`: of one whose bank asks its
    holder first.

    `answer`: what the holder does on their bank's page, whether they prove themselves; it returns what their browser comes back
    with. `later`: makes a token of a debit that arrives, or fails, after `pending_seconds`; None: it knows no such payment.

    `held`: has a payment that was begun held, where its payer must first do something. `renews_from`, `renews_once`: from how old
    on a hold is renewed, and whether only once. `declines_late`: whether it gives a payment up that nobody answered in time,
    or else forgets it by itself.
    """

    gateway: Gateway
    now: Callable[[], float]
    advance: Callable[[float], None]
    token: Callable[[], str]
    asking: Callable[[], str]
    answer: Callable[[Transaction, bool], dict[str, str]]
    later: Callable[[bool], str] | None
    pending_seconds: int
    name: str = "sandbox"
    held: Callable[[Transaction], Transaction] = lambda begun: begun
    renews_from: int = 0
    renews_once: bool = False
    declines_late: bool = True


@dataclass
class Expected:
    """A payment as it must be at the gateway."""

    key: str
    transaction_id: str
    token: str
    amount_cents: int
    capture_before: int
    state: TransactionState = TransactionState.HELD
    refunded_cents: int = 0
    asks: bool = False
    held_at: int = 0
    is_renewed: bool = False

    @property
    def is_renewal(self) -> bool:
        return "+" in self.key

    @property
    def left_cents(self) -> int:
        return self.amount_cents - self.refunded_cents

    @property
    def is_taken(self) -> bool:
        return self.state in (TransactionState.CAPTURED, TransactionState.PARTLY_REFUNDED)


shares = st.integers(1, 100)  # percent


class GatewayContract(RuleBasedStateMachine):
    payments = Bundle[Expected]("payments")

    def __init__(self, rig: Rig) -> None:
        super().__init__()
        self.rig, self.gateway = rig, rig.gateway
        self.known: list[Expected] = []
        self.days = {self._today()}

    @rule(target=payments, amount=st.integers(1_000, 9_000), is_answer_lost=st.booleans())
    def authorize(self, amount: int, is_answer_lost: bool) -> Expected:
        key, token = f"contract:{next(_KEYS)}", self.rig.token()
        assert self.gateway.find(key) is None
        self._ask(lambda: self._authorize(key, token, amount), is_answer_lost)
        held = self.gateway.find(key)
        assert held is not None
        assert held.capture_before is not None
        assert held.held_at is not None
        assert held.held_at <= self.rig.now() < held.capture_before
        assert held.gateway == self.rig.name
        assert held.ids.authorization
        assert not held.ids.capture
        expected = Expected(key, held.transaction_id, token, amount, held.capture_before, held_at=held.held_at)
        self.known.append(expected)
        return expected

    @rule(payment=payments)
    def authorize_again(self, payment: Expected) -> None:
        """A known key holds nothing more, whatever became of its payment since. A renewal has another kind of key."""
        if payment.state is TransactionState.HELD and not payment.is_renewal:
            again = self._authorize(payment.key, payment.token, payment.amount_cents)
            assert again.transaction_id == payment.transaction_id

    @rule(payment=payments, share=shares, is_answer_lost=st.booleans())
    def capture(self, payment: Expected, share: int, is_answer_lost: bool) -> None:
        amount = payment.amount_cents if payment.is_taken else max(500, payment.amount_cents * share // 100)
        match payment.state:
            case TransactionState.LAPSED:
                with pytest.raises(LapsedError):
                    self._capture(payment, amount)
            case TransactionState.VOIDED | TransactionState.REFUNDED:
                with pytest.raises(DeclinedError):
                    self._capture(payment, amount, ":late")
            case TransactionState.HELD:
                self._ask(lambda: self._capture(payment, amount), is_answer_lost)
                payment.state, payment.amount_cents = TransactionState.CAPTURED, amount
                assert self._capture(payment, amount).ids.capture
            case _:  # it was captured: as it stands
                assert self._capture(payment, amount, ":again").transaction_id == payment.transaction_id

    @rule(target=payments, payment=payments, is_answer_lost=st.booleans())
    def renew(self, payment: Expected, is_answer_lost: bool) -> Expected:
        """The new hold is the old one's money under another key. At no moment are both held."""
        key = f"{payment.key.partition('+')[0]}+{next(_KEYS)}"
        if payment.asks:
            return payment  # its bank asks its holder, who is not there when a hold is renewed
        if refusal := self._refuses_renewal(payment):
            with pytest.raises(refusal):
                self._renew(payment, key)
            assert self.gateway.find(key) is None
            return payment
        self._ask(lambda: self._renew(payment, key), is_answer_lost)
        held = self.gateway.find(key)
        assert held is not None
        assert held.capture_before is not None
        assert (held.amount_cents, held.order_id, held.is_held) == (payment.amount_cents, "1001", True)
        assert held.capture_before > self.rig.now()
        if payment.state is TransactionState.HELD:
            payment.state = TransactionState.VOIDED
        renewed = Expected(key, held.transaction_id, payment.token, payment.amount_cents, held.capture_before)
        renewed.held_at, renewed.is_renewed = held.held_at or 0, True
        self.known.append(renewed)
        return renewed

    def _refuses_renewal(self, payment: Expected) -> type[Exception] | None:
        """The error with which the provider refuses to renew the hold; None if it renews it."""
        if payment.state not in (TransactionState.HELD, TransactionState.LAPSED):
            return DeclinedError
        if self.rig.renews_once and (payment.is_renewed or payment.state is TransactionState.LAPSED):
            return DeclinedError
        is_young = self.rig.now() <= payment.held_at + self.rig.renews_from
        return TooSoonError if self.rig.renews_from and is_young else None

    @rule(payment=payments, call=st.sampled_from(["capture", "refund"]))
    def ask_in_another_currency(self, payment: Expected, call: str) -> None:
        if payment.state is TransactionState.HELD if call == "capture" else payment.is_taken:
            with pytest.raises(GatewayMisusedError):
                getattr(self.gateway, call)(
                    key=f"{payment.key}:{call}:{OTHER_CURRENCY}",
                    transaction_id=payment.transaction_id,
                    amount_cents=1,
                    currency=OTHER_CURRENCY,
                )

    @rule(payment=payments)
    def capture_more_than_is_held(self, payment: Expected) -> None:
        if payment.state is TransactionState.HELD:
            with pytest.raises(GatewayMisusedError):
                self._capture(payment, payment.amount_cents + 1, ":more")

    @rule(payment=payments, is_answer_lost=st.booleans())
    def void(self, payment: Expected, is_answer_lost: bool) -> None:
        match payment.state:
            case TransactionState.LAPSED:
                with pytest.raises(LapsedError):
                    self._void(payment)
            case TransactionState.HELD | TransactionState.VOIDED:
                self._ask(lambda: self._void(payment), is_answer_lost)
                payment.state = TransactionState.VOIDED
            case _:
                with pytest.raises(DeclinedError):
                    self._void(payment)

    @rule(payment=payments, share=shares, is_answer_lost=st.booleans())
    def refund(self, payment: Expected, share: int, is_answer_lost: bool) -> None:
        key, cents = f"{payment.key}:refund:{next(_KEYS)}", max(1, payment.left_cents * share // 100)
        if not payment.is_taken:
            return
        self._ask(lambda: self._refund(payment, key, cents), is_answer_lost)
        payment.refunded_cents += cents
        payment.state = TransactionState.PARTLY_REFUNDED if payment.left_cents else TransactionState.REFUNDED
        self._refund(payment, key, cents)  # the same key once more
        with pytest.raises(GatewayMisusedError):
            self._refund(payment, key, cents + 1)

    @rule(payment=payments)
    def refund_more_than_is_left(self, payment: Expected) -> None:
        if payment.is_taken:
            with pytest.raises(DeclinedError):
                self._refund(payment, f"{payment.key}:refund:{next(_KEYS)}", payment.left_cents + 1)

    @rule(payment=payments)
    def give_up(self, payment: Expected) -> None:
        """Whatever it is, nothing of it is held or kept afterwards. It may be repeated."""
        for _ in range(2):
            given_up = void_or_refund(self.gateway, payment.key)
            assert given_up is not None
            assert given_up.kept_cents == 0
        if payment.state is TransactionState.HELD:
            payment.state = TransactionState.VOIDED
        elif payment.is_taken:
            payment.state, payment.refunded_cents = TransactionState.REFUNDED, payment.amount_cents

    @rule(days=st.integers(1, 5))
    def let_time_pass(self, days: int) -> None:
        self.rig.advance(days * _DAY_SECONDS + 1)
        self.days.add(self._today())
        for payment in self.known:
            if payment.state is TransactionState.HELD and self.rig.now() > payment.capture_before:
                payment.state = TransactionState.LAPSED

    @invariant()
    def the_gateway_has_what_was_asked_of_it(self) -> None:
        for payment in self.known:
            found = self.gateway.find(payment.key)
            assert found is not None
            assert (found.transaction_id, found.key, found.currency) == (payment.transaction_id, payment.key, CURRENCY)
            assert (found.state, found.refunded_cents) == (payment.state, payment.refunded_cents)
            assert found.gateway == self.rig.name
            assert bool(found.ids.capture) == (found.is_taken or found.state is TransactionState.REFUNDED)
            if found.is_held or found.is_taken:
                assert found.kept_cents == payment.left_cents

    def teardown(self) -> None:
        """One payment a key, and none that nobody asked for."""
        ours = {payment.key for payment in self.known}
        listed = [each.key for day in sorted(self.days) for each in self.gateway.list_begun(day) if each.key in ours]
        assert sorted(listed) == sorted(ours)

    def _ask(self, call: Callable[[], Transaction], is_answer_lost: bool) -> None:
        """Call. If the answer is lost after the work was done, call once more under the same key, as our code does."""
        call()
        if is_answer_lost:
            call()

    def _authorize(self, key: str, token: str, amount_cents: int) -> Transaction:
        asked: dict[str, Any] = {"key": key, "token": token, "currency": CURRENCY, "order_id": "1001"}
        return self.rig.held(self.gateway.authorize(amount_cents=amount_cents, **asked))

    def _capture(self, payment: Expected, amount_cents: int, suffix: str = "") -> Transaction:
        return self.gateway.capture(
            key=f"{payment.key}:capture{suffix}",
            transaction_id=payment.transaction_id,
            amount_cents=amount_cents,
            currency=CURRENCY,
        )

    def _renew(self, payment: Expected, key: str) -> Transaction:
        return self.gateway.renew(key=key, transaction_id=payment.transaction_id, token=payment.token)

    def _void(self, payment: Expected) -> Transaction:
        return self.gateway.void(key=f"{payment.key}:void", transaction_id=payment.transaction_id)

    def _refund(self, payment: Expected, key: str, cents: int) -> Transaction:
        asked = {"key": key, "transaction_id": payment.transaction_id, "currency": CURRENCY}
        return self.gateway.refund(amount_cents=cents, **asked)

    def _today(self) -> str:
        return datetime.fromtimestamp(self.rig.now(), UTC).strftime("%Y-%m-%d")


def run_contract(make_rig: Callable[[], Rig], *, examples: int) -> None:
    """Try the adapter with this many random lives. Each begins with a rig of its own."""

    from tests.stand_ins.gateway_waits import WaitingPayments  # it is made of this machine

    class OfAdapter(WaitingPayments):
        def __init__(self) -> None:
            super().__init__(make_rig())

    limits = settings(
        max_examples=examples,
        stateful_step_count=25,
        deadline=None,
        phases=(Phase.reuse, Phase.generate),  # To shrink a failure would take minutes.
        suppress_health_check=[HealthCheck.too_slow],
    )
    run_state_machine_as_test(OfAdapter, settings=limits)
