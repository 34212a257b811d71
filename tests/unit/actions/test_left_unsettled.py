"""An action was skipped, and the other side is silent: the order goes on, and what is left has an owner and a deadline."""

import json
from itertools import count
from typing import Any

import pytest

from lambdas.actions._frame.module import Module, TransientError
from lambdas.actions._frame.requested import run_requested
from lambdas.actions.generate_invoice import module
from lambdas.actions.reverse_payment import module as reverse_payment
from lambdas.orders.decisions.claims import is_claimable
from lambdas.orders.decisions.deadlines import with_overdue_marked
from lambdas.orders.decisions.operator import manual_actions
from lambdas.orders.events import changes
from lambdas.orders.machine import answers, requests
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.queue import QUEUES_ROOT
from lambdas.orders.model.waits import MACHINE_WAIT
from lambdas.payments.gateway import GatewayUnavailableError
from tests.unit.actions.conftest import INVOICE, Context, World
from tests.unit.actions.money.test_money_taken_once import ready, skip
from tests.unit.actions.one_action import ACTION, an_order_with

DAY_SECONDS = 86_400
MACHINE = json.loads((QUEUES_ROOT / "new_accounts" / "machine.asl.json").read_text("utf-8"))["States"]


class Away:
    """A gateway that cannot be reached while `away`."""

    def __init__(self, gateway: Any) -> None:
        self._gateway, self.away = gateway, False

    def __getattr__(self, name: str) -> Any:
        if self.away:
            raise GatewayUnavailableError("no way")
        return getattr(self._gateway, name)


@pytest.fixture
def gateway(world: World) -> Away:
    away = Away(world.tools.gateway)
    object.__setattr__(world.tools, "gateway", away)
    return away


def transitions_in_a_day(world: World, tried: Module[Any], action_id: int) -> int:
    """How many states the compiled machine enters within a day, from the run of the skipped action on until it goes on past it.
    Its retries are as deployed, and each pause is half of the longest one; its wait gives way, for the action is skipped."""
    state, ends_at = MACHINE["Generate Invoice"], world.clock.time + DAY_SECONDS
    (patience,) = [one for one in state["Retry"] if one["ErrorEquals"] == ["TransientError"]]
    for entered in count(1, step=2):
        for attempt in range(patience["MaxAttempts"] + 1):
            try:
                world.run(tried, action_id)
            except TransientError:
                pause = patience["IntervalSeconds"] * patience["BackoffRate"] ** attempt
                world.clock.time += int(min(pause, patience["MaxDelaySeconds"]) // 2) + 1
                continue
            return entered
        assert not is_claimable(world.at_present(), action_id, world.clock())
        if world.clock.time >= ends_at:
            return entered
    raise AssertionError("a count has no end")


def left(world: World, action_id: int = INVOICE) -> Wait | None:
    return world.at_present().waits.get(f"settle_{action_id}")


def skipped_while_away(world: World, gateway: Away) -> None:
    """The gateway answers when the action is skipped, and is silent from then on."""
    ready(world)
    skip(world)
    gateway.away = True


def ask_again(world: World, action_id: int = INVOICE) -> Order:
    order = manual_actions.processed(world.at_present(), action_id, by="ada", given={}, now=world.clock())
    return world.store.save(order)


def run_asked_for(world: World, action_id: int = INVOICE) -> None:
    run_requested(module, "1001", action_id, Context("asked"), world.tools, pause=lambda seconds: None)


def test_a_day_of_silence_costs_a_few_transitions_and_leaves_a_wait(world: World, gateway: Away) -> None:
    skipped_while_away(world, gateway)
    began_at = world.clock()

    assert transitions_in_a_day(world, module, INVOICE) <= 7
    wait, action = left(world), world.action(INVOICE)
    assert wait is not None
    assert (wait.owner, wait.token) == (action.owner, "")
    assert began_at <= wait.since <= world.clock()
    assert wait.due_at == wait.since + action.due_hours * 3600
    assert action.state is ActionState.SKIPPED
    assert action.reason == (
        "skipped by ada: by hand; the payment gateway cannot be reached; process this action to have it tried again"
    )
    assert world.payment() == "held"


def test_what_is_left_is_overdue_in_its_time_and_told_of_its_action(world: World, gateway: Away) -> None:
    skipped_while_away(world, gateway)
    transitions_in_a_day(world, module, INVOICE)
    before = world.at_present()
    after = with_overdue_marked(before, now=(before.waits["settle_103"].due_at or 0) + 1)

    told = [event for event in changes(before, after) if event.name == "OrderActionOverdue"]
    assert [(event.order_action_id, event.module) for event in told] == [(INVOICE, "generate_invoice")]


def test_what_is_left_is_settled_once_somebody_asks_and_the_gateway_answers(world: World, gateway: Away) -> None:
    skipped_while_away(world, gateway)
    transitions_in_a_day(world, module, INVOICE)
    before = world.at_present()
    asked = ask_again(world)
    assert [action.action_id for action in requests(before, asked)] == [INVOICE]
    assert answers(before, asked) == {}
    run_asked_for(world)
    assert left(world) is not None  # silent still
    assert world.action(INVOICE).requested_at is None

    gateway.away = False
    ask_again(world)
    run_asked_for(world)
    assert (left(world), world.payment(), world.action(INVOICE).state) == (None, "voided", ActionState.SKIPPED)
    assert world.action(INVOICE).reason.endswith("; cleared since")
    assert world.run(module, INVOICE) == {"settled_before": True}
    assert world.action(INVOICE).reason.count("cleared since") == 1


def test_what_is_left_can_be_settled_when_the_order_is_complete(world: World, gateway: Away) -> None:
    skipped_while_away(world, gateway)
    transitions_in_a_day(world, module, INVOICE)
    order = world.at_present()
    complete = next(step for step in order.checklist_steps if step.name == "Complete")
    world.store.save(order.changed(step_id=complete.step_id, step_status=complete.status))

    gateway.away = False
    ask_again(world)
    run_asked_for(world)
    assert (left(world), world.payment()) == (None, "voided")


def test_a_run_beside_the_machine_leaves_what_it_could_not_settle_with_an_owner(world: World, gateway: Away) -> None:
    """As after a move past a skipped action: nothing comes by it any more."""
    skipped_while_away(world, gateway)
    run_asked_for(world)

    assert left(world) is not None


def test_a_cancel_takes_all_back_itself(world: World, gateway: Away) -> None:
    skipped_while_away(world, gateway)
    transitions_in_a_day(world, module, INVOICE)
    gateway.away = False
    world.cancel()
    world.undo(module, INVOICE)

    assert (world.at_present().waits, world.payment()) == ({}, "voided")


def test_a_skip_that_is_undone_leaves_nothing_to_settle(world: World, gateway: Away) -> None:
    skipped_while_away(world, gateway)
    transitions_in_a_day(world, module, INVOICE)
    gateway.away = False
    world.store.save(manual_actions.unskipped(world.at_present(), INVOICE, by="ada", now=world.clock()))
    world.run(module, INVOICE)

    assert (world.at_present().waits, world.payment()) == ({}, "captured")


def test_a_skipped_reversal_is_kept_as_well(world: World, gateway: Away) -> None:
    an_order_with(world, reverse_payment, token="tok_approve")
    world.store.save(manual_actions.skipped(world.at_present(), ACTION, by="ada", why="by hand", now=world.clock()))
    gateway.away = True

    assert transitions_in_a_day(world, reverse_payment, ACTION) <= 7
    assert left(world, ACTION) is not None


def test_what_is_left_outlives_a_move_and_a_new_execution(world: World, gateway: Away) -> None:
    skipped_while_away(world, gateway)
    transitions_in_a_day(world, module, INVOICE)
    order = world.at_present()

    assert MACHINE_WAIT not in order.waits
    again = manual_actions.unskipped(
        order.with_action(order.actions["101"].changed(state=ActionState.SKIPPED)), 101, by="ada", now=world.clock()
    )
    assert set(again.waits) == {"settle_103"}
