"""A skip undone before the machine was told of it: the machine hears `ActionSkipped` all the same, and runs the action."""

import pytest

from lambdas.actions.manual_check_off import module
from lambdas.orders.decisions.claims import ActionUnasked
from lambdas.orders.decisions.operator import manual_actions
from lambdas.orders.model.checklist import ActionState
from tests.unit.actions.conftest import World
from tests.unit.actions.one_action import ACTION, an_order_with


def test_an_undone_skip_does_not_check_off_a_task_that_nobody_did(world: World) -> None:
    an_order_with(world, module, {"text": "rack the server"}, automatic=False)
    world.store.save(manual_actions.skipped(world.at_present(), ACTION, by="ann", why="", now=1))
    world.store.save(manual_actions.unskipped(world.at_present(), ACTION, by="ann", now=2))

    with pytest.raises(ActionUnasked):
        world.run(module, ACTION)
    assert world.action(ACTION).state is ActionState.PENDING
