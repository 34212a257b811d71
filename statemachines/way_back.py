"""The way back of a canceled order: which undos come after one another, and which do not wait for each other.

Whoever refuses to take something back holds up what was built on by that, and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence

from lambdas.orders.queue import Action, Queue
from statemachines import ends, runs, waits
from statemachines.asl import State

UNWOUND = "unwound"
# They take back what is in our own records and at the payment provider, whatever an outside party does with its part.
ALONE = frozenset({"add_services", "generate_invoice"})


def way_back(queue: Queue, undoing: frozenset[str], named: dict[int, str]) -> dict[str, State]:
    """Undo in reverse what can be undone, then say that nothing is left."""
    chains = undo_chains(queue.actions, undoing)
    if not chains:
        comment = f"Step {queue.canceled.id}: final; nothing is to be taken back"
        return {queue.canceled.name: {**ends.unwound(), "Comment": comment}}
    box: State = {
        "Type": "Parallel",
        "Comment": f"Step {queue.canceled.id}: final; takes back what the order did",
        "Branches": [_branch(chain, named) for chain in chains],
        "Next": UNWOUND,
    }
    return {queue.canceled.name: box, UNWOUND: ends.unwound()}


def undo_chains(actions: Sequence[Action], undoing: frozenset[str]) -> list[list[Action]]:
    """Chains of undos, each in reverse. An undo comes after those of the actions that have its own as a prereq, however
    indirectly; one that depends on nobody is a chain of its own."""
    before = _prereqs_of(actions)
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
    """What nothing that is left was built on comes next; of several, what the queue lists last."""
    left, ordered = sorted(chain, key=actions.index, reverse=True), list[Action]()
    while left:
        following = next(action for action in left if not any(action.id in before[other.id] for other in left))
        left.remove(following)
        ordered.append(following)
    return ordered


def _prereqs_of(actions: Iterable[Action]) -> dict[int, set[int]]:
    """What has to come before each action, also by way of others."""
    known = {action.id: action for action in actions}
    found: dict[int, set[int]] = {}

    def before(action: Action) -> set[int]:
        if action.id not in found:
            found[action.id] = set()  # a circle of prereqs, which checks.py refuses, ends here
            for prereq in (known[each] for each in action.prereqs if each in known):
                found[action.id] |= {prereq.id, *before(prereq)}
        return found[action.id]

    for action in known.values():
        before(action)
    return found


def _branch(chain: Sequence[Action], named: dict[int, str]) -> State:
    names = [f"undo_{named[action.id]}" for action in chain]
    over = f"{names[-1]}_over"
    states: dict[str, State] = {}
    for action, name, following in zip(chain, names, [*names[1:], None], strict=True):
        wait, silent = f"{name}_wait", f"{name}_silent"
        onward = {"Next": following} if following else {"End": True}
        states[name] = runs.undo(action, onward=onward, on_failure=wait, on_silence=silent)
        states[silent] = runs.silent_undo(action, then=wait, otherwise=following or over)
        states[wait] = waits.wait_for_undo(action, undo_state=name)
    states[over] = {"Type": "Succeed"}
    return {"StartAt": names[0], "States": states}
