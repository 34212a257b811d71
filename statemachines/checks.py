"""The rules a queue must keep before it is compiled. Each refusal names the place, the reason and the cure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from lambdas.actions._frame.module import Module
from lambdas.orders.contact.email import is_email
from lambdas.orders.decisions.client_asks import APPROVAL, QUESTION
from lambdas.orders.decisions.lead.room import QUEUE_BYTES, queue_bytes
from lambdas.orders.model.checklist import checklist_of
from lambdas.orders.model.queue import Action, Queue
from lambdas.orders.model.teams import Team, load_teams
from statemachines.credit_checks import credit_problems
from statemachines.notify_checks import notify_problems
from statemachines.states.state_names import MAX_STATE_NAME, all_names, is_of_the_machine, state_names

MAX_REQUIRED_ACTIONS = 90  # Complete's condition names each; DynamoDB takes 300 operators and 4 KB of expression


class QueueError(ValueError):
    """A queue that cannot be deployed; the text lists everything that is wrong with it."""

    def __init__(self, queue: Queue, problems: list[str]) -> None:
        lines = "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"statemachines/{queue.key}/queue.toml:{lines}")


def check(queue: Queue, modules: Mapping[str, Module[Any]], teams: Mapping[str, Team] | None = None) -> None:
    """Raise QueueError unless every rule holds. `teams`: by name; None: those of statemachines/teams.toml."""
    teams = load_teams() if teams is None else teams
    problems = [
        *_fixed_steps(queue),
        *_ids(queue),
        *_names(queue),
        *_modules(queue, modules),
        *_owners(queue, teams),
        *_asks(queue),
        *notify_problems(queue, teams),
        *_prereqs(queue),
        *_money(queue, modules),
        *credit_problems(queue),
        *_sender(queue),
        *_room(queue),
    ]
    if problems:
        raise QueueError(queue, problems)


def _fixed_steps(queue: Queue) -> Iterator[str]:
    if queue.leads.expires_after_days is None:
        yield f"step {queue.leads.id} {queue.leads.name} needs expires_after_days: a lead must not wait for ever"
    for step in (queue.leads, queue.complete, queue.canceled):
        if step.actions:
            yield f"step {step.id} {step.name} is fixed and runs no actions; move them to an ordinary step"
    if not queue.ordinary_steps:
        yield "there is no step between Leads and Complete; add one, it need not hold any action"
    for step in queue.steps[1:]:
        if step.expires_after_days is not None:
            yield f"step {step.id} {step.name} cannot expire, only Leads can; give its actions a due_hours instead"
    if len(queue.required_actions) > MAX_REQUIRED_ACTIONS:
        yield f"{len(queue.required_actions)} required actions are more than {MAX_REQUIRED_ACTIONS}; split the queue"


def _sender(queue: Queue) -> Iterator[str]:
    if queue.sendlink_from and not is_email(queue.sendlink_from):
        yield "sendlink_from must be one e-mail address such as orders@example.com, of the domain the stage sends for"


def _room(queue: Queue) -> Iterator[str]:
    """Every order carries its checklist, and what became of each action."""
    if (needed := queue_bytes(*checklist_of(queue, {}))) > QUEUE_BYTES:
        text = "the settings and outcomes of its actions"
        yield f"{text} can take {needed:,} bytes of an order, and {QUEUE_BYTES:,} are theirs; shorten texts, or split the queue"


def _ids(queue: Queue) -> Iterator[str]:
    for kind, ids in (
        ("step", [step.id for step in queue.steps]),
        ("action", [action.id for action in queue.actions]),
    ):
        for number, count in Counter(ids).items():
            if count > 1:
                yield f"{kind} id {number} is used {count} times; ids are stable and unique, take a new one"


def _names(queue: Queue) -> Iterator[str]:
    of_actions = {name for states in state_names(queue).values() for name in all_names(states)}
    for name, count in Counter(step.name for step in queue.steps).items():
        if count > 1:
            yield f"{count} steps are called {name}; give each step a name of its own"
        if is_of_the_machine(name) or name in of_actions:
            yield f"a step cannot be called {name}: the machine has a state of that name; choose another"
        if len(name) > MAX_STATE_NAME:
            yield f"the step name {name[:20]}... has more than {MAX_STATE_NAME} characters; shorten it"
        if not name.isprintable():
            yield f"the step name {name!r} has characters that cannot be printed; remove them"
    for kind, name in (
        *(("step", step.name) for step in queue.steps),
        *(("action", each.name) for each in queue.actions),
    ):
        if "${" in name:
            yield f"the {kind} name {name} holds ${{, which a deployment fills in; choose another name"


def _modules(queue: Queue, modules: Mapping[str, Module[Any]]) -> Iterator[str]:
    for action in queue.actions:
        module = modules.get(action.module)
        if module is None:
            known = ", ".join(sorted(modules))
            yield f"{_title(action)} uses {action.module}, which has no file in lambdas/actions; known: {known}"
            continue
        try:
            module.config.model_validate(action.config)
        except ValidationError as error:
            for found in error.errors():
                place = ".".join(map(str, found["loc"])) or "config"
                yield f"{_title(action)}: its config does not fit {action.module}: {place}: {found['msg']}"


def _asks(queue: Queue) -> Iterator[str]:
    """Actions that ask a client must be on the page of that client."""
    for action in queue.actions:
        asks = action.module == APPROVAL or (action.module == QUESTION and action.config.get("client_answers") is True)
        if asks and not action.client_viewable:
            yield f"{_title(action)} asks the client, who does not see it; add client_viewable = true"


def _owners(queue: Queue, teams: Mapping[str, Team]) -> Iterator[str]:
    """An action that waits is shown to its team, and a team that does not exist looks at nothing."""
    for action in queue.actions:
        if action.owner not in teams:
            near = get_close_matches(action.owner, teams, n=1)
            meant = f"did you mean {near[0]}? " if near else ""
            known = ", ".join(sorted(teams))
            yield (
                f"{_title(action)} has the owner {action.owner}, which is no team: {meant}"
                f"name a team of statemachines/teams.toml ({known}), or add it there"
            )


def _prereqs(queue: Queue) -> Iterator[str]:
    places = {action.id: index for index, step in enumerate(queue.steps) for action in step.actions}
    by_id = {action.id: action for action in queue.actions}
    for index, step in enumerate(queue.steps):
        for action in step.actions:
            for needed in action.prereqs:
                if needed not in places:
                    yield f"{_title(action)} needs action {needed}, which no step has"
                elif places[needed] > index:
                    yield f"{_title(action)} needs {_title(by_id[needed])} of a later step, so neither could ever run"
                elif by_id[needed].optional and not action.optional:
                    yield f"{_title(action)} is required but needs {_title(by_id[needed])}, which is optional; make both alike"
    yield from _cycles(by_id)


def _cycles(by_id: Mapping[int, Action]) -> Iterator[str]:
    """The actions whose prereqs form a circle: those that remain after all with satisfiable prereqs are removed."""
    left = dict(by_id)
    while ready := [key for key, action in left.items() if not any(needed in left for needed in action.prereqs)]:
        for key in ready:
            del left[key]
    if left:
        yield f"{', '.join(_title(action) for action in left.values())} need each other in a circle; take one prereq away"


def _money(queue: Queue, modules: Mapping[str, Module[Any]]) -> Iterator[str]:
    for action in queue.actions:
        module = modules.get(action.module)
        if module and module.money == "captures" and module.undo is None:
            yield f"{_title(action)} takes money and its module cannot give it back; add an undo to {action.module}"
    captures = [
        action for action in queue.actions if action.module in modules and modules[action.module].money == "captures"
    ]
    if len(captures) > 1:
        yield f"{' and '.join(map(_title, captures))} both capture the one payment that submit holds; keep one"
    for action in captures:
        if action.optional:
            yield f"{_title(action)} is optional, so the money that submit holds might stay held; make it required"


def _title(action: Action) -> str:
    return f"action {action.id} {action.name}"
