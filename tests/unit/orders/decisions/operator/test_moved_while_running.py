"""An action that runs while somebody moves the order: it settles by itself, and what became of it has a name to it."""

import pytest

from lambdas.orders.decisions import claims, outcomes, progress
from lambdas.orders.decisions.operator import moves
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from tests.support.build import NOW
from tests.unit.orders.decisions.operator.test_manual_actions import an_open_order, move, with_state

FIRST, LAST = 20, 30


def moved_while_running(*, by: str = "", step_id: int = LAST, order: Order | None = None, number: int = 21) -> Order:
    running = with_state(
        order or an_open_order(), number, ActionState.RUNNING, claim="c", claim_ends_at=NOW + 30, by=by, attempts=1
    )
    return move(running, step_id)


def in_the_last_step() -> Order:
    order = an_open_order()
    for number in (21, 22):
        order = with_state(order, number, ActionState.DONE)
    order = progress.advanced(with_state(order, 21, ActionState.SKIPPED, passed_over=True))
    assert order.step_id == LAST
    return order


@pytest.mark.parametrize("by", ["", "bob"])
def test_one_that_fails_is_passed_over_by_who_moved_the_order(by: str) -> None:
    late = outcomes.failed(moved_while_running(by=by), 21, now=NOW, reason="no answer").actions["21"]

    assert (late.state, late.by, late.passed_over) == (ActionState.SKIPPED, "ann", True)
    assert late.reason == "passed over: ann moved the order to Step 30: late; no answer"


def test_one_that_comes_to_wait_is_passed_over_too_and_holds_nothing_up() -> None:
    late = outcomes.waiting(moved_while_running(), 21, now=NOW, reason="say yes", result={})

    assert (late.actions["21"].state, late.actions["21"].by) == (ActionState.SKIPPED, "ann")
    assert progress.unmet_prereqs(late, late.actions["22"]) == ()


def test_one_that_is_done_is_done_by_who_asked_for_it() -> None:
    late = outcomes.done(moved_while_running(by="bob"), 21, now=NOW, reason="it ran", result={}, by="bob").actions["21"]

    assert (late.state, late.by, late.passed_over, late.reason) == (ActionState.DONE, "bob", False, "it ran")


def test_one_that_fails_after_a_move_back_is_still_to_do() -> None:
    back = moved_while_running(order=in_the_last_step(), number=31, step_id=FIRST)
    late = outcomes.failed(back, 31, now=NOW, reason="no answer").actions["31"]

    assert (back.step_id, late.state, late.reason) == (FIRST, ActionState.FAILED, "no answer")


def test_one_that_was_moved_past_and_back_to_is_still_to_do() -> None:
    back = move(moved_while_running(), FIRST)
    assert claims.is_busy(back.actions["21"], NOW)

    assert outcomes.failed(back, 21, now=NOW, reason="no answer").actions["21"].state is ActionState.FAILED


def test_one_whose_process_died_is_passed_over_at_once() -> None:
    dead = with_state(an_open_order(), 21, ActionState.RUNNING, claim="c", claim_ends_at=NOW - 1)
    over = moves.moved(dead, dead.checklist_steps[2], by="ann", why="late", now=NOW).actions["21"]

    assert (over.state, over.by, over.claim, over.claim_ends_at) == (ActionState.SKIPPED, "ann", None, None)
