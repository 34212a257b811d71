"""A function that cannot even be loaded says nothing to the order; the machine says it in its place."""

import io
import zipfile
from collections.abc import Iterator

import boto3
import pytest

from infra.local.engine_process import LocalEngine
from lambdas.orders.decisions import outcomes, progress
from lambdas.orders.decisions.deadlines import with_overdue_marked
from lambdas.orders.decisions.open_work import WorkKind, open_work
from lambdas.orders.decisions.operator import manual_actions
from lambdas.orders.machine import Answer
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.steps import StepStatus
from tests.machine.conftest import ROLE, BenchOf
from tests.support.build import a_queue, an_order

pytestmark = pytest.mark.engine
REASON = (
    "its function gave no answer (Runtime.ImportModuleError): read its log and fix the cause, then"
    " process this action again"
)


_TIRED = (
    "class TransientError(Exception): pass\ndef handler(event, context): raise TransientError('the bank is away')\n"
)


@pytest.fixture
def tired(deployed_engine: LocalEngine) -> Iterator[str]:
    """A function that fails each time in a way that may pass."""
    functions = boto3.client("lambda", **deployed_engine.client_options())
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("tired.py", _TIRED)
    made = functions.create_function(
        FunctionName="tired",
        Runtime="python3.13",
        Role=ROLE,
        Handler="tired.handler",
        Code={"ZipFile": code.getvalue()},
        Timeout=10,
    )
    yield made["FunctionArn"]
    functions.delete_function(FunctionName="tired")


@pytest.fixture
def broken(deployed_engine: LocalEngine, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The modules' functions, deployed without the code they are made of."""
    functions = boto3.client("lambda", **deployed_engine.client_options())
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("nothing.txt", "")
    name = f"broken-{request.node.name[:40]}"  # one for each test: a second invocation would not load it again
    made = functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=ROLE,
        Handler="lambdas.actions.add_services.handler",
        Code={"ZipFile": code.getvalue()},
        Timeout=10,
    )
    yield {"add_services": made["FunctionArn"], "update_fields": made["FunctionArn"]}
    functions.delete_function(FunctionName=name)


def queue_of(*actions: dict[str, object]) -> Queue:
    steps = [
        {"id": 1, "name": "Leads", "expires_after_days": 30},
        {"id": 2, "name": "Processing", "actions": list(actions)},
        {"id": 3, "name": "Complete"},
        {"id": 4, "name": "Canceled"},
    ]
    return a_queue(steps=steps)


def test_a_required_action_waits_for_its_owner_and_says_why(bench_of: BenchOf, broken: dict[str, str]) -> None:
    queue = queue_of(
        {"id": 21, "name": "Add Services", "module": "add_services", "automatic": True, "owner": "operations"}
    )
    bench = bench_of(queue, seconds={}, functions=broken)
    order_id = bench.start(progress.submitted(an_order(queue), now=1, hold=None))

    def parked(order: Order) -> Wait | None:
        return order.waits.get("21")

    wait = bench.until("the action waits", parked, order_id)
    order = bench.orders.get(order_id)
    action = order.actions["21"]
    assert (action.state, action.reason, action.failed_last) == (ActionState.WAITING, REASON, True)
    assert wait.owner == "operations"

    bench.orders.save(progress.canceled(order, now=2, because="test over"))
    bench.answer(wait.token, Answer.CANCELED)


def test_a_run_that_was_asked_for_is_not_tried_for_ever(bench_of: BenchOf, broken: dict[str, str]) -> None:
    queue = queue_of({"id": 21, "name": "Add Services", "module": "add_services", "owner": "operations"})
    bench = bench_of(queue, seconds={}, functions=broken)
    submitted = progress.submitted(an_order(queue), now=1, hold=None)
    order_id = bench.start(submitted.with_action(submitted.actions["21"].changed(requested_at=1, retryable=True)))

    def parked(order: Order) -> Wait | None:
        return order.waits.get("21")

    wait = bench.until("the action waits", parked, order_id)
    order = bench.orders.get(order_id)
    assert (order.actions["21"].reason, order.actions["21"].requested_at) == (REASON, None)
    assert not order.actions["21"].retryable, "the machine retries it no more"
    assert bench.entered(order_id).count("Add Services") == 1

    bench.orders.save(progress.canceled(order, now=2, because="test over"))
    bench.answer(wait.token, Answer.CANCELED)


BESIDE = {"id": 22, "name": "Note", "module": "update_fields", "automatic": True, "config": {"fields": {"note": "x"}}}


@pytest.mark.parametrize("others", [(), (BESIDE,)], ids=["plain", "in a box"])
def test_an_undo_waits_for_its_owner_and_says_why(
    bench_of: BenchOf, broken: dict[str, str], others: tuple[dict[str, object], ...]
) -> None:
    """The machine begins in the step before, whose function says nothing either: it finds the order by itself."""
    queue = queue_of(
        {"id": 21, "name": "Add Services", "module": "add_services", "automatic": True, "owner": "operations"}, *others
    )
    bench = bench_of(queue, seconds={}, functions=broken)
    submitted = progress.submitted(an_order(queue), now=1, hold=None)
    done = submitted.with_action(submitted.actions["21"].changed(state=ActionState.DONE, attempts=1))
    order_id = bench.start(progress.canceled(done, now=2, because="a test"))

    wait = bench.until("the undo waits", lambda order: order.waits.get("undo_21"), order_id)
    action = bench.orders.get(order_id).actions["21"]
    assert (action.state, action.reason, wait.owner) == (ActionState.FAILED, REASON, "operations")
    bench.step_functions.stop_execution(executionArn=bench.execution_arn(order_id))


def test_an_undo_that_fails_day_after_day_stays_overdue(bench_of: BenchOf, broken: dict[str, str]) -> None:
    queue = queue_of({"id": 21, "name": "Add Services", "module": "add_services", "automatic": True})
    bench = bench_of(queue, seconds={"Add Services: undo: wait": 1}, functions=broken)
    submitted = progress.submitted(an_order(queue), now=1, hold=None)
    done = submitted.with_action(submitted.actions["21"].changed(state=ActionState.DONE, attempts=1))
    order_id = bench.start(progress.canceled(done, now=2, because="a test"))
    first = bench.until("the undo waits", lambda order: order.waits.get("undo_21"), order_id)
    marked = bench.changed(order_id, lambda order: with_overdue_marked(order, (first.due_at or 0) + 1))

    def waits_again(order: Order) -> Wait | None:
        wait = order.waits["undo_21"]
        return wait if wait.token != marked.waits["undo_21"].token else None

    again = bench.until("the undo waits again", waits_again, order_id)
    assert (again.since, again.due_at, again.overdue) == (first.since, first.due_at, True)
    bench.step_functions.stop_execution(executionArn=bench.execution_arn(order_id))


def test_an_optional_action_holds_nothing_up_and_says_why(bench_of: BenchOf, broken: dict[str, str]) -> None:
    config = {"fields": {"note": "x"}}
    queue = queue_of(
        {"id": 21, "name": "Note", "module": "update_fields", "automatic": True, "optional": True, "config": config}
    )
    bench = bench_of(queue, seconds={}, functions=broken)
    order_id = bench.start(progress.submitted(an_order(queue), now=1, hold=None))

    assert bench.ended(order_id) == "SUCCEEDED"
    order = bench.orders.get(order_id)
    assert order.step_status is StepStatus.COMPLETE
    assert (order.actions["21"].state, order.actions["21"].reason) == (ActionState.FAILED, REASON)


def test_an_optional_action_that_failed_in_every_try_is_work_for_its_owner(bench_of: BenchOf, tired: str) -> None:
    queue = queue_of(
        {
            "id": 21,
            "name": "Note",
            "module": "update_fields",
            "automatic": True,
            "optional": True,
            "retry": "never",
            "config": {"fields": {"note": "x"}},
        }
    )
    bench = bench_of(queue, seconds={}, functions={"update_fields": tired})
    order = progress.submitted(an_order(queue), now=1, hold=None)
    order_id = bench.start(outcomes.failed(order, 21, now=1, reason="the bank is away", retryable=True))

    assert bench.ended(order_id) == "SUCCEEDED"
    (work,) = open_work(bench.orders.get(order_id).changed(step_id=2))
    assert (work.action_id, work.kind) == (21, WorkKind.FAILED)
    assert bench.orders.get(order_id).actions["21"].reason == "the bank is away"


@pytest.mark.parametrize("others", [(), (BESIDE,)], ids=["plain", "in a box"])
def test_an_action_that_is_skipped_because_its_function_says_nothing_holds_nothing_up(
    bench_of: BenchOf, broken: dict[str, str], others: tuple[dict[str, object], ...]
) -> None:
    """Its function is asked once more, for it may have something to let go of; that it says nothing again must not go round."""
    beside = [{**other, "module": "manual_check_off", "automatic": False, "config": {"text": "x"}} for other in others]
    queue = queue_of({"id": 21, "name": "Add Services", "module": "add_services", "automatic": True}, *beside)
    bench = bench_of(queue, seconds={}, functions=broken)
    order_id = bench.start(progress.submitted(an_order(queue), now=1, hold=None))
    keys = ["21", *(str(other["id"]) for other in beside)]

    def parked(order: Order) -> Order | None:
        return order if order.waits.keys() >= set(keys) else None

    waits = bench.until("the actions wait", parked, order_id).waits
    for key in keys:
        bench.orders.save(manual_actions.skipped(bench.orders.get(order_id), int(key), by="ann", why="broken", now=2))
        bench.answer(waits[key].token, Answer.SKIPPED)

    bench.until("complete", lambda order: order if order.step_status is StepStatus.COMPLETE else None, order_id)
    assert bench.ended(order_id) == "SUCCEEDED"
    assert bench.entered(order_id).count("Add Services") == 2
