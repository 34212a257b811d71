"""What a machine's definition says of its queue, by stable ids. Pure.

What is deployed is read from the deployed definition, because it is there when no order is, and because nothing else is
what new executions run. The working tree's queue is compiled and read in the same way, so that the two compare field by
field. What no definition has (config, optional actions done by hand) stands on the orders' checklists.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lambdas.runtime.models import Frozen
from statemachines.compiler import COMPLETE_ALREADY, GO_TO_STEP, STILL_A_LEAD, UNWOUND

_TITLE = re.compile(r"Order queue (\d+), (.*)\. Compiled from .+/queue\.toml")
_STEP = re.compile(r"Step (\d+)\b")
_IDS = re.compile(r" in \[([\d, ]+)\]")
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
    """`steps`: id -> name, empty where the definition does not say it: a step without a box. `undoes`: ids of actions that
    the machine takes back when an order is canceled. `body`: the whole definition, without what a deployment fills in."""

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
        actions={action.action_id: action for action in _actions(states)},
        undoes=frozenset(_payload(state)["action_id"] for state in _all(states) if _payload(state).get("undo")),
        body=json.dumps(_without_filled_in(machine), sort_keys=True),
    )


def _steps(states: States) -> Iterator[tuple[int, str]]:
    """From the router's choices, which know every step; its own name a step lends to its state."""
    for ids, goal in _choices(states):
        for step_id in ids:
            yield step_id, _name_of(step_id, goal, states)


def _name_of(step_id: int, goal: str, states: States) -> str:
    if goal == COMPLETE_ALREADY:
        return next(name for name, state in states.items() if state["Type"] == "Task" and state.get("End"))
    if goal == STILL_A_LEAD:
        return str(states[goal]["Comment"]).partition(": ")[2]
    own = _STEP.match(states[goal].get("Comment", ""))
    leads = own is None and not states[goal].get("End")  # of earlier versions, where leads waited in their machine
    return goal if leads or (own and int(own[1]) == step_id) else ""


def _final(states: States) -> Iterator[int]:
    for ids, goal in _choices(states):
        if goal == COMPLETE_ALREADY or any(UNWOUND in branch["States"] for branch in states[goal].get("Branches", ())):
            yield from ids


def _choices(states: States) -> Iterator[tuple[list[int], str]]:
    for choice in states[GO_TO_STEP]["Choices"]:
        if ids := _IDS.search(choice["Condition"]):
            yield [int(each) for each in ids[1].split(",")], choice["Next"]


def _actions(states: States) -> Iterator[ActionFacts]:
    for box in states.values():
        step = _STEP.fullmatch(box.get("Comment", ""))
        for branch in box.get("Branches", ()) if step else ():
            inside = branch["States"]
            before = (state for name, state in inside.items() if not name.endswith("_silent"))
            entries = {branch["StartAt"], *(state["Next"] for state in before if "Next" in state)}
            for name, state in inside.items():
                if step and _payload(state):
                    yield _action(int(step[1]), name, inside, by_hand=f"{name}_wait" in entries)


def _action(step_id: int, name: str, states: States, *, by_hand: bool) -> ActionFacts:
    run, wait, gate = (states.get(f"{name}{part}", {}) for part in ("", "_wait", "_gate"))
    action_id = _payload(run)["action_id"]
    parked = wait.get("Arguments", {}).get("ExpressionAttributeValues", {}).get(":wait", {}).get("M", {})
    before = gate.get("Arguments", {}).get("ExpressionAttributeNames")
    return ActionFacts(
        action_id=action_id,
        step_id=step_id,
        name=run["Comment"].rpartition(": ")[0],
        module=name.removesuffix(f"_{action_id}"),
        automatic=not by_hand,
        optional=not wait,
        owner=parked.get("owner", {}).get("S", ""),
        timing=json.dumps([run["TimeoutSeconds"], run["Retry"], parked.get("due_at"), before], sort_keys=True),
    )


def _payload(state: Mapping[str, Any]) -> dict[str, Any]:
    """What a state that runs or undoes an action tells its Lambda; empty for all other states."""
    payload = state.get("Arguments", {}).get("Payload", {})
    return dict(payload) if "action_id" in payload else {}


def _all(states: States) -> Iterator[Mapping[str, Any]]:
    for state in states.values():
        yield state
        for branch in state.get("Branches", ()):
            yield from _all(branch["States"])


def _without_filled_in(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_filled_in(inner) for key, inner in value.items() if key not in _FILLED_IN}
    return [_without_filled_in(inner) for inner in value] if isinstance(value, list) else value
