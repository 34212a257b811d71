"""Unwinds a canceled order: undos that depend on each other form a chain, the others run in parallel.

A failed undo holds up the undos that depend on it, and nothing else.
"""

from collections.abc import Mapping, Sequence

from lambdas.orders.model.queue import Action, Queue, Step
from statemachines.asl import State
from statemachines.states import end_states, run_states, wait_states
from statemachines.states.state_names import ActionStates

UNWOUND = "unwound"
# They take back what is in our own records and at the payment provider, whatever an outside party does with its part.
ALONE = frozenset({"add_services", "generate_invoice"})


def unwinding_states(queue: Queue, undoing: frozenset[str], named: Mapping[int, ActionStates]) -> dict[str, State]:
    """The states that undo in reverse order, then write that the order is unwound."""
    chains = undo_chains(queue.steps, undoing)
    if not chains:
        comment = f"Step {queue.canceled.id}: final; nothing is to be taken back"
        return {queue.canceled.name: {**end_states.unwound(), "Comment": comment}}
    box: State = {
        "Type": "Parallel",
        "Comment": f"Step {queue.canceled.id}: final; takes back what the order did",
        "Branches": [_branch(chain, named) for chain in chains],
        "Next": UNWOUND,
    }
    return {queue.canceled.name: box, UNWOUND: end_states.unwound()}


def undo_chains(steps: Sequence[Step], undoing: frozenset[str]) -> list[list[Action]]:
    """Chains of undos, each in reverse. An undo comes after those of all that was built on its action: what has it as a prereq,
    however indirectly, and what stands in a later step. One that depends on nobody is a chain of its own."""
    actions = [action for step in steps for action in step.actions]
    before = _before(steps)
    chains: list[list[Action]] = []
    for action in (action for action in reversed(actions) if action.module in undoing):
        joined = [chain for chain in chains if any(_are_related(action, other, before) for other in chain)]
        chains = [chain for chain in chains if chain not in joined]
        chains.append([*(other for chain in joined for other in chain), action])
    ordered = [_in_reverse(chain, actions, before) for chain in chains]
    return sorted(ordered, key=lambda chain: actions.index(chain[0]), reverse=True)


def _are_related(one: Action, other: Action, before: Mapping[int, set[int]]) -> bool:
    if one.module in ALONE or other.module in ALONE:
        return False
    return one.id in before[other.id] or other.id in before[one.id]


def _in_reverse(chain: list[Action], actions: Sequence[Action], before: Mapping[int, set[int]]) -> list[Action]:
    """The chain in reverse: next comes an action that no remaining one depends on; of several, the last in the queue."""
    left, ordered = sorted(chain, key=actions.index, reverse=True), list[Action]()
    while left:
        following = next(action for action in left if not any(action.id in before[other.id] for other in left))
        left.remove(following)
        ordered.append(following)
    return ordered


def _before(steps: Sequence[Step]) -> dict[int, set[int]]:
    """The actions before each action: those of earlier steps, and its direct and indirect prereqs in its own step."""
    found: dict[int, set[int]] = {}
    earlier: set[int] = set()
    for step in steps:
        here = {action.id: action for action in step.actions}
        for action in step.actions:
            found[action.id] = earlier | _prereqs(action, here)
        earlier = earlier | here.keys()
    return found


def _prereqs(action: Action, here: Mapping[int, Action], known: frozenset[int] = frozenset()) -> set[int]:
    """`known`: so that a circle of prereqs, which checks.py refuses, comes to an end."""
    direct = {each for each in action.prereqs if each in here and each not in known}
    return direct.union(*(_prereqs(here[each], here, known | direct) for each in direct))


def _branch(chain: Sequence[Action], named: Mapping[int, ActionStates]) -> State:
    undos = [named[action.id].undo for action in chain]
    over = undos[-1].over
    states: dict[str, State] = {}
    for action, names, following in zip(chain, undos, [*undos[1:], None], strict=True):
        onward = {"Next": following.run} if following else {"End": True}
        states[names.run] = run_states.undo(action, onward=onward, on_failure=names.wait, on_silence=names.silent)
        states[names.silent] = run_states.silent_undo(
            action, then=names.wait, otherwise=following.run if following else over
        )
        states[names.wait] = wait_states.wait_for_undo(action, names)
    states[over] = {"Type": "Succeed"}
    return {"StartAt": undos[0].run, "States": states}
