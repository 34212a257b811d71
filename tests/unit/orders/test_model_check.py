"""Every order of events that can befall an order of the default queue, one after another, with what must hold at each end.

At most one cancel, one crash, one refusal, one record told twice and one person who asks too early, in any combination and
at any moment; the claim, each effect and the settle of a run are moves of their own.
"""

from collections import Counter

import pytest

from lambdas.orders.queue import StepStatus
from tests.build import an_order
from tests.unit.orders.moves import by_itself, first_world, from_outside, helped
from tests.unit.orders.world import World

MOST_WORLDS = 400_000


@pytest.fixture(scope="module")
def ends() -> list[World]:
    """The worlds in which nothing goes on by itself. What must hold everywhere is looked at on the way."""
    start = first_world(an_order())
    seen, todo, still = {start.key}, [start], []
    while todo:
        world = todo.pop()
        nothing_twice(world)
        going_on = list(by_itself(world))
        if all(after.key == world.key for after in going_on):
            still.append(world)
        for after in [*going_on, *from_outside(world)]:
            if after.key not in seen:
                seen.add(after.key)
                todo.append(after)
        assert len(seen) < MOST_WORLDS, "the model has grown too large to be looked through"
    return still


def nothing_twice(world: World) -> None:
    captured, given_back = world.books.moved
    assert captured <= 1, world
    assert given_back <= 1, world
    if world.order.step_status is StepStatus.COMPLETE:
        assert all(action.met for action in world.order.actions.values()), world


def test_every_kind_of_end_is_reached(ends: list[World]) -> None:
    kinds = Counter(world.order.step_status for world in ends)

    assert kinds.keys() == {StepStatus.LEADS, StepStatus.ORDINARY, StepStatus.COMPLETE, StepStatus.CANCELED}


def test_a_complete_order_has_one_of_everything(ends: list[World]) -> None:
    for world in ends:
        if world.order.step_status is StepStatus.COMPLETE:
            assert (world.books.clients, world.books.services, world.books.invoices) == (1, "active", 1), world
            assert world.books.money == "captured", world
            assert world.machine == ("ended", 0), world


def test_a_canceled_order_holds_no_money_and_leaves_no_service(ends: list[World]) -> None:
    for world in ends:
        if world.order.step_status is StepStatus.CANCELED:
            assert world.books.money in ("voided", "refunded") or world.order.hold is None, world
            assert world.books.services in ("none", "canceled"), world
            assert world.order.unwound_at is not None, world
            assert world.order.waits == {}, world


def test_an_order_that_stands_still_waits_for_somebody_who_can_do_something(ends: list[World]) -> None:
    for world in ends:
        if world.order.step_status in (StepStatus.LEADS, StepStatus.ORDINARY):
            assert any(wait.owner for wait in world.order.waits.values()) or any(helped(world)), world
            assert any(True for _ in helped(world)), world
