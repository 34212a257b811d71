"""What the model check found: actions passed over while they ran, money of a skipped invoice, skips that are undone."""

from lambdas.orders.decisions import outcomes, progress
from lambdas.orders.decisions.operator import manual_actions, moves
from lambdas.orders.machine import Answer, answers, requests
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.steps import StepStatus
from tests.model.world import HOLD
from tests.support.build import NOW, a_queue, a_submitted_order

ONE, TWO = 21, 31


def an_order_of_two_steps(**changes: object) -> Order:
    steps = [
        {"id": 1, "name": "Leads", "expires_after_days": 30},
        {
            "id": 2,
            "name": "First",
            "actions": [{"id": ONE, "name": "One", "module": "call_webhook", "automatic": True}],
        },
        {"id": 3, "name": "Second", "actions": [{"id": TWO, "name": "Two", "module": "manual_check_off"}]},
        {"id": 4, "name": "Complete"},
        {"id": 5, "name": "Canceled"},
    ]
    order = a_submitted_order(a_queue(steps=steps))
    return order.with_action(order.actions[str(ONE)].changed(**changes))


def moved_on(order: Order) -> Order:
    step = moves.step_of(order, step_id=3, step_name=None)
    return moves.moved(order, step, by="ann", why="late", now=NOW)


def test_an_order_moved_past_a_run_that_dies_can_still_complete() -> None:
    running = an_order_of_two_steps(state=ActionState.RUNNING, claim="c", claim_ends_at=NOW + 9, attempts=1)

    there = moved_on(running)  # and nobody hears of the run again

    assert there.actions[str(ONE)].met
    assert there.actions[str(ONE)].claim == "c"


def test_a_run_that_ends_after_the_order_was_complete_does_not_open_it_again() -> None:
    running = an_order_of_two_steps(state=ActionState.RUNNING, claim="c", claim_ends_at=NOW + 9, attempts=1)
    complete = moved_on(running).changed(step_id=4, step_status=StepStatus.COMPLETE)

    late = outcomes.failed(complete, ONE, now=NOW, reason="too late")

    assert late.actions[str(ONE)].state is ActionState.SKIPPED
    assert outcomes.done(complete, ONE, now=NOW, reason="", result={}).actions[str(ONE)].state is ActionState.DONE


def test_a_run_that_the_order_comes_back_to_is_running_again() -> None:
    running = an_order_of_two_steps(state=ActionState.RUNNING, claim="c", claim_ends_at=NOW + 9, attempts=1)
    there = moved_on(running)

    back = moves.moved(there, moves.step_of(there, step_id=2, step_name=None), by="ann", now=NOW)

    assert (back.actions[str(ONE)].state, back.actions[str(ONE)].claim) == (ActionState.RUNNING, "c")


def test_a_move_past_a_skipped_invoice_has_its_module_let_go_of_the_money() -> None:
    skipped = an_order_of_two_steps(state=ActionState.SKIPPED, captures=True).changed(hold=HOLD)

    there = moved_on(skipped)

    assert [action.action_id for action in requests(skipped, there)] == [ONE]


def test_undoing_a_skip_has_the_machine_begin_the_step_anew() -> None:
    gate = Wait(token="t", since=NOW, owner="prereqs")
    skipped = an_order_of_two_steps(state=ActionState.SKIPPED).changed(step_id=2, waits={"gate_99": gate})

    again = manual_actions.unskipped(skipped, ONE, by="ann", now=NOW)

    assert answers(skipped, again) == {"t": Answer.MOVED}


def test_an_undo_that_is_done_waits_for_nobody() -> None:
    canceled = progress.canceled(an_order_of_two_steps(), now=NOW, because="")
    parked = canceled.changed(waits={f"undo_{ONE}": Wait(token="t", since=NOW, due_at=NOW, owner="ops")})

    assert outcomes.undone(parked, ONE, now=NOW, reason="").waits == {}
