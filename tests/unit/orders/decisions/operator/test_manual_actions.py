"""What people may do with an order, and the words in which it is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.orders.decisions import claims, outcomes, progress
from lambdas.orders.decisions.operator import manual_actions, moves
from lambdas.orders.errors import Again, OrderIsFinalError
from lambdas.orders.machine import requests
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Hold, Order, Wait
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.operator_errors import ActionRefusedError, MoveRefusedError, TooEarlyError
from tests.support.build import NOW, a_queue, an_order


def action(number: int, **settings: Any) -> dict[str, Any]:
    return {"id": number, "name": f"Action {number}", "module": "manual_check_off", **settings}


def queue_of(*steps: list[dict[str, Any]]) -> Queue:
    ordinary = [
        {"id": 10 * number, "name": f"Step {10 * number}", "actions": actions}
        for number, actions in enumerate(steps, 2)
    ]
    leads = {"id": 1, "name": "Leads", "expires_after_days": 30}
    return a_queue(steps=[leads, *ordinary, {"id": 3, "name": "Complete"}, {"id": 4, "name": "Canceled"}])


QUEUE = queue_of([action(21), action(22, prereqs=[21]), action(23, optional=True)], [action(31)])


def an_open_order(queue: Queue = QUEUE, **changes: Any) -> Order:
    return progress.submitted(an_order(queue), now=NOW, hold=None).changed(**changes)


def with_state(order: Order, number: int, state: ActionState, **changes: Any) -> Order:
    return order.with_action(order.actions[str(number)].changed(state=state, **changes))


def process(order: Order, number: int) -> Order:
    return manual_actions.processed(order, number, by="ann", given={"x": "1"}, now=NOW)


def skip(order: Order, number: int) -> Order:
    return manual_actions.skipped(order, number, by="ann", why="not needed", now=NOW)


def test_process_asks_for_a_run_wakes_the_wait_and_says_who() -> None:
    order = an_open_order(waits={"21": Wait(token="t", since=1, due_at=2, owner="ops")})

    asked = process(order, 21)

    assert asked.waits == {}
    assert (asked.actions["21"].requested_at, asked.actions["21"].by, asked.actions["21"].input) == (
        NOW,
        "ann",
        {"x": "1"},
    )
    assert process(asked, 21) is asked


def test_a_run_that_was_asked_for_and_never_began_can_be_asked_for_anew() -> None:
    """Lambda gave it up: whoever asks again must not hear that it is about to run."""
    asked = process(an_open_order(), 21)

    later = NOW + claims.ASKED_SECONDS
    too_soon = manual_actions.processed(asked, 21, by="bob", given={}, now=later - 1)
    anew = manual_actions.processed(asked, 21, by="bob", given={}, now=later)

    assert too_soon is asked
    assert (anew.actions["21"].requested_at, anew.actions["21"].by) == (later, "bob")
    assert [action.action_id for action in requests(asked, anew)] == [21]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (22, r"needs Action 21 \(21\) first"),
        (31, "belongs to Step 30, and the order is in Step 20"),
        (99, "has no action 99; in Step 20 it has: 21 Action 21, 22 Action 22, 23 Action 23"),
    ],
)
def test_process_is_refused_with_the_reason(number: int, words: str) -> None:
    with pytest.raises(ActionRefusedError, match=words):
        process(an_open_order(), number)


@pytest.mark.parametrize(
    ("state", "changes", "words"),
    [
        (ActionState.SKIPPED, {}, "undo the skip first"),
        (ActionState.DONE, {}, "is done, and its module does nothing when it is run again"),
        (ActionState.RUNNING, {"claim_ends_at": NOW}, "is running at this moment"),
    ],
)
def test_process_respects_the_state_of_the_action(state: ActionState, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ActionRefusedError, match=words):
        process(with_state(an_open_order(), 21, state, **changes), 21)


ANSWER = {"status": "done", "result": {"host": "a.example"}}


def told(order: Order, answer: dict[str, Any] = ANSWER, now: int = NOW) -> Order:
    return manual_actions.processed(order, 21, by="panel", given=answer, now=now)


def after_a_run(order: Order, state: ActionState, **changes: Any) -> Order:
    """As the run that was asked for leaves the action."""
    action = order.actions["21"]
    return with_state(order, 21, state, attempts=action.attempts + 1, input={}, requested_at=None, **changes)


@pytest.mark.parametrize(
    "since",
    [
        lambda asked: asked,
        lambda asked: after_a_run(asked, ActionState.RUNNING, claim="c", claim_ends_at=NOW + 5),
        lambda asked: after_a_run(asked, ActionState.DONE),
        lambda asked: after_a_run(asked, ActionState.DONE).changed(step_id=30),
        lambda asked: after_a_run(asked, ActionState.DONE).changed(step_id=3, step_status=StepStatus.COMPLETE),
        lambda asked: after_a_run(asked, ActionState.UNDONE).changed(step_id=4, step_status=StepStatus.CANCELED),
    ],
    ids=["not begun", "running", "done", "in the next step", "complete", "canceled"],
)
def test_a_callback_told_twice_is_accepted_twice_and_counts_once(since: Callable[[Order], Order]) -> None:
    order = since(told(an_open_order()))

    assert told(order, dict(reversed(ANSWER.items()))) is order


def test_another_word_is_no_repeat() -> None:
    done = after_a_run(told(an_open_order()), ActionState.DONE)

    with pytest.raises(ActionRefusedError, match="is done") as refused:
        told(done, {"status": "failed"})
    assert refused.value.kind == "action_refused"
    with pytest.raises(ActionRefusedError, match="is done"):
        told(done, {})


def test_what_was_never_accepted_is_no_repeat_of_a_canceled_order() -> None:
    waiting = with_state(an_open_order(), 21, ActionState.UNDONE).changed(step_id=4, step_status=StepStatus.CANCELED)

    with pytest.raises(OrderIsFinalError):
        told(waiting)


def test_a_callback_of_the_next_run_is_none_of_the_last() -> None:
    """The order was moved back, so the work is done anew: the call that is under way has to be settled before its answer."""
    again = with_state(
        told(an_open_order()), 21, ActionState.RUNNING, attempts=2, requested_at=None, claim="c", claim_ends_at=NOW + 5
    )

    with pytest.raises(TooEarlyError):
        told(again)
    waiting = with_state(again, 21, ActionState.WAITING, claim_ends_at=None)
    assert told(waiting).actions["21"].requested_at == NOW


def test_what_failed_may_be_asked_for_again_in_the_same_words() -> None:
    failed = after_a_run(told(an_open_order()), ActionState.WAITING, failed_last=True)

    assert told(failed).actions["21"].requested_at == NOW


@pytest.mark.parametrize(("number", "early"), [(22, True), (31, True), (99, False)])
def test_what_may_be_accepted_later_is_called_too_early(number: int, early: bool) -> None:
    with pytest.raises(ActionRefusedError) as refused:
        process(an_open_order(), number)

    assert (refused.value.kind, refused.value.again) == (
        ("too_early", Again.LATER) if early else ("action_refused", Again.PERHAPS)
    )


def test_an_action_behind_the_order_comes_too_late_not_too_early() -> None:
    order = skip(skip(an_open_order(), 22), 21)

    with pytest.raises(ActionRefusedError, match="belongs to Step 20") as refused:
        process(order, 23)
    assert refused.value.kind == "action_refused"


def test_a_done_action_runs_again_if_its_module_says_so() -> None:
    order = with_state(an_open_order(), 21, ActionState.DONE, reprocess=True)

    asked = process(order, 21)

    assert asked.actions["21"].requested_at == NOW
    assert claims.is_claimable(asked, 21, NOW)


def test_skipping_the_last_open_action_moves_the_order_on() -> None:
    order = skip(skip(an_open_order(), 22), 21)

    assert order.step.name == "Step 30"
    assert order.actions["21"].reason == "skipped by ann: not needed"
    with pytest.raises(ActionRefusedError, match="belongs to Step 20"):
        manual_actions.unskipped(order, 21, by="ann", now=NOW)


def test_skipping_opens_the_gates_of_what_waited_for_it() -> None:
    gate = Wait(token="t", since=1, owner="prereqs")
    order = skip(an_open_order(waits={"gate_22": gate}), 21)

    assert order.waits == {}


def test_a_skip_can_be_undone_while_the_order_is_in_the_step() -> None:
    order = manual_actions.unskipped(skip(an_open_order(), 21), 21, by="bob", now=NOW)

    assert (order.actions["21"].state, order.actions["21"].requested_at) == (ActionState.PENDING, None)
    with pytest.raises(ActionRefusedError, match="is pending, not skipped"):
        manual_actions.unskipped(order, 21, by="bob", now=NOW)


def test_an_automatic_action_runs_when_its_skip_is_undone() -> None:
    order = an_open_order(queue_of([action(21, automatic=True), action(22)]))

    assert manual_actions.unskipped(skip(order, 21), 21, by="bob", now=NOW).actions["21"].requested_at == NOW


def move(order: Order, step_id: int) -> Order:
    return moves.moved(order, moves.step_of(order, step_id=step_id, step_name=None), by="ann", why="late", now=NOW)


def test_moving_on_skips_what_is_passed_over_and_moving_back_brings_it_back() -> None:
    there = move(an_open_order(waits={"21": Wait(token="t", since=1, due_at=2, owner="ops")}), 30)
    assert (there.step.name, there.epoch, there.waits) == ("Step 30", 2, {})
    assert [there.actions[key].state for key in ("21", "22", "23")] == [
        ActionState.SKIPPED,
        ActionState.SKIPPED,
        ActionState.PENDING,
    ]
    assert "ann moved the order to Step 30" in there.actions["21"].reason

    back = move(there, 20)

    assert (back.step.name, back.epoch) == ("Step 20", 3)
    assert back.actions["21"].state is ActionState.PENDING


def test_a_step_with_nothing_left_to_do_is_no_place_to_move_to() -> None:
    done = with_state(with_state(an_open_order(), 21, ActionState.DONE), 22, ActionState.DONE)
    with pytest.raises(MoveRefusedError, match="every action of Step 20 is done or skipped"):
        move(progress.advanced(done), 20)


@pytest.mark.parametrize(
    ("step_id", "words"),
    [(1, "does not become a lead again"), (3, r"still open: Action 21 \(21\)"), (4, "by order.cancel only")],
)
def test_fixed_steps_are_not_moved_to_by_hand(step_id: int, words: str) -> None:
    with pytest.raises(MoveRefusedError, match=words):
        move(an_open_order(), step_id)


def test_an_order_is_not_moved_past_the_action_that_takes_its_money() -> None:
    hold = Hold(transaction_id="t", key="k", method="card", amount_cents=1, currency="USD")
    order = an_open_order(hold=hold)
    order = order.with_action(order.actions["21"].changed(captures=True))

    with pytest.raises(MoveRefusedError, match=r"holds money that Action 21 \(21\) takes"):
        move(order, 30)


def test_a_lead_is_not_moved_and_unknown_steps_are_named() -> None:
    lead = an_order(QUEUE)
    with pytest.raises(MoveRefusedError, match=r"it leaves Leads by order\.submit"):
        move(lead, 20)
    with pytest.raises(MoveRefusedError, match="its steps are 1 Leads, 20 Step 20"):
        moves.step_of(lead, step_id=None, step_name="Nowhere")
    assert moves.step_of(lead, step_id=None, step_name="step 30").step_id == 30


def test_nothing_is_done_with_a_canceled_order_but_trying_an_undo_again() -> None:
    canceled = progress.canceled(an_open_order(), now=NOW, because="")
    with pytest.raises(OrderIsFinalError, match="Canceled, which is final: it cannot be processed"):
        process(canceled, 21)
    with pytest.raises(OrderIsFinalError, match="cannot be skipped"):
        skip(canceled, 21)
    with pytest.raises(OrderIsFinalError, match="cannot be moved"):
        move(canceled, 20)
    stuck = canceled.changed(waits={"undo_21": Wait(token="t", since=1, due_at=2, owner="ops")})

    assert process(stuck, 21).waits == {}


def test_a_run_that_fails_after_the_order_was_moved_on_counts_as_passed_over() -> None:
    running = with_state(an_open_order(), 21, ActionState.RUNNING, claim="c", claim_ends_at=NOW)
    there = move(running, 30)
    assert (there.actions["21"].state, there.actions["21"].claim) == (ActionState.SKIPPED, "c")

    late = outcomes.failed(there, 21, now=NOW, reason="too late")

    assert late.actions["21"].state is ActionState.SKIPPED
    assert late.step_status is StepStatus.ORDINARY


def test_nothing_told_before_a_move_counts_for_the_run_after_it() -> None:
    """It was accepted, but the order was moved on before it ran, and is moved back: the work begins anew."""
    asked = told(an_open_order())
    there = moves.moved(asked, asked.checklist_steps[2], by="ann", why="later", now=NOW)
    back = moves.moved(there, there.checklist_steps[1], by="ann", now=NOW)

    assert back.actions["21"].told == ""
