"""Whoever takes a wait off the order decides what its state is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.decisions import claims, outcomes, progress
from lambdas.orders.machine import Answer, answers
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order, Wait
from tests.support.build import NOW, a_submitted_order, an_order

KEYS = st.sampled_from(["leads", "101", "102", "103", "undo_102"])
WAITS = st.dictionaries(KEYS, st.sampled_from(["t-1", "t-2", "t-3", "t-4"]), max_size=4)


def waiting(order: Order, **tokens: str) -> Order:
    waits = {key: Wait(token=token, since=NOW, due_at=NOW, owner="x") for key, token in tokens.items()}
    return order.changed(waits=waits)


@given(WAITS, WAITS)
def test_each_token_that_left_is_answered_and_no_other(before: dict[str, str], after: dict[str, str]) -> None:
    old, new = waiting(a_submitted_order(), **before), waiting(a_submitted_order(), **after)

    assert answers(old, new).keys() == set(before.values()) - set(after.values())


@given(WAITS)
def test_a_cancel_wakes_every_wait_with_the_same_word(tokens: dict[str, str]) -> None:
    old = waiting(a_submitted_order(), **tokens)

    told = answers(old, progress.canceled(old, now=NOW, because="x"))
    assert told == dict.fromkeys(tokens.values(), Answer.CANCELED)


@given(WAITS)
def test_nothing_is_answered_when_nothing_changed(tokens: dict[str, str]) -> None:
    order = waiting(a_submitted_order(), **tokens)

    assert answers(order, order.changed(owner="x", epoch=2)) == {}


def test_a_submit_lets_the_lead_go_on() -> None:
    lead = waiting(an_order(), leads="t")

    assert answers(lead, progress.submitted(lead, now=NOW, hold=None)) == {"t": Answer.GO_ON}


@pytest.mark.parametrize("settle", [outcomes.done, claims.claimed])
def test_an_action_that_is_claimed_or_done_lets_its_wait_go_on(settle: object) -> None:
    old = waiting(a_submitted_order(), **{"101": "t"})
    new = (
        outcomes.done(old, 101, now=NOW, reason="", result={})
        if settle is outcomes.done
        else claims.claimed(old, 101, claim="r", now=NOW, ends_at=NOW)
    )

    assert answers(old, new) == {"t": Answer.GO_ON}


def test_a_skip_says_so() -> None:
    old = waiting(a_submitted_order(), **{"101": "t"})
    skipped = old.with_action(old.actions["101"].changed(state=ActionState.SKIPPED))

    assert answers(old, skipped.changed(waits={})) == {"t": Answer.SKIPPED}


def test_a_move_wakes_the_waits_of_the_step_it_left() -> None:
    old = waiting(a_submitted_order(), **{"101": "t"})

    assert answers(old, old.changed(waits={}, epoch=old.epoch + 1)) == {"t": Answer.MOVED}


def test_a_wait_of_an_undo_that_is_tried_again_goes_on() -> None:
    canceled = progress.canceled(a_submitted_order(), now=NOW, because="x")

    assert answers(waiting(canceled, undo_102="t"), canceled) == {"t": Answer.GO_ON}


def test_a_state_that_parked_again_has_a_new_token_and_the_old_one_is_let_go() -> None:
    old, new = (waiting(a_submitted_order(), **{"101": token}) for token in ("t-1", "t-2"))

    assert answers(old, new) == {"t-1": Answer.GO_ON}
