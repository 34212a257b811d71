"""A compiled machine as a graph: its scopes, states and edges."""

from collections.abc import Iterator
from typing import Any

from lambdas.orders.model.queue import Queue
from statemachines.compiler import compile_queue
from statemachines.modules import read_modules

Machine = dict[str, Any]
State = dict[str, Any]


UNDOING = frozenset(name for name, module in read_modules().items() if module.undo)


def compiled(queue: Queue) -> Machine:
    return compile_queue(queue, UNDOING)


def scopes(machine: Machine) -> Iterator[Machine]:
    """The machine and every branch in it: `Next` leads to states of the same one only."""
    yield machine
    for state in machine["States"].values():
        for branch in state.get("Branches", []):
            yield from scopes(branch)


def states(machine: Machine) -> Iterator[tuple[str, State]]:
    for scope in scopes(machine):
        yield from scope["States"].items()


def targets(state: State) -> set[str]:
    places = [state, *state.get("Choices", []), *state.get("Catch", [])]
    return {place[key] for place in places for key in ("Next", "Default") if key in place}


def reachable(scope: Machine) -> set[str]:
    found: set[str] = set()
    todo = [scope["StartAt"]]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += targets(scope["States"][name])
    return found


def tasks(machine: Machine) -> list[tuple[str, State]]:
    return [(name, state) for name, state in states(machine) if state["Type"] == "Task"]


def lambdas(machine: Machine) -> list[tuple[str, State]]:
    return [(name, state) for name, state in tasks(machine) if "lambda:invoke" in state["Resource"]]


def waits(machine: Machine) -> list[tuple[str, State]]:
    return [(name, state) for name, state in tasks(machine) if state["Resource"].endswith(".waitForTaskToken")]


def happy_path(machine: Machine) -> int:
    """States entered when everything succeeds."""
    scope, name, entered = machine, machine["StartAt"], 0
    while name:
        state = scope["States"][name]
        entered += 1 + sum(_branch(branch) for branch in state.get("Branches", []))
        name = state.get("Next", "")
    return entered


def _branch(branch: Machine) -> int:
    name, entered = branch["StartAt"], 0
    while name:
        state = branch["States"][name]
        entered += 1 + sum(_branch(inner) for inner in state.get("Branches", []))
        name = state.get("Next", "")
    return entered
