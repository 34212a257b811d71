"""An action that is claimed while a prereq is open gives the claim back, and says what it waits for and how to go on."""

import pytest

from lambdas.actions._frame.paused import ActionWaits
from lambdas.actions.manual_check_off import module
from lambdas.orders.decisions.claims import ActionBusy, ActionUnasked
from lambdas.orders.model.checklist import ActionState, ChecklistStep
from lambdas.orders.model.steps import StepStatus
from tests.unit.actions.conftest import World
from tests.unit.actions.one_action import ACTION, OTHER, an_order_with

EARLIER = ChecklistStep(step_id=7, name="Set-up", status=StepStatus.ORDINARY)


def an_order_whose_prereq_is(world: World, state: ActionState, *, step_id: int = 2, busy: bool = False) -> None:
    others = ({"id": OTHER, "name": "Rack", "module": module.name},)
    order = an_order_with(world, module, {"text": "rack the server"}, others=others)
    ends_at = world.clock() + 60 if busy else None
    prereq = order.actions[str(OTHER)].changed(state=state, step_id=step_id, claim_ends_at=ends_at)
    needing = order.actions[str(ACTION)].changed(prereqs=(OTHER,))
    steps = (order.checklist_steps[0], EARLIER, *order.checklist_steps[1:])
    world.store.save(order.with_action(prereq).with_action(needing).changed(checklist_steps=steps))


def test_of_the_same_step_it_names_the_prereq_and_both_ways_on(world: World) -> None:
    an_order_whose_prereq_is(world, ActionState.FAILED)

    with pytest.raises(ActionUnasked, match=r"waits for Rack \(202\)"):
        world.run(module, ACTION)
    waiting = world.action(ACTION)
    assert (waiting.state, waiting.attempts, waiting.claim) == (ActionState.PENDING, 0, None)
    assert waiting.reason == "waits for Rack (202): process or skip that, then process this action; or skip this one"


def test_of_a_step_left_behind_it_names_that_too(world: World) -> None:
    an_order_whose_prereq_is(world, ActionState.WAITING, step_id=EARLIER.step_id)

    with pytest.raises(ActionUnasked):
        world.run(module, ACTION)
    assert world.action(ACTION).reason == (
        "waits for Rack (202): process or skip that in Set-up, where the order must be moved first, then process"
        " this action; or skip this one"
    )


@pytest.mark.parametrize("state", [ActionState.RUNNING, ActionState.SKIPPED])
def test_while_the_prereq_runs_the_machine_tries_again_by_itself(world: World, state: ActionState) -> None:
    """Even if it counts as passed over, because the order was moved past it meanwhile."""
    an_order_whose_prereq_is(world, state, step_id=EARLIER.step_id, busy=True)

    with pytest.raises(ActionBusy):
        world.run(module, ACTION)
    assert "Rack (202)" in world.action(ACTION).reason


def test_one_that_was_passed_over_holds_up_nothing_once_its_run_is_over(world: World) -> None:
    an_order_whose_prereq_is(world, ActionState.SKIPPED, step_id=EARLIER.step_id, busy=True)
    world.clock.time += 61

    with pytest.raises(ActionWaits):  # the module ran, and wants a person to tick it off
        world.run(module, ACTION)
    assert world.action(ACTION).attempts == 1
