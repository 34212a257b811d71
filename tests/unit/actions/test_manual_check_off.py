"""What is done by hand is done when a person says so; a check may need a second person."""

import pytest

from lambdas.actions._frame.module import PermanentError
from lambdas.actions._frame.paused import ActionWaits
from lambdas.actions.manual_check_off import module
from lambdas.orders.model.checklist import ActionState
from tests.unit.actions.conftest import World
from tests.unit.actions.one_action import ACTION, OTHER, an_order_with, ask, says_nothing_personal

RACK = {"id": OTHER, "name": "Rack", "module": "manual_check_off", "config": {"text": "rack it"}}
QA = {"text": "check the rack", "second_person_of": OTHER}


def test_processing_it_is_doing_it(world: World) -> None:
    an_order_with(world, module, {"text": "rack the server"})
    ask(world)
    world.run(module, ACTION)

    assert (world.action(ACTION).state, world.action(ACTION).reason) == (ActionState.DONE, "checked off")
    assert says_nothing_personal(world)
    assert world.run(module, ACTION) == {"settled_before": True}


def test_nothing_is_checked_off_by_itself(world: World) -> None:
    an_order_with(world, module, {"text": "rack the server"})

    with pytest.raises(ActionWaits):
        world.run(module, ACTION)
    assert (world.action(ACTION).state, world.action(ACTION).reason) == (ActionState.WAITING, "to do: rack the server")


def test_a_second_person_may_check_what_the_first_did(world: World) -> None:
    an_order_with(world, module, QA, others=(RACK,))
    ask(world, by="ann", action_id=OTHER)
    world.run(module, OTHER)
    ask(world, by="bob")
    world.run(module, ACTION)

    assert world.action(ACTION).state is ActionState.DONE


def test_the_first_person_may_not_check_their_own_work(world: World) -> None:
    an_order_with(world, module, QA, others=(RACK,))
    ask(world, by="ann", action_id=OTHER)
    world.run(module, OTHER)
    ask(world, by="ann")

    with pytest.raises(PermanentError, match=r"the user who processed Rack \(202\) may not check it"):
        world.run(module, ACTION)
    ask(world, by="bob")
    world.run(module, ACTION)
    assert world.action(ACTION).state is ActionState.DONE


def test_there_is_nothing_to_check_before_it_is_done(world: World) -> None:
    an_order_with(world, module, QA, others=(RACK,))
    ask(world)

    with pytest.raises(PermanentError, match="comes first"):
        world.run(module, ACTION)


def test_a_check_of_an_action_that_is_not_there_says_so(world: World) -> None:
    an_order_with(world, module, QA)
    ask(world)

    with pytest.raises(PermanentError, match="action 202, which this order does not have"):
        world.run(module, ACTION)
