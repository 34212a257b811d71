"""Reads the facts of a queue from its machine's definition, by stable ids. Pure.

The deployed definition is read, because it exists without any order and new executions run it. The working tree's queue is
compiled and read in the same way, so the two compare field by field. Some facts are in no definition (config, optional manual
actions); they are on the orders' checklists.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lambdas.runtime.models import Frozen
from statemachines.compiler import COMPLETE_ALREADY, GO_TO_STEP
from statemachines.states.state_roles import Role, StateRole, role_of
from statemachines.unwinding import UNWOUND

_TITLE = re.compile(r"Order queue (\d+), (.*)\. Compiled from .+/queue\.toml")
_STEP = re.compile(r"Step (\d+): (.*)")
_BOX = re.compile(r"Step (\d+)\b")
_MODULE = re.compile(r"Action \d+, module (\w+)")
_IDS = re.compile(r" in \[([\d, ]+)\]")  # of earlier versions, whose choices do not name the step
# Filled in at deployment, so it differs between a definition that is deployed and one that is not.
_FILLED_IN = ("FunctionName", "TableName")

States = Mapping[str, Any]


class ActionFacts(Frozen):
    """An action that the machine runs. `timing`: its time-outs, retries, deadline and gates, to compare and not to read."""

    action_id: int
    step_id: int
    name: str
    module: str
    automatic: bool
    optional: bool
    owner: str
    timing: str


class QueueFacts(Frozen):
    """`steps`: id -> name, empty where the definition does not say it, as in earlier versions. `undoes`: ids of actions that the
    machine takes back when an order is canceled. `body`: the whole definition, without what a deployment fills in."""

    order_queue_id: int
    name: str
    steps: dict[int, str]
    final_step_ids: frozenset[int]
    actions: dict[int, ActionFacts]
    undoes: frozenset[int]
    body: str

    @property
    def open_step_ids(self) -> tuple[int, ...]:
        return tuple(step_id for step_id in self.steps if step_id not in self.final_step_ids)


class UnreadableDefinitionError(ValueError):
    """A deployed machine that was not made by our compiler."""


def facts_of(definition: str) -> QueueFacts:
    """The facts of a compiled machine. Raises UnreadableDefinitionError."""
    machine = json.loads(definition)
    title = _TITLE.match(machine.get("Comment", ""))
    if title is None or GO_TO_STEP not in machine["States"]:
        raise UnreadableDefinitionError("the deployed machine is none of statemachines/compiler.py")
    states = machine["States"]
    return QueueFacts(
        order_queue_id=int(title[1]),
        name=title[2],
        steps=dict(_steps(states)),
        final_step_ids=frozenset(_final(states)),
        actions={action.action_id: action for action in _actions(machine)},
        undoes=frozenset(_payload(state)["action_id"] for state in _all(states) if _payload(state).get("undo")),
        body=json.dumps(without_filled_in(machine), sort_keys=True),
    )


def _steps(states: States) -> Iterator[tuple[int, str]]:
    """From the router's choices, which know every step."""
    for choice in states[GO_TO_STEP]["Choices"]:
        if named := _STEP.fullmatch(choice.get("Comment", "")):
            yield int(named[1]), named[2]
        else:
            yield from ((step_id, _earlier_name(step_id, choice["Next"], states)) for step_id in _ids(choice))


def _earlier_name(step_id: int, goal: str, states: States) -> str:
    """Earlier versions gave a state the name of its step."""
    if goal == COMPLETE_ALREADY:
        return next(name for name, state in states.items() if state["Type"] == "Task" and state.get("End"))
    own = _BOX.match(states[goal].get("Comment", ""))
    leads = own is None and not states[goal].get("End")
    return goal if leads or (own and int(own[1]) == step_id) else ""


def _final(states: States) -> Iterator[int]:
    for choice in states[GO_TO_STEP]["Choices"]:
        goal = choice["Next"]
        if goal == COMPLETE_ALREADY or _unwinds(states[goal]):
            yield from _ids(choice)


def _unwinds(state: Mapping[str, Any]) -> bool:
    """Whether it is the way back: in earlier versions its last state stood in the box, and a queue that takes nothing back has no
    box."""
    in_box = any(UNWOUND in branch["States"] for branch in state.get("Branches", ()))
    return in_box or state.get("Next") == UNWOUND or "unwound_at" in str(state.get("Arguments", ""))


def _ids(choice: Mapping[str, Any]) -> list[int]:
    if named := _STEP.fullmatch(choice.get("Comment", "")):
        return [int(named[1])]
    earlier = _IDS.search(choice["Condition"])
    return [int(each) for each in earlier[1].split(",")] if earlier else []


def _actions(machine: Mapping[str, Any], step_id: int = 0) -> Iterator[ActionFacts]:
    """Of the machine itself, whose plain steps stand in it, and of every branch in the boxes of the others. `step_id`: of the
    box, 0 in none; a plain step is known by what its actions write."""
    states = machine["States"]
    named = {role: name for name, state in states.items() if (role := role_of(state))}
    choices = (choice for state in states.values() for choice in state.get("Choices", ()))
    before = (state for state in states.values() if (of := role_of(state)) is None or of.role is not Role.SILENT)
    entries = {machine["StartAt"], *(place["Next"] for place in (*before, *choices) if "Next" in place)}
    for role, name in named.items():
        if role.role is Role.RUN:
            by_hand = named.get(StateRole(Role.WAIT, role.action_id)) in entries
            own = {of.role: states[other] for of, other in named.items() if of.action_id == role.action_id}
            yield _action(name, own, step_id, by_hand=by_hand)
    for state in states.values():
        box = _BOX.match(state.get("Comment", ""))
        for branch in state.get("Branches", ()):
            yield from _actions(branch, int(box[1]) if box else 0)


def _action(name: str, states: Mapping[Role, States], step_id: int, *, by_hand: bool) -> ActionFacts:
    """`name`: of the state that runs the action. `states`: those of the action, by what they do."""
    run, silent, wait, gate = (states.get(role, {}) for role in (Role.RUN, Role.SILENT, Role.WAIT, Role.GATE))
    action_id = _payload(run)["action_id"]
    parked = wait.get("Arguments", {}).get("ExpressionAttributeValues", {}).get(":wait", {}).get("M", {})
    before = [
        key for name, key in gate.get("Arguments", {}).get("ExpressionAttributeNames", {}).items() if name[:2] == "#g"
    ]
    said = _MODULE.match(run.get("Comment", ""))
    return ActionFacts(
        action_id=action_id,
        step_id=step_id or int(silent["Arguments"]["ExpressionAttributeValues"][":step"]["N"]),
        name=(silent or run)["Comment"].rpartition(": ")[0],
        module=said[1]
        if said
        else name.removesuffix(f"_{action_id}"),  # earlier versions named the state after its module
        automatic=not by_hand,
        optional=not wait,
        owner=parked.get("owner", {}).get("S", ""),
        timing=json.dumps([run["TimeoutSeconds"], run["Retry"], parked.get("due_at"), before], sort_keys=True),
    )


def _payload(state: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of a state that runs or undoes an action; empty for all other states."""
    payload = state.get("Arguments", {}).get("Payload", {})
    return dict(payload) if "action_id" in payload else {}


def _all(states: States) -> Iterator[Mapping[str, Any]]:
    for state in states.values():
        yield state
        for branch in state.get("Branches", ()):
            yield from _all(branch["States"])


def without_filled_in(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_filled_in(inner) for key, inner in value.items() if key not in _FILLED_IN}
    return [without_filled_in(inner) for inner in value] if isinstance(value, list) else value
