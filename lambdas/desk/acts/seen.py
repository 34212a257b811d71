"""A short text of the order as a page showed it, which its buttons send back. It tells what changed in between.

It decides nothing: only the revision does. A forged one tells its sender nonsense about what changed.
"""

from collections.abc import Iterator, Mapping

from lambdas.desk.acts.handling import PRIORITIES, work_name
from lambdas.orders.decisions.open_work import open_work
from lambdas.orders.model.order import Order

_MAX = 4_000


def seen_text(order: Order) -> str:
    """`205;3201=done,3202=waiting;2;3202=ada`: the step, the state of each action, the priority, and who has what."""
    states = _pairs({key: action.state.value for key, action in order.actions.items()})
    return f"{order.step_id};{states};{order.priority};{_pairs(_holders(order))}"[:_MAX]


def changes_since(seen: str, order: Order) -> list[str]:
    """Sentences that say what is different now; empty if nothing of it is."""
    step, said, priority, held = (seen[:_MAX].split(";") + [""] * 4)[:4]
    return [
        *_of_step(step, order),
        *_of_states(_read(said), order),
        *_of_priority(priority, order),
        *(_of_holders(_read(held), order) if priority else ()),
    ]


def _pairs(found: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in found.items())


def _read(said: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in said.split(",") if "=" in pair)


def _holders(order: Order) -> dict[str, str]:
    """In whose hands open work is, by its key."""
    return {work.key: work.person for work in open_work(order) if work.person}


def _of_step(step: str, order: Order) -> Iterator[str]:
    names = {str(each.step_id): each.name for each in order.checklist_steps}
    if step in names and step != str(order.step_id):
        yield f"The order was in {names[step]} and is in {order.step.name} now."


def _of_states(states: Mapping[str, str], order: Order) -> Iterator[str]:
    for key, action in order.actions.items():
        before = states.get(key, "")
        if before in _STATES and before != action.state.value:
            yield f"{action.name} was {_STATES[before]} and is {_STATES[action.state.value]} now."


def _of_priority(before: str, order: Order) -> Iterator[str]:
    words = {str(number): word for number, word in PRIORITIES.items()}
    if before in words and before != str(order.priority):
        yield f"The priority was {words[before]} and is {words[str(order.priority)]} now."


def _of_holders(held: Mapping[str, str], order: Order) -> Iterator[str]:
    for work in open_work(order):
        before = held.get(work.key, "")
        if before != work.person:
            yield f"{work_name(order, work)} was with {before or 'nobody'} and is with {work.person or 'nobody'} now."


_STATES = {
    "pending": "ahead",
    "running": "running",
    "waiting": "waiting",
    "failed": "failed",
    "done": "done",
    "skipped": "skipped",
    "undone": "taken back",
}
