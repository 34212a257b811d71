"""Two sweeps at once, and two relays at once: what the first has half done, the second finds done, and says nothing of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from lambdas.orders.decisions import progress
from lambdas.orders.events import changes
from lambdas.orders.machine import Answer
from lambdas.orders.model.executions import Execution
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.steps import StepStatus
from lambdas.outbox import relay as outbox
from lambdas.outbox.execution_starts import ExecutionStarter
from lambdas.watch.missing_executions import ExecutionCheck
from lambdas.watch.sweeper import sweep
from tests.support.build import NOW, a_submitted_order, an_order, the_default_queue
from tests.support.fakes import FakeDeadLetters, FakeMachine, InMemoryOrderStore
from tests.unit.outbox.test_relay import record
from tests.unit.watch.test_missing_executions import Ended, an_execution

LATER = NOW + 31 * 86_400


class Interrupted(InMemoryOrderStore):
    """A store in which a second process does all of its work while the first one is about to write."""

    def __init__(self, *orders: Order) -> None:
        super().__init__()
        self.second: Callable[[], object] | None = None
        self.told: list[str] = []
        for order in orders:
            self.create(order, (), NOW)

    def save(self, order: Order) -> Order:
        if self.second:
            second, self.second = self.second, None
            second()
        old = self.get(order.order_id)
        new = super().save(order)
        self.told += [event.name for event in changes(old, new)]
        return new


def test_of_two_sweeps_one_tells_what_is_overdue() -> None:
    wait = Wait(token="t", since=NOW, due_at=NOW + 1, owner="ops")
    store = Interrupted(a_submitted_order(waits={"101": wait}))
    found: list[dict[str, int]] = []
    store.second = lambda: found.append(sweep(store, NOW + 9, lambda lead: lead))
    first = sweep(store, NOW + 9, lambda lead: lead)

    assert store.told == ["OrderActionOverdue"]
    assert store.get("1001").waits["101"].overdue
    assert [found[0]["overdue"], first["overdue"]].count(1) >= 1  # a count may be one too high, an event never


def test_of_two_sweeps_one_expires_a_lead() -> None:
    store = Interrupted(an_order())
    found: list[dict[str, int]] = []
    store.second = lambda: found.append(sweep(store, LATER, lambda lead: lead))
    sweep(store, LATER, lambda lead: lead)

    assert sorted(store.told) == ["OrderCanceled", "OrderUnwound"]
    assert found == [{"overdue": 0, "expired": 1}]


def test_a_sweep_that_read_a_lead_before_it_was_submitted_leaves_it() -> None:
    store = Interrupted(an_order())
    store.second = lambda: InMemoryOrderStore.save(store, progress.submitted(store.get("1001"), now=LATER, hold=None))
    sweep(store, LATER, lambda lead: lead)

    assert store.get("1001").step_status is StepStatus.ORDINARY


def test_of_two_sweeps_one_marks_an_order_that_nobody_walks() -> None:
    order = a_submitted_order()
    store, machine = Interrupted(order), FakeMachine(ended=an_execution(order, "FAILED"))
    client: Any = Ended()

    def mark() -> int:
        return ExecutionCheck(store, machine, client, {"1": "arn"}, {1: the_default_queue()}, NOW).mark()

    store.second = mark
    mark()
    assert store.told == ["OrderMachineStopped"]
    assert mark() == 0


@dataclass
class OnceMachine(FakeMachine):
    """As Step Functions: a name is given once, a token answers once. `second`: what another relay does meanwhile."""

    second: Callable[[], object] | None = None
    woken: list[tuple[str, Answer]] = field(default_factory=list)

    def _in_between(self) -> None:
        if self.second:
            second, self.second = self.second, None
            second()

    def start(self, order: Order) -> bool:
        self._in_between()
        return super().start(order) if order.order_id not in self.started else True

    def answer(self, token: str, answer: Answer) -> bool:
        self._in_between()
        if token in {known for known, _ in self.woken}:
            return False
        self.woken.append((token, answer))
        return True


def relayed(store: InMemoryOrderStore, machine: OnceMachine, records: list[dict[str, Any]]) -> list[str]:
    return outbox.relay(records, ExecutionStarter(machine, store, lambda: NOW + 1), FakeDeadLetters())


def test_of_two_relays_one_starts_an_order() -> None:
    new = progress.submitted(an_order(), now=NOW, hold=None).changed(revision=2)
    store, machine = Interrupted(new), OnceMachine()
    records = [record(1, new, an_order())]
    machine.second = lambda: relayed(store, machine, records)

    assert relayed(store, machine, records) == []
    assert (machine.started, store.told, store.get("1001")) == (["1001"], [], new)


@pytest.mark.parametrize("ends", [False, True])
def test_of_two_relays_one_wakes_a_wait_and_the_other_marks_nothing(ends: bool) -> None:
    """The second one's answer finds nobody; `ends`: the woken execution has come to its end by then, with its order."""
    old = a_submitted_order(waits={"101": Wait(token="t", since=NOW, due_at=NOW, owner="ops")})
    new = old.changed(waits={}, revision=old.revision + 1)
    store, machine = Interrupted(new), OnceMachine(started=["1001"])
    records = [record(1, new, old)]

    def other() -> None:
        relayed(store, machine, records)
        if ends:
            complete = next(step for step in new.checklist_steps if step.status is StepStatus.COMPLETE)
            InMemoryOrderStore.save(store, new.changed(step_id=complete.step_id, step_status=complete.status))
            machine.ended |= an_execution(new, "SUCCEEDED")

    machine.second = other
    assert relayed(store, machine, records) == []
    assert machine.woken == [("t", Answer.GO_ON)]
    assert store.get("1001").machine_stopped_at is None
    assert store.told == []


def test_an_execution_that_is_gone_is_found_by_either() -> None:
    old = a_submitted_order(waits={"101": Wait(token="t", since=NOW, due_at=NOW, owner="ops")})
    new = old.changed(waits={}, revision=old.revision + 1)
    name = next(iter(an_execution(new, "FAILED")))
    store = Interrupted(new)
    machine = OnceMachine(ended={name: Execution(name=name, status="FAILED", started_at=NOW)})
    machine.woken.append(("t", Answer.GO_ON))
    records = [record(1, new, old)]
    store.second = lambda: relayed(store, machine, records)
    relayed(store, machine, records)

    assert store.told.count("OrderMachineStopped") + store.told.count("OrderRestarted") >= 1
