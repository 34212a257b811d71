"""Arranges the actions of a step in branches: a chain for a chain of prereqs, a branch for independent actions.

Any prereq graph fits. An action follows one of its prereqs if that is still the end of a chain. It waits at a gate for prereqs in
other branches. One action holds up another only through a prereq.
"""

from collections.abc import Sequence

from lambdas.orders.model.queue import Action, Step
from lambdas.runtime.models import Frozen
from statemachines.states.gates import holding_up


class Place(Frozen):
    """An action in its branch; `gates` are the prereqs of this step that are not before it in the branch."""

    action: Action
    gates: tuple[int, ...]


def branches(step: Step) -> list[list[Place]]:
    """The step's branches in the order of its file. Optional actions have a branch of their own: it may end early."""
    inside = {action.id: action for action in step.actions}
    chains: list[list[Place]] = []
    for action in step.machine_actions:
        needed = [prereq for prereq in action.prereqs if prereq in inside]
        chain = None if action.optional else _chain_to_join(chains, needed)
        if chain is None:
            chain = []
            chains.append(chain)
        before = {place.action.id for place in chain}
        gates = tuple(prereq for prereq in needed if prereq not in before)
        chain.append(Place(action=action, gates=gates if _may_wait(action, step) else ()))
    return chains


def is_plain(chains: Sequence[Sequence[Place]]) -> bool:
    """Whether the step is one chain from its first action to its last, so that nothing in it runs in parallel."""
    return len(chains) == 1 and not any(place.action.optional for place in chains[0])


def _may_wait(action: Action, step: Step) -> bool:
    """An optional action waits only where something else keeps the step open."""
    return not action.optional or any(holding_up(action, step))


def _chain_to_join(chains: list[list[Place]], needed: list[int]) -> list[Place] | None:
    """The branch that ends with a required prereq, the last listed first: that one is met last, most likely."""
    ends = {chain[-1].action.id: chain for chain in chains if not chain[-1].action.optional}
    return next((ends[prereq] for prereq in reversed(needed) if prereq in ends), None)
