"""What an order may do next, whatever happens to it in whatever order, in whatever queue."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lambdas.orders.decisions import claims, outcomes, progress
from lambdas.orders.decisions.claims import ActionBusy, OrderCanceled, OrderMoved
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.steps import StepStatus
from tests.support.build import NOW, a_queue, a_submitted_order, an_order
from tests.support.thorough import examples
from tests.support.trees import queues


class AnOrdersLife(RuleBasedStateMachine):
    """Submit, claim, park, settle and cancel, as doors, Lambdas and machines may."""

    @initialize(queue=queues())
    def create(self, queue: Queue) -> None:
        self.now = NOW
        self.order = an_order(queue)
        self.path = [self.order]

    @rule()
    @precondition(lambda self: self.order.is_lead)
    def submit(self) -> None:
        self._become(progress.submitted(self.order, now=self.now, hold=None))

    @rule(pick=st.integers(0, 20))
    @precondition(lambda self: self._claimable())
    def claim(self, pick: int) -> None:
        claimable = self._claimable()
        action_id = claimable[pick % len(claimable)]
        ends_at = self.now + 60
        self._become(claims.claimed(self.order, action_id, claim=f"r-{len(self.path)}", now=self.now, ends_at=ends_at))

        assert str(action_id) not in self.order.waits
        assert not claims.is_claimable(self.order, action_id, ends_at)
        assert claims.is_claimable(self.order, action_id, ends_at + 1)

    @rule(pick=st.integers(0, 20), succeeds=st.booleans())
    @precondition(lambda self: self._running())
    def settle(self, pick: int, succeeds: bool) -> None:
        running = self._running()
        action_id = running[pick % len(running)]
        if succeeds:
            self._become(outcomes.done(self.order, action_id, now=self.now, reason="", result={}))
            assert str(action_id) not in self.order.waits
        else:
            self._become(outcomes.failed(self.order, action_id, now=self.now, reason="no"))

    @rule(pick=st.integers(0, 20))
    @precondition(lambda self: self._awaited())
    def park(self, pick: int) -> None:
        """As the machine's wait does, under its condition (states/wait_states.py); a run may still be on its way."""
        awaited = self._awaited()
        key = str(awaited[pick % len(awaited)])
        waiting = self.order.with_action(self.order.actions[key].changed(state=ActionState.WAITING))
        wait = Wait(token=f"t-{len(self.path)}", since=self.now, due_at=self.now, owner="x")
        self._become(waiting.changed(waits={**waiting.waits, key: wait}))

    @rule(seconds=st.integers(1, 100))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds

    @rule()
    @precondition(lambda self: self.order.step_status is not StepStatus.CANCELED)
    def cancel(self) -> None:
        epoch = self.order.epoch
        self._become(progress.canceled(self.order, now=self.now, because="x"))

        assert self.order.epoch == epoch + 1
        assert not self.order.waits

    @invariant()
    def the_step_never_goes_back(self) -> None:
        places = [step.step_id for step in self.order.checklist_steps]
        passed = [places.index(order.step_id) for order in self.path]

        assert passed == sorted(passed)

    @invariant()
    def no_required_action_is_left_behind(self) -> None:
        if self.order.step_status is StepStatus.ORDINARY:
            before = [step for step in self.order.checklist_steps if step.step_id < self.order.step_id]
            left = [action for step in before for action in self.order.actions_of(step.step_id)]
            assert all(action.met or action.optional for action in left)

    @invariant()
    def it_stands_where_something_is_to_do_or_at_the_end(self) -> None:
        ordinary = [step for step in self.order.checklist_steps if step.status is StepStatus.ORDINARY]
        if self.order.step_status is StepStatus.ORDINARY and self.order.step_id != ordinary[-1].step_id:
            assert not progress.step_is_done(self.order, self.order.step_id)

    @invariant()
    def canceled_is_final_and_nothing_starts_any_more(self) -> None:
        if any(order.step_status is StepStatus.CANCELED for order in self.path):
            assert self.order.step_status is StepStatus.CANCELED
            assert not self._claimable()

    @invariant()
    def only_the_machine_completes(self) -> None:
        assert self.order.step_status is not StepStatus.COMPLETE

    def _become(self, order: Order) -> None:
        self.order = order
        self.path.append(order)

    def _claimable(self) -> list[int]:
        ids = [action.action_id for action in self.order.actions.values()]
        return [action_id for action_id in ids if claims.is_claimable(self.order, action_id, self.now)]

    def _running(self) -> list[int]:
        return [action.action_id for action in self.order.actions.values() if action.claim]

    def _awaited(self) -> list[int]:
        unmet = [action for action in self.order.actions_of(self.order.step_id) if not action.met]
        return [action.action_id for action in unmet if not action.optional]


AnOrdersLife.TestCase.settings = settings(settings(), max_examples=examples(40), stateful_step_count=25)
TestAnOrdersLife = AnOrdersLife.TestCase


def settled(order: Order, *action_ids: int) -> Order:
    for action_id in action_ids:
        order = outcomes.done(order, action_id, now=NOW, reason="", result={})
    return order


def test_the_last_action_of_a_step_moves_the_order_on() -> None:
    order = a_submitted_order(two_steps())

    assert settled(order, 21).step.name == "First"
    assert settled(order, 21, 22).step.name == "Third"


def test_the_last_action_of_all_leaves_completing_to_the_machine() -> None:
    order = settled(a_submitted_order(two_steps()), 21, 22, 41)

    assert (order.step.name, order.step_status) == ("Third", StepStatus.ORDINARY)


def test_what_was_done_before_the_submit_counts() -> None:
    lead = an_order(two_steps())
    for key in ("21", "22"):
        lead = lead.with_action(lead.actions[key].changed(state=ActionState.SKIPPED))

    assert progress.submitted(lead, now=NOW, hold=None).step.name == "Third"


def test_an_optional_action_done_by_hand_holds_nothing_up() -> None:
    order = a_submitted_order(two_steps(optional=True))

    assert settled(order, 21).step.name == "Third"


@pytest.mark.parametrize("state", [ActionState.DONE, ActionState.SKIPPED])
def test_a_met_action_is_not_claimed_again_and_needs_no_refusal(state: ActionState) -> None:
    order = a_submitted_order()
    met = order.with_action(order.actions["101"].changed(state=state))

    assert not claims.is_claimable(met, 101, NOW)
    claims.refuse_claim(met, 101)


def test_a_refused_claim_says_why() -> None:
    order = a_submitted_order()
    running = claims.claimed(order, 101, claim="r", now=NOW, ends_at=NOW)

    with pytest.raises(OrderCanceled):
        claims.refuse_claim(progress.canceled(order, now=NOW, because=""), 101)
    with pytest.raises(OrderMoved):
        claims.refuse_claim(an_order(), 101)
    with pytest.raises(ActionBusy, match="attempt 1"):
        claims.refuse_claim(running, 101)


def two_steps(*, optional: bool = False) -> Queue:
    """First holds two actions, Second none, Third one."""

    def action(number: int, **changes: Any) -> dict[str, Any]:
        return {"id": number, "name": f"Action {number}", "module": "add_services", "automatic": True, **changes}

    return a_queue(
        steps=[
            {"id": 1, "name": "Leads", "expires_after_days": 30},
            {"id": 2, "name": "First", "actions": [action(21), action(22, optional=optional, automatic=not optional)]},
            {"id": 3, "name": "Second"},
            {"id": 4, "name": "Third", "actions": [action(41)]},
            {"id": 5, "name": "Complete"},
            {"id": 6, "name": "Canceled"},
        ]
    )
