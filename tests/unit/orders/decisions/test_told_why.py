"""Nobody is asked to act without being told what for, and what to do."""

from typing import Any

import pytest

from lambdas.orders.decisions import outcomes, progress
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.modules import load_modules
from lambdas.orders.model.order import Wait
from lambdas.orders.model.queue import Queue, load_queues
from statemachines.compiler import compile_queue
from statemachines.states.state_roles import Role, role_of
from tests.support.build import NOW, a_queue, a_submitted_order

UNDOING = frozenset(name for name, facts in load_modules().items() if facts.undoes)


def states(queue: Queue) -> dict[str, Any]:
    made = compile_queue(queue, UNDOING)["States"]
    inner = {
        name: state
        for box in made.values()
        for branch in box.get("Branches", ())
        for name, state in branch["States"].items()
    }
    return {**made, **inner}


@pytest.mark.parametrize("queue", load_queues().values(), ids=lambda queue: queue.key)
def test_every_state_that_waits_for_a_person_or_tells_of_silence_leaves_a_reason(queue: Queue) -> None:
    found = states(queue)
    parked = {
        (name, role): state
        for name, state in found.items()
        if (role := role_of(state)) and role.role not in (Role.RUN, Role.UNDO)
    }

    assert parked
    for (name, role), state in parked.items():
        arguments = state["Arguments"]
        if role.role is Role.UNDO_WAIT:
            before = {of for of in map(role_of, (way for way in found.values() if leads(way, name))) if of}
            said_why = {(Role.UNDO, role.action_id), (Role.UNDO_SILENT, role.action_id)}
            assert said_why <= before
            continue  # the undo, or the state that tells of its silence, said why
        assert ".reason = " in arguments["UpdateExpression"], name
        said = [
            value["S"] for key, value in arguments["ExpressionAttributeValues"].items() if key in (":reason", ":why")
        ]
        assert said
        assert any(word in said[0] for word in ("process", "done or skipped")), name


def is_wait(state: dict[str, Any]) -> bool:
    role = role_of(state)
    return role is not None and role.role is Role.UNDO_WAIT


def leads(state: dict[str, Any], goal: str) -> bool:
    return goal in (state.get("Next"), *(way["Next"] for way in state.get("Catch", ())))


@pytest.mark.parametrize("queue", load_queues().values(), ids=lambda queue: queue.key)
def test_an_undo_that_leaves_no_reason_itself_is_told_of(queue: Queue) -> None:
    found = states(queue)
    for state in found.values():
        if state.get("Arguments", {}).get("Payload", {}).get("undo"):
            straight = [way["ErrorEquals"] for way in state["Catch"] if is_wait(found[way["Next"]])]
            assert not {"ActionBusy", "States.ALL"} & {error for errors in straight for error in errors}


@pytest.mark.parametrize("state", [ActionState.FAILED, ActionState.WAITING])
def test_a_module_that_says_nothing_leaves_what_to_do(state: ActionState) -> None:
    order = a_submitted_order(a_queue())
    if state is ActionState.FAILED:
        after = outcomes.failed(order, 21, now=NOW, reason="")
    else:
        after = outcomes.waiting(order, 21, now=NOW, reason="", result={})

    assert after.actions["21"].state is state
    assert "process this action" in after.actions["21"].reason


def test_what_ends_after_a_cancel_says_that_it_is_taken_back() -> None:
    canceled = progress.canceled(a_submitted_order(a_queue()), now=NOW, because="")
    done = outcomes.done(canceled, 21, now=NOW, reason="client 7 made", result={})

    assert done.actions["21"].reason.startswith("client 7 made; the order was canceled meanwhile")
    assert "process this action" in done.actions["21"].reason


def test_a_gate_that_opens_takes_its_reason_along() -> None:
    order = a_submitted_order(a_queue())
    waiting = order.with_action(order.actions["22"].changed(reason="waits for Provision Client (21)"))
    waiting = waiting.changed(waits={"gate_22": Wait(token="t", since=NOW, owner="prereqs")})
    done = outcomes.done(waiting, 21, now=NOW, reason="made", result={})

    assert (done.waits, done.actions["22"].reason) == ({}, "")
