"""The rules a queue must keep before it is compiled. Each refusal names the place, the reason and the cure."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lambdas.orders.queue import Queue, Step

ACTIONS_FOLDER = Path(__file__).resolve().parents[1] / "lambdas" / "actions"
RESERVED_NAMES = {"start", "find_step", "go_to_step", "no_such_step", "expire_lead", "unwound", "complete_already"}


class QueueError(ValueError):
    """A queue that cannot be deployed; the text lists everything that is wrong with it."""

    def __init__(self, queue: Queue, problems: list[str]) -> None:
        lines = "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"statemachines/{queue.key}/queue.toml:{lines}")


def modules() -> frozenset[str]:
    """The modules there are: one file each in lambdas/actions."""
    return frozenset(file.stem for file in ACTIONS_FOLDER.glob("[a-z]*.py"))


def check(queue: Queue) -> None:
    """Raise QueueError unless every rule holds."""
    problems = [*_fixed_steps(queue), *_ids(queue), *_actions(queue), *_prereqs(queue)]
    if problems:
        raise QueueError(queue, problems)


def _fixed_steps(queue: Queue) -> Iterator[str]:
    if queue.leads.expires_after_days is None:
        yield f"step {queue.leads.id} {queue.leads.name} needs expires_after_days: a lead must not wait for ever"
    for step in (queue.leads, queue.complete, queue.canceled):
        if step.actions:
            yield f"step {step.id} {step.name} is fixed and runs no actions; move them to an ordinary step"
    for name, count in Counter(step.name for step in queue.steps).items():
        if count > 1:
            yield f"{count} steps are called {name}; give each step a name of its own"
        if name in RESERVED_NAMES:
            yield f"a step cannot be called {name}: the machine has a state of that name; choose another"


def _ids(queue: Queue) -> Iterator[str]:
    for kind, ids in (
        ("step", [step.id for step in queue.steps]),
        ("action", [action.id for action in queue.actions]),
    ):
        for number, count in Counter(ids).items():
            if count > 1:
                yield f"{kind} id {number} is used {count} times; ids are stable and unique, take a new one"


def _actions(queue: Queue) -> Iterator[str]:
    known = modules()
    for action in queue.actions:
        if action.module not in known:
            names = ", ".join(sorted(known))
            yield f"action {action.id} {action.name} uses {action.module}, which has no file in lambdas/actions; known: {names}"
        if action.optional:
            yield f"action {action.id} {action.name} is optional, which machines cannot do yet; make it required"


def _prereqs(queue: Queue) -> Iterator[str]:
    earlier: set[int] = set()
    everywhere = {action.id for action in queue.actions}
    for step in queue.steps:
        for action in step.actions:
            for needed in action.prereqs:
                if needed not in everywhere:
                    yield f"action {action.id} {action.name} needs action {needed}, which no step has"
                elif needed not in earlier:
                    yield f"action {action.id} {action.name} needs action {needed}, which comes later; {_cure(step, needed)}"
            earlier.add(action.id)


def _cure(step: Step, needed: int) -> str:
    return (
        f"list {needed} before it" if any(action.id == needed for action in step.actions) else "use an earlier step's"
    )
