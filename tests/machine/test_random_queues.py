"""Any queue the rules allow works on the engine, whatever people do to its orders meanwhile.

Real machines, real stream, real relay, the product's own frame around an action that only writes down that it ran.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.executions import execution_name
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.steps import StepStatus
from statemachines.checks import QueueError, check
from tests.machine.ground import MODULES, Ground, ground
from tests.machine.people import WHO, People
from tests.machine.random_queues import SCRIPTS, Wish, circular_queues, random_queues
from tests.machine.stub_action import Run
from tests.support.thorough import examples

MOST_EVENTS = 25_000
_queue_ids = count(100)
on_the_engine = settings(
    max_examples=examples(6),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # an engine is no pure function: shrinking would chase its timing
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("random")) as made:
        yield made


@given(circular_queues())
def test_a_circle_of_prereqs_is_always_refused(queue: Queue) -> None:
    with pytest.raises(QueueError, match="need each other in a circle"):
        check(queue, MODULES)


@given(random_queues(on_optional=True))
def test_every_random_queue_keeps_the_rules(queue: Queue) -> None:
    check(queue, MODULES)


three_scripts: st.SearchStrategy[tuple[list[Wish], ...]] = st.tuples(st.just([]), SCRIPTS, SCRIPTS)


@pytest.mark.engine
@on_the_engine
@given(queue=random_queues(on_optional=False), scripts=three_scripts)
def test_any_queue_comes_to_its_end_and_keeps_its_promises(
    floor: Ground, queue: Queue, scripts: tuple[list[Wish], ...]
) -> None:
    played(floor, queue, scripts)


@pytest.mark.engine
@on_the_engine
@given(queue=random_queues(on_optional=True), scripts=three_scripts)
def test_any_queue_whose_optional_actions_need_each_other_does_so_too(
    floor: Ground, queue: Queue, scripts: tuple[list[Wish], ...]
) -> None:
    played(floor, queue, scripts)


def played(floor: Ground, queue: Queue, scripts: tuple[list[Wish], ...]) -> None:
    """One order per script, all at once, each to its end."""
    mine = queue.model_copy(update={"order_queue_id": next(_queue_ids)})
    machine = floor.add(mine)

    def worked(script: list[Wish]) -> None:
        people = People(floor, mine)
        people.submit()
        people.follow(script)
        order = people.finish()
        keeps_its_promises(floor, mine, people, order)
        if not script:
            tried_again_by_itself(floor, mine, people, order)
        ended_well(floor, machine, people)

    with ThreadPoolExecutor(len(scripts)) as crowd:
        list(crowd.map(worked, scripts))
    assert floor.failures == []


def keeps_its_promises(floor: Ground, queue: Queue, people: People, order: Order) -> None:
    runs = floor.runs(order.order_id)
    done = Counter(run.action_id for run in runs if run.outcome == "done")
    story = people.story()
    assert not done or set(done.values()) == {1}, f"an action was done twice\n{story}"
    for run in runs:
        let_in_rightly(queue, people, run, story)
    asked_for(queue, people, runs, story)
    if order.step_status is StepStatus.COMPLETE:
        for action in order.actions.values():
            assert action.optional or action.met, f"{action.action_id} is open\n{story}"
            assert (action.state is ActionState.DONE) == bool(done[action.action_id]), story
            assert action.state is not ActionState.SKIPPED or action.by == WHO, f"skipped by nobody\n{story}"
    else:
        assert order.step_status is StepStatus.CANCELED, story
        assert order.waits == {}, story
        assert floor.undone(order.order_id) >= set(done), f"not taken back\n{story}"


def let_in_rightly(queue: Queue, people: People, run: Run, story: str) -> None:
    """An action runs in its own step, after its prereqs, and before the order was canceled."""
    step = next(step for step in queue.steps if run.action_id in {action.id for action in step.actions})
    assert run.step_id == step.id, f"{run} ran in another step\n{story}"
    assert set(run.prereqs.values()) <= {"done", "skipped"}, f"{run} did not wait for its prereqs\n{story}"
    assert people.fence is None or run.revision < people.fence, f"{run} began after the cancel\n{story}"


def tried_again_by_itself(floor: Ground, queue: Queue, people: People, order: Order) -> None:
    """Of an order that nobody moved: a failure that passes is the machine's own business, if its queue says so."""
    ran = Counter(run.action_id for run in floor.runs(order.order_id))
    for action in queue.actions:
        trips, met = action.config["trips"], order.actions[str(action.id)].met
        unasked = action.automatic and not people.asked[action.id]
        if met and unasked:
            assert action.retry != "never" or not trips, f"{action.id} was tried again\n{people.story()}"
            assert ran[action.id] == trips + 1, f"{action.id} was not tried again rightly\n{people.story()}"


def asked_for(queue: Queue, people: People, runs: list[Run], story: str) -> None:
    """What is done by hand runs as often as somebody asked for it, and never by itself, but to get over a failure that
    passes."""
    ran = Counter(run.action_id for run in runs if run.outcome != "tripped")
    for action in queue.actions:
        if not action.automatic:
            assert ran[action.id] <= people.asked[action.id], f"{action.id} ran without being asked for\n{story}"


def ended_well(floor: Ground, machine: str, people: People) -> None:
    arn = machine.replace(":stateMachine:", ":execution:") + f":{execution_name(floor.orders.get(people.order_id))}"
    execution = people.ended(arn)
    assert execution == "SUCCEEDED", f"{execution}\n{people.story()}"
    pages = floor.step_functions.get_paginator("get_execution_history").paginate(executionArn=arn)
    assert sum(len(page["events"]) for page in pages) < MOST_EVENTS
