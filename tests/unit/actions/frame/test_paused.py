"""A paused module does not start; it waits on the order, and goes on once the pause is over."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.actions import generate_invoice
from lambdas.actions._frame.module import Config, Done, Module, Tools, TransientError
from lambdas.actions._frame.paused import ActionWaits
from lambdas.actions._frame.requested import run_requested
from lambdas.orders.decisions import claims, progress
from lambdas.orders.decisions.claims import ActionBusy, OrderCanceled
from lambdas.orders.decisions.operator import manual_actions
from lambdas.orders.decisions.paused import held_back, resumed
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.waits import WaitKey
from lambdas.orders.pauses import Pause, PauseKind
from lambdas.orders.store import save
from lambdas.payments.paused_gateway import PausableGateway
from lambdas.records.pauses.pause import KEPT_SECONDS, PauseRecords
from lambdas.records.pauses.waking import wake_all
from tests.support.build import NOW, a_submitted_order
from tests.unit.actions.conftest import Context, World
from tests.unit.actions.one_action import ACTION, an_order_with

HOUR = 3_600
HOSTILE = "<script>alert(1)</script><cwdb-action>"


class Settings(Config):
    """None."""


def a_module(ran: list[str], **changes: Any) -> Module[Settings]:
    def run(order: Order, config: Settings, use: Tools) -> Done:
        ran.append(order.order_id)
        return Done("done")

    return Module(name="manual_check_off", label="Stub", config=Settings, run=run, **changes)


@pytest.fixture
def pauses(world: World) -> PauseRecords:
    """As the actions of the world read them."""
    found = PauseRecords(world.records, world.clock)
    world.tools = replace(world.tools, pauses=found, gateway=PausableGateway(world.gateway, found, "sandbox"))
    return found


def pause(
    pauses: PauseRecords, module: str = "manual_check_off", *, seconds: int = HOUR, reason: str = "down"
) -> Pause:
    return pauses.start(PauseKind.MODULE, module, reason=reason, by="ada", ends_at=NOW + seconds)


def wake(world: World, pauses: PauseRecords) -> int:
    def resume(order_id: str, action_id: int) -> Order:
        return save(world.store, world.store.get(order_id), lambda order: resumed(order, action_id, now=world.clock()))

    return wake_all(pauses, resume, world.clock(), most=100)


def park(world: World) -> None:
    """As the machine does it behind a run that waits."""
    order = world.at_present()
    action = order.actions[str(ACTION)].changed(state=ActionState.WAITING)
    wait = Wait(token="token", since=world.clock(), due_at=world.clock() + 86_400, owner=action.owner)
    world.store.save(order.with_action(action).changed(waits={WaitKey.action(ACTION): wait}))


def test_it_waits_with_the_reason_and_runs_after_the_pause_ended_by_itself(world: World, pauses: PauseRecords) -> None:
    ran: list[str] = []
    module = a_module(ran)
    an_order_with(world, module, automatic=True)
    pause(pauses, reason=HOSTILE)

    with pytest.raises(ActionWaits):
        world.run(module, ACTION)
    park(world)
    action = world.action(ACTION)
    assert (action.state, action.attempts, action.paused_until) == (ActionState.WAITING, 0, NOW + HOUR)
    assert action.reason == (
        f"manual_check_off is paused until 2027-01-15 09:00 UTC (ada: {HOSTILE}); this continues automatically then, or when "
        "that is ended before"
    )
    assert wake(world, pauses) == 0

    world.clock.time += HOUR
    assert wake(world, pauses) == 1
    assert world.at_present().waits == {}
    world.run(module, ACTION)
    assert (world.action(ACTION).state, world.action(ACTION).paused_until, ran) == (ActionState.DONE, None, ["1001"])


def test_a_pause_that_is_lifted_holds_nothing_back_not_even_for_a_moment(world: World, pauses: PauseRecords) -> None:
    ran: list[str] = []
    module = a_module(ran)
    an_order_with(world, module, automatic=True)
    pause(pauses)
    with pytest.raises(ActionWaits):
        world.run(module, ACTION)

    elsewhere = PauseRecords(world.records, world.clock)  # another process
    world.clock.time += 1
    elsewhere.end(PauseKind.MODULE, "manual_check_off", by="eve")
    assert wake(world, elsewhere) == 1
    world.run(module, ACTION)
    assert ran == ["1001"]


def test_a_process_notices_a_pause_within_seconds(world: World, pauses: PauseRecords) -> None:
    ran: list[str] = []
    module = a_module(ran)
    an_order_with(world, module, automatic=True)
    assert pauses.of_module(module.name, moves_money=False) is None

    pause(PauseRecords(world.records, world.clock))
    world.clock.time += KEPT_SECONDS
    with pytest.raises(ActionWaits):
        world.run(module, ACTION)


def test_a_run_that_has_begun_ends_as_it_would(world: World, pauses: PauseRecords) -> None:
    ran: list[str] = []
    plain = a_module(ran)

    def run(order: Order, config: Any, tools: Tools) -> Done:
        pause(pauses)
        return plain.run(order, config, tools)  # type: ignore[return-value]

    an_order_with(world, plain, automatic=True)
    world.run(replace(plain, run=run), ACTION)

    assert world.action(ACTION).state is ActionState.DONE


def test_while_a_run_is_in_progress_the_next_is_told_so(world: World, pauses: PauseRecords) -> None:
    module = a_module([])
    an_order_with(world, module, automatic=True)
    world.store.claim("1001", ACTION, claim="other", now=NOW, ends_at=NOW + 60)
    pause(pauses)

    with pytest.raises(ActionBusy):
        world.run(module, ACTION)


def test_what_a_person_said_is_kept_for_the_run_that_follows(world: World, pauses: PauseRecords) -> None:
    module = a_module([])
    an_order_with(world, module, automatic=False)
    pause(pauses)
    order = world.at_present()
    world.store.save(manual_actions.processed(order, ACTION, by="eve", given={"answer": "yes"}, now=NOW))

    ended = run_requested(module, "1001", ACTION, Context("r-1"), world.tools)

    assert ended == {"ended": "ActionWaits"}
    action = world.action(ACTION)
    assert (action.requested_at, action.input, action.by) == (None, {"answer": "yes"}, "eve")
    world.clock.time += HOUR
    wake(world, pauses)
    action = world.action(ACTION)
    assert (action.requested_at, action.input, action.by) == (NOW + HOUR, {"answer": "yes"}, "eve")


def test_an_optional_action_holds_its_step_up_no_more_than_before(world: World, pauses: PauseRecords) -> None:
    module = a_module([])
    an_order_with(world, module, automatic=True)
    world.store.save(world.at_present().with_action(world.action(ACTION).changed(optional=True)))
    pause(pauses)
    with pytest.raises(ActionWaits):
        world.run(module, ACTION)

    order = world.at_present()
    assert not order.actions[str(ACTION)].may_run_by_itself
    others = {key: each.changed(state=ActionState.DONE) for key, each in order.actions.items() if key != str(ACTION)}
    assert progress.step_is_done(order.changed(actions={**order.actions, **others}), order.actions[str(ACTION)].step_id)


def test_an_order_that_was_canceled_or_moved_does_not_wait_for_the_pause(world: World, pauses: PauseRecords) -> None:
    module = a_module([])
    an_order_with(world, module, automatic=True)
    pause(pauses)
    world.cancel()

    with pytest.raises(OrderCanceled):
        world.run(module, ACTION)
    assert world.action(ACTION).paused_until is None


def test_a_done_action_answers_as_before(world: World, pauses: PauseRecords) -> None:
    module = a_module([])
    an_order_with(world, module, automatic=True)
    world.run(module, ACTION)
    pause(pauses)

    assert world.run(module, ACTION) == {"settled_before": True}


def test_a_skip_while_it_is_paused_stays_a_skip(world: World, pauses: PauseRecords) -> None:
    module = a_module([])
    an_order_with(world, module, automatic=True)
    pause(pauses)
    with pytest.raises(ActionWaits):
        world.run(module, ACTION)
    world.store.save(manual_actions.skipped(world.at_present(), ACTION, by="eve", why="known", now=NOW))
    world.clock.time += HOUR

    wake(world, pauses)
    assert (world.action(ACTION).state, world.action(ACTION).requested_at) == (ActionState.SKIPPED, None)


def test_a_pause_of_a_pause_waits_again_and_nothing_is_forgotten(world: World, pauses: PauseRecords) -> None:
    ran: list[str] = []
    module = a_module(ran)
    an_order_with(world, module, automatic=True)
    pause(pauses)
    with pytest.raises(ActionWaits):
        world.run(module, ACTION)
    world.clock.time += HOUR
    pauses.start(PauseKind.MODULE, module.name, reason="again", by="ada", ends_at=world.clock() + HOUR)

    assert wake(world, pauses) == 0
    world.clock.time += HOUR
    assert wake(world, pauses) == 1
    world.run(module, ACTION)
    assert ran == ["1001"]


def test_a_pause_is_listed_until_what_waited_was_woken(world: World, pauses: PauseRecords) -> None:
    module = a_module([])
    an_order_with(world, module, automatic=True)
    pause(pauses)
    with pytest.raises(ActionWaits):
        world.run(module, ACTION)
    world.clock.time += HOUR
    wake(world, pauses)
    wake(world, pauses)
    assert len(pauses.listed()) == 1
    world.clock.time += 10 * 60
    wake(world, pauses)
    assert pauses.listed() == ()


def test_what_moves_money_waits_while_no_money_is_moved(world: World, pauses: PauseRecords) -> None:
    invoicing = next(key for key, action in world.order().actions.items() if action.module == "generate_invoice")
    pauses.start(PauseKind.GATEWAY, "sandbox", reason="down", by="ada", ends_at=NOW + HOUR)
    order = world.at_present()
    step = order.actions[invoicing].step_id
    world.store.save(order.changed(step_id=step))

    with pytest.raises(ActionWaits):
        world.run(generate_invoice.module, int(invoicing))
    assert world.payment() == "held"
    assert "no money is moved at sandbox until" in world.action(int(invoicing)).reason

    world.cancel()
    with pytest.raises(ActionWaits):
        world.undo(generate_invoice.module, int(invoicing))
    assert world.payment() == "held"

    pauses.end(PauseKind.GATEWAY, "sandbox", by="ada")
    world.undo(generate_invoice.module, int(invoicing))
    assert world.payment() == "voided"


def test_an_undo_that_waits_is_woken_at_its_machine_s_wait(world: World, pauses: PauseRecords) -> None:
    module = replace(a_module([]), undo=lambda order, config, tools: "taken back")
    an_order_with(world, module, automatic=True)
    world.run(module, ACTION)
    pause(pauses)
    world.cancel()
    with pytest.raises(ActionWaits):
        world.undo(module, ACTION)
    world.clock.time += HOUR
    wake(world, pauses)  # the machine has not parked yet
    undo = Wait(token="token", since=NOW, owner="operations")
    world.store.save(world.at_present().changed(waits={WaitKey.undo(ACTION): undo}))

    wake(world, pauses)
    assert world.at_present().waits == {}
    world.undo(module, ACTION)
    wake(world, pauses)
    assert world.action(ACTION).state is ActionState.UNDONE
    assert pauses.waiting_for(pauses.listed()[0], 10) == []


def test_where_pauses_cannot_be_read_money_waits_and_the_rest_goes_on(
    world: World, pauses: PauseRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(pk: str, sk: str) -> None:
        raise ClientError({"Error": {"Code": "InternalServerError"}}, "GetItem")

    ran: list[str] = []
    module = a_module(ran)
    an_order_with(world, module, automatic=True)
    monkeypatch.setattr(world.records, "get", fails)

    with pytest.raises(TransientError):
        world.run(replace(module, money="captures"), ACTION)
    assert ran == []
    world.run(module, ACTION)
    assert ran == ["1001"]


def test_what_was_known_last_counts_while_pauses_cannot_be_read(
    world: World, pauses: PauseRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(pk: str, sk: str) -> None:
        raise ClientError({"Error": {"Code": "InternalServerError"}}, "GetItem")

    module = a_module([])
    an_order_with(world, module, automatic=True)
    pause(pauses)
    monkeypatch.setattr(world.records, "get", fails)
    world.clock.time += 60

    with pytest.raises(ActionWaits):
        world.run(module, ACTION)


STATES = st.sampled_from(list(ActionState))
PAUSE = Pause(pause_id="p", kind=PauseKind.MODULE, name="x", reason="down", by="ada", since=NOW, ends_at=NOW + HOUR)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    state=STATES,
    automatic=st.booleans(),
    optional=st.booleans(),
    requested=st.booleans(),
    claimed=st.sampled_from([None, NOW - 1, NOW + 60]),
    waits=st.booleans(),
)
def test_no_run_begins_while_paused_and_nothing_is_stuck_afterwards(
    *, state: ActionState, automatic: bool, optional: bool, requested: bool, claimed: int | None, waits: bool
) -> None:
    """Whatever could have run is claimable after the pause, and what could not is as it was."""
    order = a_submitted_order()
    first = order.actions_of(order.step_id)[0]
    action = first.changed(
        state=state,
        automatic=automatic,
        optional=optional,
        requested_at=NOW if requested else None,
        claim="c" if claimed else None,
        claim_ends_at=claimed,
    )
    before = order.with_action(action)
    if waits:
        before = before.changed(waits={WaitKey.action(action.action_id): Wait(token="t", since=NOW, owner="o")})
    could = claims.is_claimable(before, action.action_id, NOW)

    held = held_back(before, action.action_id, PAUSE, now=NOW, by_machine=True)
    after = resumed(held, action.action_id, now=NOW + HOUR)

    if could:
        assert held.actions[str(action.action_id)].paused_until == NOW + HOUR
        here = after.step_id == action.step_id
        assert claims.is_claimable(after, action.action_id, NOW + HOUR) or not here
        assert WaitKey.action(action.action_id) not in after.waits or not here
    elif held is before:
        assert after is before
