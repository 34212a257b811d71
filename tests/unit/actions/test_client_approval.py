"""Client Approval: the order waits until its client approves; who does not approve says why, and may approve later."""

from typing import Any

import pytest

from lambdas.actions._frame.paused import ActionWaits
from lambdas.actions.client_approval import module
from lambdas.orders.model.checklist import ActionState
from tests.unit.actions.conftest import World
from tests.unit.actions.one_action import ACTION, an_order_with, ask

CONFIG = {"text": "The blue design."}


@pytest.mark.parametrize("answer", [1, "1", "yes", True])
def test_an_approval_lets_the_order_go_on(world: World, answer: object) -> None:
    an_order_with(world, module, CONFIG)
    ask(world, approved=answer)
    world.run(module, ACTION)

    assert (world.action(ACTION).state, world.action(ACTION).reason) == (ActionState.DONE, "approved")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "waits for the client's approval"),
        ({"approved": "perhaps"}, "waits for the client's approval"),
        ({"approved": 0, "comment": "In green,\nplease"}, "the client does not approve: In green, please;"),
        ({"approved": False}, "the client does not approve: no reason given;"),
    ],
)
def test_without_one_it_waits_and_may_be_approved_later(world: World, given: dict[str, Any], reason: str) -> None:
    an_order_with(world, module, CONFIG)
    ask(world, **given)
    with pytest.raises(ActionWaits):
        world.run(module, ACTION)
    assert world.action(ACTION).reason.startswith(reason)
    ask(world, approved=1)
    world.run(module, ACTION)

    assert world.action(ACTION).state is ActionState.DONE
