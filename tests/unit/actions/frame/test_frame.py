"""The frame claims, runs and settles any module, and classes whatever goes wrong."""

import json
from typing import Any

import pytest
from pydantic import ConfigDict

from lambdas.actions import add_services, generate_invoice, provision_client
from lambdas.actions._frame import action as _action
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools
from lambdas.orders.decisions.claims import ActionBusy, OrderCanceled, OrderMoved
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from tests.support.build import NOW
from tests.unit.actions.conftest import CLIENT, LAMBDA_SECONDS, SERVICES, Context, World, then


class AnySettings(Config):
    model_config = ConfigDict(frozen=True, extra="ignore")


def probe(error: Exception | None = None, undo_error: Exception | None = None) -> Module[AnySettings]:
    """A module that does nothing, or fails."""

    def run(order: Order, config: AnySettings, tools: Tools) -> Done:
        if error:
            raise error
        return Done("done it", {"id": "7"}, "55")

    def undo(order: Order, config: AnySettings, tools: Tools) -> str | None:
        if undo_error:
            raise undo_error
        return "undone it"

    return Module("probe", AnySettings, run, undo)


def test_while_it_runs_the_action_is_claimed_until_its_function_has_surely_ended(world: World) -> None:
    world.order()
    seen: list[Order] = []
    world.run(then(probe(), lambda: seen.append(world.at_present())), CLIENT)

    running = seen[0].actions[str(CLIENT)]
    assert (running.state, running.claim, running.attempts) == (ActionState.RUNNING, "request-1", 1)
    assert running.claim_ends_at is not None
    assert running.claim_ends_at > NOW + LAMBDA_SECONDS


def test_the_outcome_stays_on_the_checklist(world: World) -> None:
    world.order()
    world.clock.time += 5
    world.run(probe(), CLIENT)

    action = world.action(CLIENT)
    assert (action.state, action.reason, action.result, action.at) == (
        ActionState.DONE,
        "done it",
        {"id": "7"},
        NOW + 5,
    )
    assert (action.claim, action.claim_ends_at) == (None, None)
    assert world.at_present().client_id == "55"


def test_the_machine_learns_nothing_of_the_order(world: World) -> None:
    world.order()

    assert world.run(probe(), CLIENT) == {"settled_before": False}


def test_the_last_action_of_all_leaves_the_order_in_its_step(world: World) -> None:
    world.order()
    for action_id in (101, 102, 103):
        world.run(probe(), action_id)

    assert world.at_present().step.name == "Processing"


def test_of_two_runs_at_once_one_gets_in(world: World) -> None:
    world.order()
    refused: list[Exception] = []

    def run_too() -> None:
        with pytest.raises(ActionBusy) as busy:
            world.run(probe(), CLIENT)
        refused.append(busy.value)

    world.run(then(probe(), run_too), CLIENT)
    assert len(refused) == 1


def test_a_run_whose_time_is_up_does_not_settle_what_another_took_over(world: World) -> None:
    world.order()

    def another_takes_over() -> None:
        world.clock.time += 1_000
        world.store.claim("1001", CLIENT, claim="another", now=world.clock(), ends_at=world.clock() + 60)

    world.run(then(probe(), another_takes_over), CLIENT)
    assert (world.action(CLIENT).state, world.action(CLIENT).claim) == (ActionState.RUNNING, "another")


def test_a_change_of_the_order_meanwhile_is_kept(world: World) -> None:
    world.order()

    def somebody_writes() -> None:
        world.store.save(world.at_present().changed(owner="grace"))

    world.run(then(probe(), somebody_writes), CLIENT)
    assert (world.at_present().owner, world.action(CLIENT).state) == ("grace", ActionState.DONE)


@pytest.mark.parametrize("fails", [False, True])
def test_an_order_that_is_canceled_meanwhile_keeps_the_record_and_the_machine_is_told(
    world: World, fails: bool
) -> None:
    world.order()

    def cancel_and_perhaps_fail() -> None:
        world.cancel()
        if fails:
            raise PermanentError("refused")

    with pytest.raises(OrderCanceled):
        world.run(then(probe(), cancel_and_perhaps_fail), CLIENT)
    expected = (ActionState.FAILED, "refused") if fails else (ActionState.UNDONE, "undone it")
    assert (world.action(CLIENT).state, world.action(CLIENT).reason) == expected


def test_an_order_that_is_moved_meanwhile_keeps_the_record_and_the_machine_is_told(world: World) -> None:
    world.order()

    def move() -> None:
        order = world.at_present()
        world.store.save(order.changed(epoch=order.epoch + 1))

    with pytest.raises(OrderMoved):
        world.run(then(probe(), move), CLIENT)
    assert world.action(CLIENT).state is ActionState.DONE


def test_nothing_of_a_canceled_order_starts(world: World) -> None:
    world.order()
    world.cancel()

    with pytest.raises(OrderCanceled):
        world.run(probe(RuntimeError("must not run")), CLIENT)
    assert world.action(CLIENT).attempts == 0


def test_settings_that_do_not_fit_wait_for_a_person_and_are_not_quoted(world: World) -> None:
    order = world.order()
    wrong = order.actions[str(SERVICES)].changed(config={"default_service_status": "secret", "more": 1})
    world.store.save(order.with_action(wrong))

    with pytest.raises(PermanentError, match="do not fit add_services: 2 wrong") as raised:
        world.run(add_services.module, SERVICES)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("file", [add_services, generate_invoice, provision_client])
def test_a_module_is_named_after_its_file(file: Any) -> None:
    assert file.module.name == file.__name__.rpartition(".")[2]


@pytest.mark.parametrize("undo", [False, True])
def test_the_handler_runs_or_undoes_what_the_machine_names(
    world: World, monkeypatch: pytest.MonkeyPatch, undo: bool
) -> None:
    monkeypatch.setattr(_action, "tools", lambda: world.tools)
    world.order()
    if undo:
        world.run(probe(), CLIENT)
        world.cancel()
    event = {"order_id": "1001", "action_id": CLIENT, **({"undo": True} if undo else {})}
    answer = _action.action_handler(probe())(event, Context("r"))

    assert world.action(CLIENT).state is (ActionState.UNDONE if undo else ActionState.DONE)
    assert json.loads(json.dumps(answer)) == ({"undone": True} if undo else {"settled_before": False})
