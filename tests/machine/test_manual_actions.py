"""An action done by hand parks until it is processed or skipped; its deadline parks it again, with a new token."""

import pytest

from lambdas.orders.decisions import progress
from lambdas.orders.decisions.deadlines import with_overdue_marked
from lambdas.orders.machine import Answer
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import due_shard
from tests.machine.conftest import Bench, BenchOf
from tests.support.build import a_queue, an_order

pytestmark = pytest.mark.engine
BY_HAND = {"id": 21, "name": "Add Services", "module": "add_services", "owner": "operations", "due_hours": 2}


def queue_of(*others: dict[str, object]) -> Queue:
    steps = [
        {"id": 1, "name": "Leads", "expires_after_days": 30},
        {"id": 2, "name": "Processing", "actions": [BY_HAND, *others]},
        {"id": 3, "name": "Complete"},
        {"id": 4, "name": "Canceled"},
    ]
    return a_queue(steps=steps)


QUEUE = queue_of()


def parked(order: Order) -> Wait | None:
    return order.waits.get("21")


def a_parked_order(bench: Bench, queue: Queue = QUEUE) -> tuple[str, Wait]:
    order = progress.submitted(an_order(queue), now=1, hold=None)
    order_id = bench.start(order)
    return order_id, bench.until("the action waits", parked, order_id)


@pytest.fixture
def functions(deployed_engine: object) -> dict[str, str]:
    import boto3

    from infra.local.engine_process import LocalEngine

    assert isinstance(deployed_engine, LocalEngine)
    found = boto3.client("lambda", **deployed_engine.client_options()).list_functions()["Functions"]
    return {entry["Handler"].split(".")[2]: entry["FunctionArn"] for entry in found if ".actions." in entry["Handler"]}


def test_it_waits_for_its_owner_until_it_is_due(bench_of: BenchOf, functions: dict[str, str]) -> None:
    bench = bench_of(QUEUE, seconds={}, functions=functions)
    order_id, wait = a_parked_order(bench)

    assert (wait.owner, (wait.due_at or 0) - wait.since) == ("operations", 2 * 3600)
    assert bench.orders.get(order_id).actions["21"].state is ActionState.WAITING
    assert bench.item(order_id)["due_shard"] == due_shard(order_id), "or no sweep would find it"
    bench.orders.save(progress.canceled(bench.orders.get(order_id), now=2, because="test over"))
    bench.answer(wait.token, Answer.CANCELED)


def test_past_its_deadline_it_parks_again_and_stays_overdue(bench_of: BenchOf, functions: dict[str, str]) -> None:
    bench = bench_of(QUEUE, seconds={"Add Services: wait": 1}, functions=functions)
    order_id, first = a_parked_order(bench)
    marked = bench.changed(order_id, lambda order: with_overdue_marked(order, (first.due_at or 0) + 1))
    seen = marked.waits["21"].token

    def parked_again(order: Order) -> Wait | None:
        wait = parked(order)
        return wait if wait and wait.token != seen else None

    again = bench.until("the action waits again", parked_again, order_id)
    bench.answer(seen, Answer.GO_ON)  # too late, and without harm
    assert again == marked.waits["21"].changed(token=again.token)
    assert (again.since, again.due_at, again.overdue) == (first.since, first.due_at, True)
    over = bench.changed(order_id, lambda order: progress.canceled(order, now=2, because="test over"))
    assert over.waits == {}


NOTE = {"id": 22, "name": "Note", "module": "update_fields", "automatic": True, "config": {"fields": {"note": "x"}}}


@pytest.mark.parametrize(
    ("others", "way"), [((), "Add Services: wait"), ((NOTE,), "leave_2")], ids=["plain", "in a box"]
)
def test_a_moved_or_canceled_order_leaves_its_step_for_the_router(
    bench_of: BenchOf, functions: dict[str, str], others: tuple[dict[str, object], ...], way: str
) -> None:
    queue = queue_of(*others)
    bench = bench_of(queue, seconds={}, functions=functions)
    order_id, wait = a_parked_order(bench, queue)

    order = bench.orders.get(order_id)
    bench.orders.save(progress.canceled(order, now=2, because="a test"))
    bench.answer(wait.token, Answer.CANCELED)
    bench.until("unwinding begins", lambda current: current.step_status is StepStatus.CANCELED or None, order_id)

    entered = bench.entered(order_id)
    assert entered[entered.index("find_step") - 1] == way
