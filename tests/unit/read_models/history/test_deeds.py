"""Each change is put down to who made it, at the time they made it: people by name, the machine as itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.orders.decisions import outcomes
from lambdas.read_models.history.deeds import Actor, actor_named, deed_of
from tests.support.build import NOW, a_submitted_order, an_order
from tests.support.thorough import examples
from tests.support.walks import MACHINE, a_walk


@settings(max_examples=examples(25))
@given(st.integers(0, 10**9))
def test_each_change_of_a_walk_is_its_authors(seed: int) -> None:
    for change in a_walk(seed).go(60):
        deed = deed_of(change.old, change.new)

        assert (deed.by or MACHINE) == change.author, deed
        assert deed.at == change.at, deed
        assert (deed.actor is Actor.MACHINE) == (change.author == MACHINE)


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("ada", Actor.USER),
        ("ada@shop.test", Actor.USER),
        ("form hosting", Actor.CLIENT),
        ("link 3f", Actor.CLIENT),
        ("contract:event", Actor.CONTRACT),
        ("api:ada", Actor.CONTRACT),
        ("arn:aws:sts::123456789012:assumed-role/Ops/ada", Actor.CONSOLE),
        ("", Actor.MACHINE),
    ],
)
def test_a_name_tells_what_kind_of_author_it_is(name: str, actor: Actor) -> None:
    assert actor_named(name) is actor


def test_a_verb_that_history_has_never_heard_of_is_its_users() -> None:
    old = a_submitted_order(changed_by="ada", changed_how="assign", owner="ada")
    deed = deed_of(old, old.changed(revision=2, owner="grace", activity=NOW + 1))

    assert (deed.actor, deed.by, deed.how, deed.at) == (Actor.USER, "ada", "assign", NOW + 1)


def test_a_row_that_was_edited_by_hand_is_the_consoles() -> None:
    old = an_order(changed_by="ada", changed_how="update")
    deed = deed_of(old, old.changed(priority=3))

    assert (deed.actor, deed.by, deed.how) == (Actor.CONSOLE, "", "edit")


def test_a_revision_that_an_operator_raised_is_the_consoles() -> None:
    old = an_order(changed_by="ada", changed_how="update")

    assert deed_of(old, old.changed(revision=1001)).actor is Actor.CONSOLE


def test_the_machines_runs_name_their_action() -> None:
    old = a_submitted_order(changed_by="ada", changed_how="submit")
    key = next(iter(old.actions))
    ran = old.changed(
        actions={**old.actions, key: old.actions[key].changed(claim="c", attempts=1, at=NOW + 9)}, revision=2
    )
    done = outcomes.done(ran, int(key), now=NOW + 11, reason="", result={}).changed(revision=3)

    assert [(deed_of(*pair).how, deed_of(*pair).action_id) for pair in ((old, ran), (ran, done))] == [
        ("run", int(key)),
        ("done", int(key)),
    ]
