"""States are named after actions, for people; what they are for is told by what they do, for programs."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.model.queue import Action, Queue, load_queues
from statemachines.states.state_names import MACHINE_STATES, MAX_STATE_NAME, all_names, state_names
from statemachines.states.state_roles import Role, StateRole, role_of
from tests.support.build import a_queue
from tests.unit.statemachines.graphs import compiled, states

EARLIER = Path(__file__).parents[2] / "data" / "virtual_hosting_2026_11_27" / "machine.asl.json"
# Names that meet: each other's, a step's, those of other states, and too long ones that begin alike.
NAMES = st.one_of(
    st.sampled_from(["Call", "Call: wait", "Call (21)", "Call: undo", "Processing", "Prüfung"]),
    st.sampled_from(["unwound", "leave_2", "\u200b", "\x00"]),
    st.sampled_from(["x" * 90, "x" * 100, "y" * 61, "y" * 62]),
    st.text(min_size=1, max_size=90),
)  # fmt: skip


def queue_of(*names: str, first: int = 21, step: str = "Processing") -> Queue:
    actions = [
        {"id": number, "name": name, "module": "call_webhook", "automatic": number % 2 == 0}
        for number, name in enumerate(names, start=first)
    ]
    return a_queue(
        steps=[
            {"id": 1, "name": "Leads", "expires_after_days": 30},
            {"id": 2, "name": step, "actions": actions},
            {"id": 3, "name": "Complete"},
            {"id": 4, "name": "Canceled"},
        ]
    )


def runs(queue: Queue) -> list[str]:
    return [each.run for each in state_names(queue).values()]


def test_a_state_has_its_actions_name_and_what_it_does() -> None:
    (names,) = state_names(queue_of("Identity Call-back")).values()

    assert (names.run, names.wait, names.undo.wait) == (
        "Identity Call-back", "Identity Call-back: wait", "Identity Call-back: undo: wait",
    )  # fmt: skip


def test_two_actions_of_one_name_have_their_numbers() -> None:
    assert runs(queue_of("Call", "Check", "Call")) == ["Call (21)", "Check", "Call (23)"]


@pytest.mark.parametrize("other", ["Call: wait", "Call: undo", "Call: undo: no answer", "Call: met"])
def test_an_action_that_is_called_like_anothers_state_has_its_number(other: str) -> None:
    assert runs(queue_of("Call", other)) == ["Call (21)", f"{other} (22)"]


@pytest.mark.parametrize("step", ["Call", "Call: prereqs", "Call: undo: end"])
def test_an_action_gives_way_to_a_step(step: str) -> None:
    assert runs(queue_of("Call", step=step)) == ["Call (21)"]


@pytest.mark.parametrize("name", [*sorted(MACHINE_STATES), "leave_2"])
def test_an_action_gives_way_to_the_machines_own_states(name: str) -> None:
    assert runs(queue_of(name)) == [f"{name} (21)"]


def test_what_cannot_be_printed_is_a_space_and_a_name_of_nothing_is_the_modules() -> None:
    assert runs(queue_of("Call\u202e\x07 back\u00a0now", "\u200b")) == ["Call back now", "call_webhook"]


def test_long_names_are_cut_and_told_apart() -> None:
    long, other = runs(queue_of("x" * 90, "x" * 100))

    assert (long[-6:], other[-6:]) == ("… (21)", "… (22)")


@given(st.lists(NAMES, min_size=1, max_size=6), st.sampled_from([21, 99_999_999_990]))
def test_names_are_unique_short_and_printable_whatever_the_actions_are_called(names: list[str], first: int) -> None:
    queue = queue_of(*names, first=first)
    found = [name for each in state_names(queue).values() for name in all_names(each)]
    own = {step.name for step in queue.steps} | MACHINE_STATES

    assert len(found) == len(set(found))
    assert not own & set(found)
    assert all(0 < len(name) <= MAX_STATE_NAME and name.isprintable() for name in found)
    assert state_names(Queue.model_validate(json.loads(queue.model_dump_json()))) == state_names(queue)


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_a_machine_has_no_state_twice(names: list[str]) -> None:
    found = [name for name, _ in states(compiled(queue_of(*names)))]

    assert len(found) == len(set(found))


def test_renaming_an_action_changes_names_and_nothing_else() -> None:
    before, after = (states(compiled(queue_of(name, "Check"))) for name in ("Call", "Ring Up"))
    renamed = {name.replace("Call", "Ring Up") for name, _ in before}

    assert renamed == {name for name, _ in after}


@pytest.mark.parametrize("queue", load_queues().values(), ids=lambda queue: queue.key)
def test_the_role_of_each_state_is_told_without_its_name(queue: Queue) -> None:
    named = state_names(queue)
    by_id = {action.id: action for action in queue.actions}
    found = {name: role for name, state in states(compiled(queue)) if (role := role_of(state))}

    assert {role.action_id for role in found.values()} == set(named) & {
        action.id for action in queue.actions if action.in_machine
    }
    for name, role in found.items():
        assert name == _expected(named, by_id[role.action_id], role)


def _expected(named: Any, action: Action, role: StateRole) -> str:
    names = named[action.id]
    match role.role:
        case Role.RUN:
            return str(names.run)
        case Role.UNDO:
            return str(names.undo.run)
        case Role.GATE:
            return str(names.gate)
        case Role.WAIT:
            return str(names.wait)
        case Role.UNDO_WAIT:
            return str(names.undo.wait)
        case Role.SILENT:
            return str(names.silent)
    return str(names.undo.silent)


def test_states_of_earlier_versions_are_read_in_the_same_way() -> None:
    """As they were named before: `add_services`, `add_services_wait`."""
    found = {name: role for name, state in states(json.loads(EARLIER.read_text("utf-8"))) if (role := role_of(state))}
    ends = {Role.RUN: "", Role.WAIT: "_wait", Role.GATE: "_gate", Role.SILENT: "_silent"}
    ends |= {Role.UNDO: "", Role.UNDO_WAIT: "_wait", Role.UNDO_SILENT: "_silent"}

    assert {role.role for role in found.values()} == set(ends)
    for name, role in found.items():
        is_undo = role.role in (Role.UNDO, Role.UNDO_WAIT, Role.UNDO_SILENT)
        assert name.startswith("undo_") is is_undo
        assert name.endswith(ends[role.role])
