"""Names the states of a queue's machine after its actions: `Identity Call-back`, `Identity Call-back: wait`.

People read these names in the AWS console. Programs do not: statemachines/states/state_roles.py tells a state's role by what it
does, so renaming an action changes names and nothing else. A name is unique in its machine and has at most 80 characters:
https://states-language.net/spec.html#states-fields
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from lambdas.orders.model.queue import Action, Queue

MAX_STATE_NAME = 80
MACHINE_STATES = frozenset(
    {
        "find_step", "first_round", "go_to_step", "no_such_step",
        "too_many_rounds", "still_a_lead", "unwound", "complete_already",
    }
)  # fmt: skip
LEAVE = "leave_"
"""How the states begin that lead out of a step's box."""


@dataclass(frozen=True)
class ActionStates:
    """The states of an action, or of its undo. `run`: the state that calls its function; the others add what they do."""

    run: str

    @property
    def gate(self) -> str:
        return f"{self.run}: prereqs"

    @property
    def wait(self) -> str:
        return f"{self.run}: wait"

    @property
    def silent(self) -> str:
        return f"{self.run}: no answer"

    @property
    def passed(self) -> str:
        return f"{self.run}: met"

    @property
    def given_up(self) -> str:
        return f"{self.run}: given up"

    @property
    def over(self) -> str:
        return f"{self.run}: end"

    @property
    def undo(self) -> "ActionStates":
        return ActionStates(f"{self.run}: undo")

    def __iter__(self) -> Iterator[str]:
        """All names but those of the undo."""
        yield from (self.run, self.gate, self.wait, self.silent, self.passed, self.given_up, self.over)


def state_names(queue: Queue) -> dict[int, ActionStates]:
    """The states of each action by its id: the same for the same queue.

    An action has its id behind its name, `Call-back (3202)`, where another action or a step would have a state of the same name.
    """
    steps = {step.name for step in queue.steps}
    numbered: set[int] = set()
    while True:
        named = {action.id: _states_of(action, has_number=action.id in numbered) for action in queue.actions}
        alike = set(_ambiguous(named, steps)) - numbered
        if not alike:
            return named
        numbered |= alike


def all_names(states: ActionStates) -> list[str]:
    """Those of the action and of its undo, whether or not its machine has each."""
    return [*states, *states.undo]


def is_of_the_machine(name: str) -> bool:
    return name in MACHINE_STATES or name.startswith(LEAVE)


def _ambiguous(named: Mapping[int, ActionStates], steps: Collection[str]) -> Iterator[int]:
    count = Counter(name for states in named.values() for name in all_names(states))
    for action_id, states in named.items():
        if any(count[name] > 1 or name in steps or is_of_the_machine(name) for name in all_names(states)):
            yield action_id


_ROOM = MAX_STATE_NAME - max(map(len, all_names(ActionStates(""))))


def _states_of(action: Action, *, has_number: bool) -> ActionStates:
    """Characters that cannot be printed become spaces, and a long name is cut."""
    number = f" ({action.id})" if has_number else ""
    text = printable(action.name) or action.module
    room = _ROOM - len(number)
    cut = text if len(text) <= room else f"{text[: room - 1].rstrip()}…"
    return ActionStates(f"{cut}{number}")


def printable(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
