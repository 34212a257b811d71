"""An action that somebody asked for, beside the machine: nobody else tries it again, so its own run does."""

import itertools

import pytest

from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools, TransientError
from lambdas.actions._frame.requested import REQUESTED_TRIES, run_requested
from lambdas.actions._frame.run import run_action
from lambdas.orders.decisions.claims import ActionBusy, ActionUnasked
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from tests.unit.actions.conftest import LAMBDA_SECONDS, Context, Died, World
from tests.unit.actions.one_action import ACTION, an_order_with, ask


class Settings(Config):
    """None."""


def failing(times: int) -> Module[Settings]:
    tries = itertools.count(1)

    def run(order: Order, config: Settings, use: Tools) -> Done:
        if next(tries) <= times:
            raise TransientError("busy; this is tried again automatically")
        return Done("done at last")

    return Module(name="manual_check_off", label="Stub", config=Settings, run=run)


@pytest.mark.parametrize("times", range(REQUESTED_TRIES + 1))
def test_what_fails_in_passing_is_tried_again_a_few_times(world: World, times: int) -> None:
    module = failing(times)
    order = an_order_with(world, module, automatic=False)
    ask(world)
    pauses: list[float] = []
    run_requested(module, order.order_id, ACTION, Context("r-1"), world.tools, pause=pauses.append)

    action = world.action(ACTION)
    assert action.attempts == min(times + 1, REQUESTED_TRIES)
    assert action.state is (ActionState.DONE if times < REQUESTED_TRIES else ActionState.FAILED)
    assert len(pauses) == min(times, REQUESTED_TRIES - 1)


def test_it_is_not_run_a_second_time_for_one_request(world: World) -> None:
    module = failing(0)
    order = an_order_with(world, module, automatic=False)
    ask(world)
    for _ in range(2):
        run_requested(module, order.order_id, ACTION, Context("r-1"), world.tools)

    assert world.action(ACTION).attempts == 1


def test_a_run_whose_process_died_is_taken_up_again_by_the_same_invocation(world: World) -> None:
    module = failing(0)
    order = an_order_with(world, module, automatic=False)
    ask(world)
    world.store.save_fails = Died()
    with pytest.raises(Died):
        run_requested(module, order.order_id, ACTION, Context("r-1"), world.tools)
    world.store.save_fails = None

    with pytest.raises(ActionBusy):  # Lambda invokes again while the claim lives, and later once more
        run_requested(module, order.order_id, ACTION, Context("r-1"), world.tools)
    world.clock.time += 10 * LAMBDA_SECONDS
    with pytest.raises(ActionBusy):
        run_requested(module, order.order_id, ACTION, Context("another"), world.tools)
    run_requested(module, order.order_id, ACTION, Context("r-1"), world.tools)

    assert world.action(ACTION).state is ActionState.DONE


def test_the_machine_does_not_run_again_what_failed_for_good_beside_it(world: World) -> None:
    """The machine was on its way to wait for somebody when they asked: it comes by the action once more."""
    refusals = itertools.count(1)

    def run(order: Order, config: Settings, use: Tools) -> Done:
        next(refusals)
        raise PermanentError("refused")

    module = Module(name="manual_check_off", label="Stub", config=Settings, run=run)
    order = an_order_with(world, module, automatic=False)
    ask(world)
    run_requested(module, order.order_id, ACTION, Context("r-1"), world.tools)

    with pytest.raises(ActionUnasked):
        run_action(module, order.order_id, ACTION, Context("r-2"), world.tools)
    assert next(refusals) == 2
    assert world.action(ACTION).state is ActionState.FAILED


def test_the_machine_tries_again_what_it_was_asked_for_and_what_may_pass(world: World) -> None:
    module = failing(1)
    order = an_order_with(world, module, automatic=False)
    ask(world)
    with pytest.raises(TransientError):
        run_action(module, order.order_id, ACTION, Context("r-1"), world.tools)
    run_action(module, order.order_id, ACTION, Context("r-2"), world.tools)

    assert world.action(ACTION).state is ActionState.DONE
