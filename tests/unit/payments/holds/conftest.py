"""An order whose money is held, its keeper, and a clock that the test moves. The process may die at every boundary."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from lambdas.orders.model.hold_clock import HoldPolicy, Holds
from lambdas.orders.model.order import Hold, Order
from lambdas.payments.gateway import Transaction
from lambdas.payments.hold import hold_of
from lambdas.payments.holds.keeping import HoldKeeper, Kept
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.payment_method import submitted_method
from lambdas.records.table import RecordTable
from tests.support.build import CARD, CONTACT, NOW, Clock, a_submitted_order, hold_key
from tests.support.fakes import InMemoryOrderStore
from tests.unit.payments.test_preauthorization import an_attempt

TOTAL, DAY = 2_000, 86_400
ORDER, APPROVED = "1001", "tok_approve"


class Died(BaseException):
    """The process ended here."""


@dataclass
class Boundaries:
    """Counts the moments before and after each effect. `dies_at`: the one at which the process ends."""

    passed: int = 0
    dies_at: int | None = None

    def reach(self) -> None:
        self.passed += 1
        if self.passed == self.dies_at:
            raise Died

    def around(self, call: Callable[[], Any]) -> Any:
        self.reach()
        done = call()
        self.reach()
        return done


class MortalStore(InMemoryOrderStore):
    def __init__(self, boundaries: Boundaries) -> None:
        super().__init__()
        self.boundaries = boundaries

    def save(self, order: Order) -> Order:
        saved: Order = self.boundaries.around(lambda: super(MortalStore, self).save(order))
        return saved


class Bank(SandboxGateway):
    """A provider that forgets every key at once: what it is asked twice it does twice, unless it is looked up before."""

    def __init__(self, records: RecordTable, now: Callable[[], int], boundaries: Boundaries) -> None:
        super().__init__(records.name, records.client, now=now)
        self.boundaries, self.made, self.asked = boundaries, list[str](), list[str]()
        self.most_held = self.most_taken = 0

    def authorize(self, *, key: str, **asked: Any) -> Transaction:
        self.made.append(key)
        return super().authorize(key=key, **asked)

    def renew(self, *, key: str, transaction_id: str, token: str) -> Transaction:
        def work() -> Transaction:
            if key in self.made:
                return self.authorize(
                    key=f"{key}#{len(self.made)}", token=token, amount_cents=TOTAL, currency="USD", order_id=ORDER
                )
            held = super(Bank, self).renew(key=key, transaction_id=transaction_id, token=token)
            self.made.append(key)
            return held

        return self._watched("renew", work)

    def capture(self, *, key: str, **asked: Any) -> Transaction:
        return self._watched("capture", lambda: super(Bank, self).capture(key=f"{key}#{len(self.asked)}", **asked))

    def void(self, *, key: str, **asked: Any) -> Transaction:
        return self._watched("void", lambda: super(Bank, self).void(key=f"{key}#{len(self.asked)}", **asked))

    def held(self) -> list[Transaction]:
        return [each for each in self.all() if each.is_held]

    def taken_cents(self) -> int:
        return sum(each.amount_cents - each.refunded_cents for each in self.all() if each.is_taken)

    def all(self) -> Iterator[Transaction]:
        found = (SandboxGateway.find(self, key) for key in self.made)
        return (each for each in found if each)

    def _watched(self, name: str, work: Callable[[], Transaction]) -> Transaction:
        self.asked.append(name)
        try:
            answer: Transaction = self.boundaries.around(work)
        finally:
            self.most_held = max(self.most_held, len(self.held()))
            self.most_taken = max(self.most_taken, self.taken_cents())
        return answer


@dataclass
class Watched:
    """`rules`: of the order's queue."""

    records: RecordTable
    rules: Holds = field(default_factory=Holds)
    clock: Clock = field(default_factory=Clock)
    boundaries: Boundaries = field(default_factory=Boundaries)

    def __post_init__(self) -> None:
        self.store = MortalStore(self.boundaries)
        self.bank = Bank(self.records, self.clock, self.boundaries)
        self.keeper = HoldKeeper(self.store, self.bank, ClientRecords(self.records), lambda _: self.rules, self.clock)

    def place(self, token: str = APPROVED, **changes: Any) -> Order:
        """Under a key of its own: the bank's books outlive an example of a property test."""
        info, mark = {**CONTACT, **CARD, "cc_token": token}, secrets.token_hex(8)
        placed = {"looked_at": NOW, "total_cents": TOTAL, "hash": mark, "is_fingerprinted": True, **changes}
        order = a_submitted_order(info=info, **placed)
        attempt, method = an_attempt(key=hold_key(order), amount_cents=TOTAL), submitted_method(info)
        assert method is not None
        asked: dict[str, Any] = {
            "key": attempt.key,
            "token": token,
            "amount_cents": TOTAL,
            "currency": "USD",
            "order_id": ORDER,
        }
        order = order.changed(hold=hold_of(self.bank.authorize(**asked), attempt, method))
        self.store.create(order, [], NOW)
        return order

    @property
    def order(self) -> Order:
        return self.store.get(ORDER)

    @property
    def hold(self) -> Hold:
        hold = self.order.hold
        assert hold is not None
        return hold

    def keep(self) -> Kept:
        return self.keeper.keep(ORDER)

    def pass_days(self, days: float) -> None:
        self.clock.time += int(days * DAY)

    def live_through(self, days: int, *, hours: int = 6) -> list[Kept]:
        """Look at the hold every few hours, as the schedule does; a run may die. Return what was done, in its order."""
        done = list[Kept]()
        for _ in range(days * 24 // hours):
            self.clock.time += hours * 3_600
            try:
                done.append(self.keep())
            except Died:
                self.boundaries.dies_at = None
        return [each for each in done if each is not Kept.LEFT]


@pytest.fixture
def watched(records: RecordTable) -> Watched:
    return Watched(records)


def of(policy: HoldPolicy, **rules: Any) -> Holds:
    return Holds(when_lapsing=policy, **rules)
