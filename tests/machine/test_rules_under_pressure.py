"""Moments that random queues come upon by chance, set up on purpose: each is one rule and the race or shape that tests it."""

import json
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import boto3
import pytest

from lambdas.orders.decisions import claims, progress
from lambdas.orders.decisions.claims import ActionBusy
from lambdas.orders.decisions.operator import manual_actions, moves
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.steps import StepStatus
from tests.machine.ground import Ground, ground
from tests.support.build import a_queue, an_order

pytestmark = pytest.mark.engine
_numbers = count(1)
LATER = 60


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("pressure")) as made:
        yield made


def action(action_id: int, *, fails: int = 0, **more: Any) -> dict[str, Any]:
    config = {"number": action_id, "fails": fails}
    return {"id": action_id, "name": f"Action {action_id}", "module": "stub_action", "config": config, **more}


def queue_of(*steps: list[dict[str, Any]]) -> Queue:
    """Step 2 and so on, with these actions."""
    middle = [{"id": 2 + place, "name": f"Step {2 + place}", "actions": list(step)} for place, step in enumerate(steps)]
    ends = [{"id": 98, "name": "Complete"}, {"id": 99, "name": "Canceled"}]
    leads = {"id": 1, "name": "Leads", "expires_after_days": 30}
    return a_queue(order_queue_id=500 + next(_numbers), steps=[leads, *middle, *ends])


def a_submitted(queue: Queue) -> Order:
    order = an_order(queue, order_id=str(5000 + queue.order_queue_id), order_queue_id=queue.order_queue_id)
    return progress.submitted(order, now=int(time.time()), hold=None)


def running(order: Order, action_id: int) -> Order:
    """A run of the action is under way, somewhere."""
    now = int(time.time())
    return claims.claimed(order, action_id, claim="another run", now=now, ends_at=now + LATER)


def started(floor: Ground, queue: Queue, order: Order) -> Order:
    """The relay starts the machine as soon as the order is written."""
    floor.add(queue)
    floor.orders.create(order, (), order.ts)
    return order


def after_a_while(floor: Ground, order: Order, seconds: float = 1.5) -> Order:
    """As it stands when it is final, or when nothing more is to be expected of it."""
    deadline = time.monotonic() + seconds
    while not (now := floor.orders.get(order.order_id)).is_final and time.monotonic() < deadline:
        time.sleep(0.05)
    return now


def invoke(floor: Ground, order: Order, action_id: int, *, times: int = 1, **more: Any) -> None:
    functions = boto3.client("lambda", **floor.options)
    payload = json.dumps({"order_id": order.order_id, "action_id": action_id, **more})
    for _ in range(times):
        functions.invoke(FunctionName=floor.function_arn, Payload=payload)


def test_an_optional_action_does_not_run_when_its_prereq_of_an_earlier_step_has_failed(floor: Ground) -> None:
    first = action(20, automatic=True, optional=True, fails=9)
    second = action(30, automatic=True, optional=True, prereqs=[20])
    queue = queue_of([first], [second])
    order = after_a_while(floor, started(floor, queue, a_submitted(queue)), 10)

    assert order.step_status is StepStatus.COMPLETE
    assert [run.action_id for run in floor.runs(order.order_id)] == [20]


def test_an_optional_action_that_waits_for_a_failed_optional_one_does_not_hold_up_the_last_step(floor: Ground) -> None:
    first = action(20, automatic=True, optional=True, fails=9)
    second = action(21, automatic=True, optional=True, prereqs=[20])
    queue = queue_of([first, second])
    order = after_a_while(floor, started(floor, queue, a_submitted(queue)), 3)

    assert order.step_status is StepStatus.COMPLETE


def test_an_optional_action_that_waits_for_one_done_by_hand_does_not_hold_up_the_last_step(floor: Ground) -> None:
    queue = queue_of([action(20, optional=True), action(21, automatic=True, optional=True, prereqs=[20])])
    order = after_a_while(floor, started(floor, queue, a_submitted(queue)), 3)

    assert order.step_status is StepStatus.COMPLETE


def test_a_wait_does_not_take_an_action_away_from_a_run_under_way(floor: Ground) -> None:
    queue = queue_of([action(20)])
    order = started(floor, queue, running(a_submitted(queue), 20))

    after_a_while(floor, order)

    with pytest.raises(ActionBusy):
        at = int(time.time())
        floor.orders.claim(order.order_id, 20, claim="a second run", now=at, ends_at=at + LATER)


def test_one_request_is_one_run_however_often_the_stream_tells_of_it(floor: Ground) -> None:
    queue = queue_of([action(20, optional=True, fails=1), action(21)])
    order = after_a_while(floor, started(floor, queue, a_submitted(queue)), 1)
    floor.orders.save(manual_actions.processed(order, 20, by="Grace", given={}, now=int(time.time())))
    after_a_while(floor, order, 1)

    invoke(floor, order, 20, times=2, requested=True)  # the same record again, and again

    assert len(floor.runs(order.order_id)) == 1


def test_what_is_done_by_hand_does_not_run_when_its_skip_is_undone_before_the_machine_looks(floor: Ground) -> None:
    queue = queue_of([action(20), action(21)])
    order = started(floor, queue, a_submitted(queue))
    after_a_while(floor, order, 1)

    invoke(floor, order, 20)  # the skip woke the machine, the skip was undone, and then the machine's run began

    assert floor.runs(order.order_id) == []


def test_an_action_waits_for_a_prereq_that_still_runs_in_the_step_the_order_was_moved_from(floor: Ground) -> None:
    queue = queue_of([action(20, automatic=True)], [action(30, automatic=True, prereqs=[20])])
    order = running(a_submitted(queue), 20)
    step = next(step for step in order.checklist_steps if step.step_id == 3)
    moved = moves.moved(order, step, by="Grace", why="a test", now=int(time.time()))

    after_a_while(floor, started(floor, queue, moved))

    assert floor.runs(order.order_id) == []
