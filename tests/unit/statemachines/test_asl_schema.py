"""Whatever the queue, its machine is valid Amazon States Language, as cfn-lint knows it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from lambdas.orders.model.queue import Queue, load_queues
from statemachines.__main__ import machine_of
from tests.machine.asl_schema import schema_faults
from tests.machine.random_queues import random_queues
from tests.machine.stub_action import module
from tests.support.thorough import examples
from tests.support.trees import queues
from tests.unit.statemachines.graphs import Machine, compiled, reachable, scopes

lean = settings(max_examples=examples(20))


@pytest.mark.parametrize("queue", load_queues().values(), ids=lambda queue: queue.key)
def test_the_queues_of_this_repository_are_valid(queue: Queue) -> None:
    assert schema_faults(compiled(queue)) == []


@given(random_queues(on_optional=True))
@lean
def test_random_queues_are_valid_and_lead_nowhere_else(queue: Queue) -> None:
    machine = json.loads(machine_of(queue, {"stub_action": module}))

    assert schema_faults(machine) == []
    assert all(reachable(scope) == set(scope["States"]) for scope in scopes(machine))


@given(queues())
@lean
def test_queues_of_real_modules_are_valid(queue: Queue) -> None:
    assert schema_faults(compiled(queue)) == []


def add_services(machine: Machine) -> dict[str, Any]:
    state: dict[str, Any] = machine["States"]["Add Services"]
    return state


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        (lambda machine: machine["States"]["go_to_step"]["Choices"][0].pop("Next"), "'Next' is a required property"),
        (lambda machine: machine["States"]["Canceled"].update(Parameters={}), "'Parameters' was unexpected"),
        (lambda machine: add_services(machine).update(Type="Tusk"), "'Tusk' is not one of"),
        (lambda machine: add_services(machine).update(TimeoutSeconds="soon"), "'soon' is not of type"),
        (lambda machine: add_services(machine).pop("Next"), "Only one of ['Next', 'End']"),
        (lambda machine: add_services(machine)["Retry"][0].pop("ErrorEquals"), "'ErrorEquals' is a required property"),
    ],
)
def test_a_machine_with_a_mistake_is_refused(mistake: Callable[[Machine], object], said: str) -> None:
    (queue,) = (queue for queue in load_queues().values() if queue.key == "new_accounts")
    machine = json.loads(json.dumps(compiled(queue)))
    mistake(machine)

    assert [fault for fault in schema_faults(machine) if said in fault]
