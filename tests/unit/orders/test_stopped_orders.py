"""A stopped order and every verb: the verb starts a new run where the order stands, or refuses and changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.orders.decisions import progress
from lambdas.orders.decisions.operator import restart
from lambdas.orders.machine import starts
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.executions import Execution, execution_name
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import MACHINE_WAIT
from lambdas.orders.operator_errors import RestartRefusedError
from lambdas.orders.service import OrderService
from tests.support.build import NOW, Clock, a_queue, a_service, a_submitted_order, the_default_queue
from tests.support.fakes import InMemoryOrderStore

TWO_STEPS = a_queue(
    order_queue_id=1,
    steps=[
        {"id": 1, "name": "Leads"},
        {"id": 2, "name": "Check", "actions": [{"id": 21, "name": "Call", "module": "manual_check_off"}]},
        {"id": 3, "name": "Ship", "actions": [{"id": 31, "name": "Pack", "module": "manual_check_off"}]},
        {"id": 4, "name": "Complete"},
        {"id": 5, "name": "Canceled"},
    ],
)
WAITS = {"21": Wait(token="dead", since=NOW, due_at=NOW + 99, owner="sales")}
Verb = Callable[[OrderService, Order], Order]
VERBS: dict[str, Verb] = {
    "process": lambda verbs, order: verbs.process(order, 21, by="ann", given={}),
    "answer": lambda verbs, order: verbs.process(order, 21, by="ann", given={"value": "yes"}),
    "skip": lambda verbs, order: verbs.skip(order, 21, by="ann", why="known"),
    "move": lambda verbs, order: verbs.update(order, {}, step_id=3, by="ann", reason="known"),
    "stay": lambda verbs, order: verbs.update(order, {}, step_id=2, by="ann"),
    "cancel": lambda verbs, order: verbs.cancel(order, by="ann"),
    "submit": lambda verbs, order: verbs.submit(order, by="ann"),
    "restart": lambda verbs, order: verbs.restart(order, by="ann"),
}


def stopped(order: Order | None = None) -> Order:
    order = order or a_submitted_order(TWO_STEPS, waits=WAITS, total_cents=0)
    return restart.machine_stopped(order, execution=execution_name(order), because="stopped", at=NOW)


def shop(order: Order, **parts: Any) -> OrderService:
    store = InMemoryOrderStore()
    store.create(order, (), NOW)
    return a_service(**{"store": store, "queues": {1: TWO_STEPS}, **parts})


def test_a_stopped_machine_is_a_wait_with_an_owner_and_a_deadline() -> None:
    order = stopped()

    wait = order.waits[MACHINE_WAIT]
    assert (wait.owner, wait.due_at) == (restart.OWNER, NOW + restart.DUE_SECONDS)
    assert order.waits["21"] == WAITS["21"]
    assert restart.machine_stopped(order, execution=execution_name(order), because="again", at=NOW + 9) is order


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_starts_a_new_run_where_the_order_stands(verb: str) -> None:
    before = stopped()
    service = shop(before)

    after = VERBS[verb](service, before)

    assert starts(before, after)
    assert (after.machine_stopped_at, after.machine_run, after.waits) == (None, 2, {})
    assert after.epoch > before.epoch
    assert service.get(order_id="1001") == after


@pytest.mark.parametrize("verb", ["process", "answer", "move", "stay", "restart"])
def test_a_verb_that_cannot_have_a_new_run_is_refused_and_keeps_owner_and_deadline(verb: str) -> None:
    before = stopped()
    service = shop(before, queues={})

    with pytest.raises(RestartRefusedError, match="no longer deployed"):
        VERBS[verb](service, before)

    assert service.get(order_id="1001") == before


@pytest.mark.parametrize("verb", ["cancel", "skip"])
def test_a_cancel_and_a_skip_stand_even_then_and_the_order_waits_for_operations(verb: str) -> None:
    before = stopped()

    after = VERBS[verb](shop(before, queues={}), before)

    assert after.machine_stopped_at == NOW
    assert after.waits[MACHINE_WAIT].due_at is not None
    assert after.step_status is StepStatus.CANCELED or after.actions["21"].state is ActionState.SKIPPED


def test_a_cancel_that_could_not_be_unwound_is_by_the_next_one_once_the_queue_is_back() -> None:
    before = stopped()
    service = shop(before, queues={})
    canceled = VERBS["cancel"](service, before)
    back = shop(canceled)

    again = VERBS["cancel"](back, canceled)

    assert (again.machine_run, again.machine_stopped_at, again.waits) == (2, None, {})


def test_an_undo_that_waited_when_the_machine_stopped_is_tried_again() -> None:
    canceled = progress.canceled(a_submitted_order(TWO_STEPS), now=NOW, because="x")
    parked = canceled.changed(waits={"undo_21": Wait(token="dead", since=NOW, due_at=NOW + 99, owner="sales")})
    before = stopped(parked)

    after = VERBS["process"](shop(before), before)

    assert (after.machine_run, after.waits) == (2, {})


class Found:
    """Step Functions, which says the same of every execution."""

    def __init__(self, status: str | None) -> None:
        self.status = status

    def execution(self, order: Order) -> Execution | None:
        name = execution_name(order)
        return None if self.status is None else Execution(name=name, status=self.status, started_at=NOW)


@pytest.mark.parametrize("status", ["ABORTED", "FAILED", "TIMED_OUT", "SUCCEEDED"])
def test_a_restart_asks_step_functions_itself(status: str) -> None:
    order = a_submitted_order(TWO_STEPS, waits=WAITS)

    after = VERBS["restart"](shop(order, executions=Found(status)), order)

    assert (after.machine_run, after.machine_stopped_at) == (2, None)


def test_a_running_execution_is_not_restarted_and_one_that_may_just_be_starting_neither() -> None:
    order = a_submitted_order(TWO_STEPS, waits=WAITS)
    with pytest.raises(RestartRefusedError, match="its machine is running"):
        VERBS["restart"](shop(order, executions=Found("RUNNING")), order)
    with pytest.raises(RestartRefusedError, match="its machine is running"):
        VERBS["restart"](shop(order, executions=Found(None)), order)

    later = Clock(NOW + restart.STARTS_WITHIN_SECONDS)
    assert VERBS["restart"](shop(order, executions=Found(None), now=later), order).machine_run == 2


def test_what_is_at_its_end_needs_no_machine() -> None:
    complete = a_submitted_order(the_default_queue()).changed(step_id=13, step_status=StepStatus.COMPLETE)

    assert (
        restart.with_running_machine(complete.changed(machine_stopped_at=NOW), None, by="x", now=NOW).machine_run == 1
    )
    assert not restart.needs_machine(complete)
