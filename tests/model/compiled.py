"""A queue's compiled machine, read for the model check: its states, and where each leads when it ends or fails.

It is what `compile_queue` makes of the queue, so boxes, branches, gates and their order are the compiler's (graph.py), and no
second copy of its rules can be wrong in the same way.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lambdas.orders.model.modules import ModuleFacts
from lambdas.orders.model.queue import Queue
from statemachines.compiler import GO_TO_STEP, compile_queue
from tests.model.expressions import Condition, Update, condition_of, update_of

TOP = ""  # the box of states that stand in no box
_STEP_CHOICE = re.compile(r"input = (\d+) ")


@dataclass(frozen=True, eq=False)
class State:
    """One state. `kind`: run, undo, wait, write, read, pass (nothing but the way on), end or fail (with `error`)."""

    name: str
    kind: str
    onward: str | None
    catches: tuple[tuple[tuple[str, ...], str], ...]
    action_id: int = 0
    key: str = ""
    condition: Condition | None = None
    update: Update | None = None
    error: str = ""

    def caught(self, error: str) -> str:
        """The state that the error leads to."""
        return next(goal for errors, goal in self.catches if error in errors or "States.ALL" in errors)


@dataclass(frozen=True)
class Compiled:
    """`boxes`: states by name, for each box and for the top."""

    start: str
    steps: dict[int, str]
    boxes: dict[str, dict[str, State]]
    branches: dict[str, tuple[str, ...]]
    after: dict[str, tuple[str | None, str | None]]

    @cached_property
    def waits(self) -> frozenset[str]:
        return frozenset(state.key for states in self.boxes.values() for state in states.values() if state.key)


def compiled(queue: Queue, modules: dict[str, ModuleFacts], now: int) -> Compiled:
    undoing = frozenset(name for name, module in modules.items() if module.undoes)
    machine = compile_queue(queue, undoing)
    made = machine["States"]
    parallel = {name: state for name, state in made.items() if state["Type"] == "Parallel"}
    plain = {name: _state(name, state, now) for name, state in made.items() if name not in parallel}
    goals = _choices(made[GO_TO_STEP])
    return Compiled(
        start=machine["StartAt"],
        steps=goals,
        boxes={TOP: plain}
        | {
            name: {
                key: _state(key, inner, now) for branch in state["Branches"] for key, inner in branch["States"].items()
            }
            for name, state in parallel.items()
        },
        branches={name: tuple(branch["StartAt"] for branch in state["Branches"]) for name, state in parallel.items()},
        after={
            name: (state.get("Next"), state["Catch"][0]["Next"] if "Catch" in state else None)
            for name, state in parallel.items()
        },
    )


def _choices(state: dict[str, Any]) -> dict[int, str]:
    ways = ((_STEP_CHOICE.search(choice["Condition"]), choice["Next"]) for choice in state["Choices"])
    return {int(found[1]): goal for found, goal in ways if found}


def _state(name: str, state: dict[str, Any], now: int) -> State:
    arguments = state.get("Arguments", {})
    payload = arguments.get("Payload", {})
    kind = _kind(state, payload)
    keys = arguments.get("ExpressionAttributeNames", {})
    return State(
        name=name,
        kind=kind,
        onward=state.get("Next"),
        catches=tuple((tuple(found["ErrorEquals"]), found["Next"]) for found in state.get("Catch", ())),
        action_id=payload.get("action_id", 0),
        key=keys["#key"] if kind == "wait" else "",
        condition=condition_of(arguments, now) if kind in ("wait", "write") else None,
        update=update_of(arguments, now) if kind in ("wait", "write") else None,
    )


def _kind(state: dict[str, Any], payload: dict[str, Any]) -> str:
    if state["Type"] != "Task":
        return {"Succeed": "end", "Fail": "fail", "Choice": "choice", "Pass": "pass"}[state["Type"]]
    resource = state["Resource"]
    if resource.endswith("lambda:invoke"):
        return "undo" if payload.get("undo") else "run"
    if resource.endswith("waitForTaskToken"):
        return "wait"
    return "read" if resource.endswith("getItem") else "write"
