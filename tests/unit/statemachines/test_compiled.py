"""What every compiled machine keeps, whatever its queue."""

import inspect
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from lambdas.actions._frame import module
from lambdas.actions._frame import run as _run
from lambdas.orders.decisions import claims
from lambdas.orders.machine import Answer
from lambdas.orders.model.queue import QUEUES_ROOT, Queue, load_queues
from statemachines.__main__ import DEFINITION_BYTES, deployed_bytes, happy_path_transitions, machine_of, main
from statemachines.asl import GONE, order_update
from statemachines.checks import QueueError
from statemachines.compiler import to_json
from statemachines.modules import read_modules
from statemachines.states.state_names import MAX_STATE_NAME
from statemachines.states.state_roles import Role, StateRole, role_of
from tests.support.build import a_queue
from tests.support.trees import queues
from tests.unit.statemachines.graphs import (
    UNDOING,
    Machine,
    compiled,
    happy_path,
    lambdas,
    reachable,
    scopes,
    states,
    targets,
    tasks,
    waits,
)

QUEUES = list(load_queues().values())
ORDER_ID = "{% $states.context.Execution.Input.order_id %}"


def by_key(queue: Queue) -> str:
    return queue.key


@pytest.fixture(params=QUEUES, ids=by_key)
def queue(request: pytest.FixtureRequest) -> Queue:
    found: Queue = request.param
    return found


@pytest.fixture
def machine(queue: Queue) -> Machine:
    return compiled(queue)


def test_what_is_checked_in_is_what_the_queue_compiles_to(queue: Queue, machine: Machine) -> None:
    file = QUEUES_ROOT / queue.key / "machine.asl.json"

    assert file.read_text(encoding="utf-8") == to_json(machine)


@given(queues())
def test_the_same_queue_compiles_to_the_same_text(queue: Queue) -> None:
    again = Queue.model_validate(json.loads(queue.model_dump_json()))

    assert to_json(compiled(queue)) == to_json(compiled(again))


@given(queues())
def test_state_names_are_unique_in_the_whole_machine_and_short_enough(queue: Queue) -> None:
    names = Counter(name for name, _ in states(compiled(queue)))

    assert set(names.values()) == {1}
    assert max(map(len, names)) <= MAX_STATE_NAME


@given(queues())
def test_every_state_is_reached_and_leads_to_one_that_exists(queue: Queue) -> None:
    for scope in scopes(compiled(queue)):
        assert reachable(scope) == set(scope["States"])
        for name, state in scope["States"].items():
            ends = state.get("End") or state["Type"] in ("Succeed", "Fail", "Choice")
            assert ends or "Next" in state, name
            assert targets(state) <= set(scope["States"])


@given(queues())
def test_every_step_is_a_state_and_every_step_id_leads_to_one(queue: Queue) -> None:
    machine = compiled(queue)
    choices = machine["States"]["go_to_step"]["Choices"]

    assert {queue.complete.name, queue.canceled.name} <= set(machine["States"])
    assert [choice.get("Comment") for choice in choices[1:]] == [f"Step {one.id}: {one.name}" for one in queue.steps]
    for step, choice in zip(queue.steps, choices[1:], strict=True):
        assert choice["Condition"] == f"{{% $states.input = {step.id} %}}"
        if step in queue.ordinary_steps and step.machine_actions:
            inside = machine["States"][choice["Next"]]
            assert str(step.id) in json.dumps(inside), "it does not lead to this step"


@given(queues())
def test_every_task_has_a_timeout(queue: Queue) -> None:
    assert all(0 < state["TimeoutSeconds"] <= 366 * 86_400 for _, state in tasks(compiled(queue)))


@given(queues())
def test_every_wait_has_an_owner_and_tells_its_deadline(queue: Queue) -> None:
    for name, state in waits(compiled(queue)):
        text = json.dumps(state["Arguments"])
        assert '"owner"' in text, name
        assert "$states.context.Task.Token" in text, name


@given(queues())
def test_functions_are_given_ids_and_nothing_else(queue: Queue) -> None:
    allowed = {"order_id", "action_id", "undo", "optional"}
    actions = {action.id: action.module for action in queue.actions}
    for name, state in lambdas(compiled(queue)):
        payload = state["Arguments"]["Payload"]
        assert payload.keys() <= allowed, name
        assert payload["order_id"] == ORDER_ID
        assert state["Arguments"]["FunctionName"] == f"${{{actions[payload['action_id']]}}}"


@given(queues())
def test_every_action_of_the_machine_has_one_run(queue: Queue) -> None:
    runs = [state["Arguments"]["Payload"] for _, state in lambdas(compiled(queue))]
    run = Counter(payload["action_id"] for payload in runs if not payload.get("undo"))

    assert run == Counter(action.id for action in queue.actions if action.automatic or not action.optional)


@given(queues())
def test_a_run_tells_an_order_that_is_gone_from_every_other_error(queue: Queue) -> None:
    for name, state in lambdas(compiled(queue)):
        caught = [error for catch in state["Catch"] for error in catch["ErrorEquals"]]
        assert caught[-1] == "States.ALL", name
        optional = {action.id for action in queue.actions if action.optional}
        payload = state["Arguments"]["Payload"]
        if not payload.get("undo") and payload["action_id"] not in optional:
            assert caught[:2] == ["OrderCanceled", "OrderMoved"], name


@given(queues())
def test_complete_names_every_required_action(queue: Queue) -> None:
    arguments = compiled(queue)["States"][queue.complete.name]["Arguments"]
    names = arguments.get("ExpressionAttributeNames", {})
    required = {str(action.id) for step in queue.ordinary_steps for action in step.actions if not action.optional}
    named = {action_id for alias, action_id in names.items() if f"actions.{alias}." in arguments["ConditionExpression"]}

    assert named == required
    for alias, action_id in names.items():
        if action_id in required:
            assert f" AND actions.{alias}.#state IN (:done, :skipped)" in arguments["ConditionExpression"]


def test_the_happy_path_of_each_queue_is_cheap(queue: Queue, machine: Machine) -> None:
    assert happy_path(machine) == happy_path_transitions(queue)
    if queue.key == "new_accounts":
        assert happy_path_transitions(queue) == 4


@given(queues())
def test_the_price_that_is_told_is_the_price_of_the_graph(queue: Queue) -> None:
    assert happy_path(compiled(queue)) == happy_path_transitions(queue)


def test_make_compile_tells_the_size_of_every_queue(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(only_check=False) == 0

    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if " form /" not in line}
    assert set(lines) == {queue.key for queue in QUEUES}
    for queue in QUEUES:
        machine = compiled(queue)
        told = f"{len(list(states(machine)))} states, {happy_path(machine)} transitions, $"
        assert told in lines[queue.key]


def error_names(machine: Machine) -> set[str]:
    places = [place for _, state in states(machine) for key in ("Retry", "Catch") for place in state.get(key, [])]
    return {error for place in places for error in place["ErrorEquals"]}


def test_every_error_of_ours_that_a_machine_names_exists(machine: Machine) -> None:
    ours = {name for name in error_names(machine) if "." not in name}
    classes = {name for file in (module, _run, claims) for name, _ in inspect.getmembers(file, inspect.isclass)}

    assert ours <= classes | {answer.value for answer in Answer}
    assert {"TransientError", "ThrottledError", "ActionBusy", "OrderCanceled", "OrderMoved"} <= ours


def test_what_a_run_says_itself_is_not_taken_for_silence(queue: Queue, machine: Machine) -> None:
    said = {
        name for name, found in inspect.getmembers(module, inspect.isclass) if issubclass(found, module.ActionError)
    }
    said |= {"ActionWaits", "ActionUnasked", "ActionBusy", *GONE}
    runs = [state for _, state in lambdas(machine) if not state["Arguments"]["Payload"].get("undo")]
    by_name = {name: role_of(state) for name, state in states(machine)}
    assert runs
    for state in runs:
        *answered, silence = state["Catch"]
        assert {error for place in answered for error in place["ErrorEquals"]} == said - {"ActionError"}
        assert by_name[silence["Next"]] == StateRole(Role.SILENT, state["Arguments"]["Payload"]["action_id"])


def is_undo(state: Any) -> bool:
    return bool(state.get("Arguments", {}).get("Payload", {}).get("undo"))


def test_what_declares_an_undo_is_undone_in_reverse_and_nothing_else(machine: Machine, queue: Queue) -> None:
    undone: list[Any] = [
        state["Arguments"]["Payload"]["action_id"]
        for _, state in lambdas(machine)
        if state["Arguments"]["Payload"].get("undo")
    ]

    assert sorted(undone) == sorted(action.id for action in queue.actions if action.module in UNDOING)
    for branch in machine["States"][queue.canceled.name]["Branches"]:
        ids = [state["Arguments"]["Payload"]["action_id"] for state in branch["States"].values() if is_undo(state)]
        assert ids == [action.id for action in reversed(queue.actions) if action.id in ids]


def long_queue(count: int, waiting: int = 0) -> Queue:
    """`waiting`: so many of its actions, the last, are optional and wait for all the others."""
    first = range(100, 100 + count - waiting)
    plain = {"module": "add_services", "automatic": True}
    actions = [{"id": action_id, "name": f"Action {action_id}", **plain} for action_id in first]
    actions += [
        {"id": first.stop + number, "name": f"Action {number}", **plain, "optional": True, "prereqs": list(first)}
        for number in range(waiting)
    ]
    steps = [
        {"id": 1, "name": "Leads", "expires_after_days": 365},
        {"id": 2, "name": "Processing", "actions": actions},
        {"id": 3, "name": "Complete"},
        {"id": 4, "name": "Canceled"},
    ]
    return a_queue(steps=steps)


def test_a_long_queue_fits_into_a_definition_and_a_longer_one_is_refused_by_name() -> None:
    assert deployed_bytes(compiled(long_queue(90))) < DEFINITION_BYTES

    with pytest.raises(QueueError, match=r"a_queue/queue\.toml:\n  - its machine has 1,.* give it fewer actions"):
        machine_of(long_queue(84, waiting=20), read_modules())


def _values(definition: Any) -> Iterator[tuple[str, Any]]:
    match definition:
        case {"ExpressionAttributeValues": values}:
            yield from values.items()
        case dict():
            for inner in definition.values():
                yield from _values(inner)
        case list():
            for inner in definition:
                yield from _values(inner)


@pytest.mark.parametrize("queue", load_queues().values(), ids=lambda queue: queue.key)
def test_values_have_the_members_that_sdk_integrations_spell_as_the_service_does(queue: Queue) -> None:
    written = list(_values(json.loads(machine_of(queue, read_modules()))))

    assert len(written) > 20
    assert {member for _, value in written for member in value} <= {"S", "N", "M", "L"}


@pytest.mark.parametrize("value", [{"BOOL": True}, {"NULL": True}, {"M": {"a": {"SS": ["x"]}}}, {"L": [{"B": "eA=="}]}])
def test_a_value_that_sdk_integrations_spell_otherwise_is_not_compiled(value: Any) -> None:
    with pytest.raises(ValueError, match=r":value.*use S, N, M or L"):
        order_update("step_id = :value", "activity = :value", values={":value": value})
