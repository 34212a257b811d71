"""Where nobody waits for what was decided, the order may have no execution: it goes on in a new one."""

from dataclasses import dataclass, field

import pytest

from lambdas.orders.decisions import progress
from lambdas.orders.decisions.operator import manual_actions
from lambdas.orders.machine import starts
from lambdas.orders.model.executions import Execution, execution_name
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.waits import MACHINE_WAIT
from lambdas.outbox import relay as outbox
from lambdas.outbox.execution_starts import ExecutionStarter
from tests.support.build import NOW, a_submitted_order
from tests.support.fakes import FakeDeadLetters, FakeMachine, InMemoryOrderStore
from tests.unit.orders.test_stopped_orders import TWO_STEPS, WAITS
from tests.unit.outbox.test_relay import record

HOUR = 3_600


def ended(order: Order, *, status: str = "ABORTED", started_at: int = NOW) -> dict[str, Execution]:
    name = execution_name(order)
    return {name: Execution(name=name, status=status, started_at=started_at)}


@dataclass
class Ground:
    machine: FakeMachine = field(default_factory=FakeMachine)
    store: InMemoryOrderStore = field(default_factory=InMemoryOrderStore)
    deployed: bool = True

    def tell(self, old: Order | None, new: Order) -> Order:
        """The relay is told of a change; returns the order as it is then."""
        self.store.orders[new.order_id] = new
        queues = {1: TWO_STEPS} if self.deployed else {}
        care = ExecutionStarter(self.machine, self.store, lambda: NOW, queues=lambda: queues)
        dead_letters = FakeDeadLetters()
        assert outbox.relay([record(1, new, old)], care, dead_letters) == []
        assert dead_letters.letters == []
        return self.store.get(new.order_id)


PARKED = a_submitted_order(TWO_STEPS, waits=WAITS)
DECIDED = {
    "process": lambda order: manual_actions.processed(order, 21, by="ann", given={}, now=NOW),
    "skip": lambda order: manual_actions.skipped(order, 21, by="ann", why="", now=NOW),
    "cancel": lambda order: progress.canceled(order, now=NOW, because="x"),
}


@pytest.mark.parametrize("waits", [WAITS, {}], ids=["its wait is dead", "it waits nowhere"])
@pytest.mark.parametrize("verb", DECIDED)
def test_what_nobody_heard_of_a_stop_goes_on_in_a_new_run(verb: str, waits: dict[str, Wait]) -> None:
    before = PARKED.changed(waits=waits)
    ground = Ground(FakeMachine(ended=ended(before), gone={"dead"}))
    decided = DECIDED[verb](before)

    after = ground.tell(before, decided)

    assert starts(decided, after)
    assert (after.machine_stopped_at, after.changed_how) == (None, "restart")
    ground.machine.started.clear()
    ground.tell(decided, after)
    assert ground.machine.started == ["1001"]


def test_one_whose_queue_is_gone_shows_that_it_is_stopped() -> None:
    ground = Ground(FakeMachine(ended=ended(PARKED), gone={"dead"}), deployed=False)

    after = ground.tell(PARKED, DECIDED["cancel"](PARKED))

    assert after.machine_stopped_at == NOW
    assert after.waits[MACHINE_WAIT].owner == "operations"


@pytest.mark.parametrize("verb", DECIDED)
def test_a_running_execution_hears_of_it_and_is_left_alone(verb: str) -> None:
    ground = Ground(FakeMachine(started=["1001"]))
    decided = DECIDED[verb](PARKED)

    assert ground.tell(PARKED, decided) == decided
    assert [token for token, _ in ground.machine.answered] == ["dead"]


def test_an_execution_whose_start_was_lost_is_started() -> None:
    before = PARKED.changed(waits={})
    ground = Ground()

    ground.tell(before, DECIDED["cancel"](before))

    assert ground.machine.started == ["1001"]


def test_what_nobody_decided_asks_nobody() -> None:
    ground = Ground(FakeMachine(ended=ended(PARKED)))
    settled = PARKED.changed(activity=NOW + 1)

    assert ground.tell(PARKED, settled) == settled


def test_a_start_that_is_told_again_after_its_execution_ended_shows_that_on_the_order() -> None:
    ground = Ground(FakeMachine(ended=ended(PARKED, status="FAILED")))

    after = ground.tell(None, PARKED)

    assert "the machine failed" in after.machine_stopped_because


def test_a_start_that_is_told_again_of_an_order_at_its_end_changes_nothing() -> None:
    over = PARKED.changed(unwound_at=NOW)
    ground = Ground(FakeMachine(ended=ended(over, status="SUCCEEDED")))

    assert ground.tell(None, over) == over


def test_a_name_that_was_given_before_the_table_was_restored_is_passed_over() -> None:
    """The row was restored to a moment before its submit; the execution of its first submit is over."""
    first, second = (
        ended(order, status="SUCCEEDED", started_at=NOW - HOUR) for order in (PARKED, PARKED.changed(machine_run=2))
    )
    ground = Ground(FakeMachine(ended=first | second))

    order, run = PARKED, 1
    while ground.machine.started == []:
        after = ground.tell(None if run == 1 else order.changed(machine_run=run - 1), order)
        order, run = after, after.machine_run

    assert (order.machine_run, order.machine_stopped_at) == (3, None)


def test_two_relays_at_once_start_one_run_between_them() -> None:
    """The second read the order before the first wrote it."""

    class Behind(InMemoryOrderStore):
        stale: Order | None = None

        def get(self, order_id: str) -> Order:
            found, self.stale = self.stale or super().get(order_id), None
            return found

    store = Behind()
    ground = Ground(FakeMachine(ended=ended(PARKED), gone={"dead"}), store)
    decided = DECIDED["cancel"](PARKED)
    first = ground.tell(PARKED, decided)

    store.stale = decided
    care = ExecutionStarter(ground.machine, store, lambda: NOW, queues=lambda: {1: TWO_STEPS})
    assert outbox.relay([record(1, decided, PARKED)], care, FakeDeadLetters()) == []

    assert store.get("1001") == first
    assert first.machine_run == PARKED.machine_run + 1
