"""Compiles a queue to its state machine: a pure function, with the same output for the same queue byte by byte.

Each action has a run and a wait. A box (`Parallel`) holds a step whose actions do not wait for each other. A router leads orders
that were canceled or moved, and the unwinding takes back what canceled ones did. The happy path of an
all-automatic queue costs one transition per action and per box, and one more: Complete.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from lambdas.orders.model.queue import Action, Queue, Step
from statemachines.asl import GONE, State, catch
from statemachines.graph import Place, branches, is_plain
from statemachines.states import end_states, gates, run_states, wait_states
from statemachines.states.state_names import LEAVE, ActionStates, state_names
from statemachines.unwinding import unwinding_states

ROUTER, FIRST_ROUND, GO_TO_STEP = "find_step", "first_round", "go_to_step"
NO_SUCH_STEP, TOO_MANY_ROUNDS, STILL_A_LEAD = "no_such_step", "too_many_rounds", "still_a_lead"
COMPLETE_ALREADY = "complete_already"
MAX_ROUNDS = 200  # moves and cancels an order may see; the history must stay far below 25,000 events


def compile_queue(queue: Queue, undoing: frozenset[str]) -> dict[str, Any]:
    """The queue's machine. `undoing`: the modules that can take back what they did. Raises QueueError."""
    steps = [step for step in queue.ordinary_steps if step.machine_actions]
    named = state_names(queue)
    entries = {step.id: _entry_of(step, named) for step in queue.steps}
    made: dict[str, State] = {}
    for step, then in pairwise([*steps, queue.complete]):
        made |= _step(step, named, then=entries[then.id])
    made[queue.complete.name] = end_states.complete(
        queue.complete, queue.required_actions, queue_id=queue.order_queue_id, otherwise=ROUTER
    )
    made[COMPLETE_ALREADY] = {"Type": "Succeed"}
    made |= _router(queue, entries)
    made |= unwinding_states(queue, undoing, named)
    return {
        "Comment": f"Order queue {queue.order_queue_id}, {queue.name}. Compiled from {queue.key}/queue.toml; do not edit.",
        "QueryLanguage": "JSONata",
        "StartAt": next(iter(made)),  # an order that stands elsewhere is sent on by the router
        "States": made,
    }


def to_json(machine: Mapping[str, Any]) -> str:
    return json.dumps(machine, indent=2, ensure_ascii=False) + "\n"


def _router(queue: Queue, entries: Mapping[int, str]) -> dict[str, State]:
    """The states for orders that were canceled or moved, or could not be completed."""
    return {
        ROUTER: end_states.find_step(first=FIRST_ROUND, then=GO_TO_STEP),
        FIRST_ROUND: {"Type": "Pass", "Assign": {"rounds": 0}, "Next": ROUTER},
        GO_TO_STEP: _go_to_step(queue, entries),
        STILL_A_LEAD: {
            **_fail("StillALead", "The order was not submitted yet, and needs no execution before"),
            "Comment": f"Step {queue.leads.id}: {queue.leads.name}",
        },
        NO_SUCH_STEP: _fail("NoSuchStep", "The order is in a step that this machine does not have"),
        TOO_MANY_ROUNDS: _fail("TooManyRounds", f"The order came by here {MAX_ROUNDS} times"),
    }


def _go_to_step(queue: Queue, entries: Mapping[int, str]) -> State:
    enough = {"Condition": f"{{% $rounds > {MAX_ROUNDS} %}}", "Next": TOO_MANY_ROUNDS}
    return {"Type": "Choice", "Choices": [enough, *_choices(queue, entries)], "Default": NO_SUCH_STEP}


def _choices(queue: Queue, entries: Mapping[int, str]) -> Iterator[State]:
    """The ways to the first state of each step. An order in a step without states continues in the next step with some.

    A lead comes here only if an operator or an earlier version started its machine.
    """
    goals = {queue.leads.id: STILL_A_LEAD, queue.complete.id: COMPLETE_ALREADY, queue.canceled.id: queue.canceled.name}
    following = entries[queue.complete.id]
    for step in reversed(queue.ordinary_steps):
        following = entries[step.id] if step.machine_actions else following
        goals[step.id] = following
    for step in queue.steps:
        condition = f"{{% $states.input = {step.id} %}}"
        yield {"Comment": f"Step {step.id}: {step.name}", "Condition": condition, "Next": goals[step.id]}


def _fail(error: str, cause: str) -> State:
    return {"Type": "Fail", "Error": error, "Cause": cause}


def _step(step: Step, named: Mapping[int, ActionStates], *, then: str) -> dict[str, State]:
    """The states of a step. One chain of required actions needs no box; several chains, or one that may end early, need one."""
    chains = branches(step)
    if is_plain(chains):
        return _chain_states(chains[0], step, named, leave=ROUTER, then=then)
    return {step.name: _box(chains, step, named, then)}


def _entry_of(step: Step, named: Mapping[int, ActionStates]) -> str:
    """The first state of a step."""
    chains = branches(step)
    return _entry(chains[0][0], named) if is_plain(chains) else step.name


def _box(chains: Sequence[list[Place]], step: Step, named: Mapping[int, ActionStates], then: str) -> State:
    """One step: out of it early only with the error that says why."""
    return {
        "Type": "Parallel",
        "Comment": f"Step {step.id}",
        "Branches": [_branch(number, chain, step, named) for number, chain in enumerate(chains, start=1)],
        "Next": then,
        "Catch": [catch(GONE, ROUTER)],
    }


def _branch(number: int, chain: list[Place], step: Step, named: Mapping[int, ActionStates]) -> State:
    leave = f"{LEAVE}{step.id}" if number == 1 else f"{LEAVE}{step.id}_{number}"
    made = _chain_states(chain, step, named, leave=leave, then=None)
    if any(found["Next"] == leave for state in made.values() for found in state.get("Catch", ())):
        made[leave] = _fail(_WHY_IT_LEAVES, "{% $states.input.Cause %}")
    return {"StartAt": next(iter(made)), "States": made}


def _chain_states(
    chain: list[Place], step: Step, named: Mapping[int, ActionStates], *, leave: str, then: str | None
) -> dict[str, State]:
    """The states of one chain, its first state first. `then`: the state after the chain; None: its branch ends."""
    entries = [_entry(place, named) for place in chain]
    made: dict[str, State] = {}
    for place, following in zip(chain, [*entries[1:], then], strict=True):
        made |= _action_states(place, step, named, leave=leave, following=following)
    return {entries[0]: made[entries[0]], **made}


def _action_states(
    place: Place, step: Step, named: Mapping[int, ActionStates], *, leave: str, following: str | None
) -> dict[str, State]:
    """The states of one action: gate, run, silence and waits.

    The gate is for prereqs in other branches. Silence writes on the order that a run never answered. An optional action has a
    quiet end instead of a wait.
    """
    action, names = place.action, named[place.action.id]
    made: dict[str, State] = {}
    if place.gates:
        entry = names.run if action.automatic else names.wait
        passed = names.over if action.optional else names.run
        made[names.gate] = gates.gate(
            action, step, place.gates, entry=entry, gate_state=names.gate, passed=passed, leave=leave
        )
    if action.optional:
        return made | _optional_states(action, step, names)
    onward = {"Next": following} if following else {"End": True}
    made[names.run] = run_states.run(
        action, step, onward=onward, on_failure=names.wait, on_silence=names.silent, leave=leave
    )
    made[names.silent] = run_states.silent_run(action, step, then=names.wait, otherwise=names.passed)
    made[names.passed] = run_states.passed(action, step, onward=onward, otherwise=leave)
    made[names.wait] = wait_states.wait_for_action(action, step, names, leave=leave)
    return made


def _optional_states(action: Action, step: Step, names: ActionStates) -> dict[str, State]:
    """All of an optional action but its gate. Each way leads to the quiet end."""
    over = names.over
    run = run_states.try_once(action, on_failure=over, on_passing=names.given_up, on_silence=names.silent)
    return {
        names.run: run,
        names.given_up: run_states.given_up(action, then=over),
        names.silent: run_states.silent_run(action, step, then=over, otherwise=over),
        over: {"Type": "Succeed"},
    }


# A run that ended without a word may find out nothing but that the order is not here.
_WHY_IT_LEAVES = "{% $states.input.Error = 'OrderCanceled' ? 'OrderCanceled' : 'OrderMoved' %}"


def _entry(place: Place, named: Mapping[int, ActionStates]) -> str:
    """A gate where there is one; else automatic actions begin with their run, manual ones with their wait."""
    names = named[place.action.id]
    return names.gate if place.gates else names.run if place.action.automatic else names.wait
