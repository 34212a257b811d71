"""Hypothesis strategies: queues of any shape the rules allow, and what people might do to an order of one."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from lambdas.orders.model.queue import Queue
from tests.support.build import a_queue

VERBS = ("process", "process", "skip", "undo_skip", "move", "cancel")
MAX_ACTIONS, MAX_STEPS = 8, 4


@dataclass(frozen=True)
class Wish:
    """One thing somebody wants. `target` picks an action or a step of those there are; `patient`: first lets it settle."""

    verb: str
    target: int
    patient: bool
    twice: bool


@st.composite
def random_queues(draw: st.DrawFn, *, on_optional: bool) -> Queue:
    """One to four ordinary steps, up to eight actions; a prereq is any other action of the step or of an earlier one.

    `on_optional`: optional actions may need optional ones, which perhaps are never done.
    """
    steps: list[dict[str, Any]] = [{"id": 1, "name": "Leads", "expires_after_days": 30}]
    before: list[dict[str, Any]] = []
    for step_id in range(2, 2 + draw(st.integers(1, MAX_STEPS))):
        room = MAX_ACTIONS - len(before)
        actions = [draw(_actions(step_id * 10 + place)) for place in range(draw(st.integers(0, min(4, room))))]
        for action in draw(st.permutations(actions)):  # the order of prereqs is not the order of the file
            any_of_them = on_optional and action["optional"]
            allowed = [other["id"] for other in before if any_of_them or not other["optional"]]
            if allowed:
                action["prereqs"] = draw(st.lists(st.sampled_from(allowed), max_size=3, unique=True))
            before.append(action)
        steps.append({"id": step_id, "name": f"Step {step_id}", "actions": actions})
    ends = [{"id": 98, "name": "Complete"}, {"id": 99, "name": "Canceled"}]
    return a_queue(steps=[*steps, *ends])


@st.composite
def _actions(draw: st.DrawFn, action_id: int) -> dict[str, Any]:
    automatic, optional = draw(st.booleans()), draw(st.sampled_from((False, False, True)))
    config: dict[str, Any] = {
        "number": action_id,
        "trips": draw(st.sampled_from((0, 0, 1, 2))),
        "fails": draw(st.sampled_from((0, 0, 0, 1))),
    }
    if not automatic:
        config["asks"] = draw(st.booleans())
    return {
        "id": action_id,
        "name": f"Action {action_id}",
        "module": "stub_action",
        "automatic": automatic,
        "optional": optional,
        "retry": draw(st.sampled_from(("standard", "patient", "never"))),
        "config": config,
    }


SCRIPTS = st.lists(
    st.builds(Wish, st.sampled_from(VERBS), st.integers(0, 7), st.booleans(), st.sampled_from((False, False, True))),
    max_size=8,
)


@st.composite
def circular_queues(draw: st.DrawFn) -> Queue:
    """A queue of which some actions need each other in a circle."""
    size = draw(st.integers(1, 4))
    ids = [20 + place for place in range(size)]
    actions: list[dict[str, Any]] = [
        {"id": key, "name": f"Action {key}", "module": "stub_action", "config": {"number": key}} for key in ids
    ]
    for action, needed in zip(actions, [*ids[1:], ids[0]], strict=True):
        others = draw(st.lists(st.sampled_from(ids), max_size=2))
        action["prereqs"] = sorted({needed, *others})
    free = {"id": 40, "name": "Free", "module": "stub_action", "automatic": True, "config": {"number": 40}}
    steps = [
        {"id": 1, "name": "Leads", "expires_after_days": 30},
        {"id": 2, "name": "Processing", "actions": draw(st.permutations([*actions, free]))},
        {"id": 98, "name": "Complete"},
        {"id": 99, "name": "Canceled"},
    ]
    return a_queue(steps=steps)
