"""Every change of an order is told once, under a name of its own, without personal data."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.decisions import claims, outcomes, progress
from lambdas.orders.events import ACTION_EVENTS, OrderEvent, changes
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from tests.support.build import CARD, CONTACT, NOW, a_submitted_order, an_order
from tests.support.trees import INFOS


def told(old: Order | None, new: Order) -> list[str]:
    return [event.name for event in changes(old, new)]


def next_revision(order: Order, **more: Any) -> Order:
    return order.changed(revision=order.revision + 1, **more)


def claimed(order: Order, action_id: int = 101) -> Order:
    return next_revision(claims.claimed(order, action_id, claim="r", now=NOW, ends_at=NOW))


def done(order: Order, action_id: int) -> Order:
    return next_revision(outcomes.done(order, action_id, now=NOW, reason="", result={}))


def a_whole_life() -> list[Order]:
    """A lead, updated, submitted, two actions done, one failed and taken up again, canceled, undone, unwound."""
    life = [an_order()]
    life.append(next_revision(life[-1], info={"first": "Grace"}))
    life.append(next_revision(progress.submitted(life[-1], now=NOW, hold=None)))
    for action_id in (101, 102):
        life += [running := claimed(life[-1], action_id), done(running, action_id)]
    life.append(claimed(life[-1], 103))
    life.append(next_revision(outcomes.failed(life[-1], 103, now=NOW, reason="declined")))
    life.append(claimed(life[-1], 103))
    life.append(next_revision(progress.canceled(life[-1], now=NOW, because="x")))
    life.append(next_revision(outcomes.undone(life[-1], 102, now=NOW, reason="x")))
    life.append(next_revision(life[-1], unwound_at=NOW))
    return life


def events_of(life: list[Order]) -> list[OrderEvent]:
    return [event for old, new in zip([None, *life], life, strict=False) for event in changes(old, new)]


def test_a_whole_life_is_told_in_order() -> None:
    assert [event.name for event in events_of(a_whole_life())] == [
        "OrderCreated",
        "OrderUpdated",
        "OrderSubmitted",
        "OrderStepEntered",
        "OrderActionStarted",
        "OrderActionDone",
        "OrderActionStarted",
        "OrderActionDone",
        "OrderActionStarted",
        "OrderActionFailed",
        "OrderActionStarted",
        "OrderCanceled",
        "OrderActionUndone",
        "OrderUnwound",
    ]


def test_every_event_has_an_id_of_its_own_that_a_repeat_keeps() -> None:
    first, again = (events_of(a_whole_life()) for _ in range(2))

    assert len({event.event_id for event in first}) == len(first)
    assert first == again


def test_the_id_names_order_revision_event_and_action() -> None:
    (started,) = changes(a_submitted_order(), claimed(a_submitted_order()))
    (created,) = changes(None, an_order())

    assert started.event_id == "1001.2.OrderActionStarted.101"
    assert created.event_id == "1001.1.OrderCreated"


@pytest.mark.parametrize("state", ActionState)
def test_each_state_of_an_action_is_told_once_when_entered(state: ActionState) -> None:
    before = a_submitted_order()
    after = before.with_action(before.actions["102"].changed(state=state))

    assert told(before, after) == ([ACTION_EVENTS[state]] if state in ACTION_EVENTS else [])
    assert told(after, after) == []


def test_a_run_that_takes_over_a_lapsed_one_is_told_with_its_attempt() -> None:
    running = claimed(a_submitted_order())
    (event,) = changes(running, claimed(running))

    assert (event.name, event.order_action_id, event.module, event.attempts) == (
        "OrderActionStarted",
        101,
        "provision_client",
        2,
    )


@pytest.mark.parametrize(
    ("status", "name"), [(StepStatus.COMPLETE, "OrderCompleted"), (StepStatus.CANCELED, "OrderCanceled")]
)
def test_the_end_is_told_once(status: StepStatus, name: str) -> None:
    before = a_submitted_order()
    step = next(step for step in before.checklist_steps if step.status is status)
    end = before.changed(step_id=step.step_id, step_status=status)

    assert told(before, end) == [name]
    assert told(end, next_revision(end)) == []


def test_a_wait_or_an_owner_is_no_event() -> None:
    assert told(an_order(), an_order(owner="sales", priority=3, declines=1)) == []


@given(INFOS)
def test_no_event_says_anything_of_the_order_but_ids_and_names(info: dict[str, Any]) -> None:
    secret = "Ada-7f3a"
    info = {**CONTACT, **CARD, **info, "first": secret, "nested": {"email": secret}}
    plain, private = an_order(info={}), an_order(info=info, signature=secret, listed_company=secret)
    hidden = private.with_action(private.actions["101"].changed(state=ActionState.FAILED, reason=secret))

    said = "".join(event.model_dump_json() for event in (*changes(None, private), *changes(plain, hidden)))
    assert secret not in said
    assert changes(None, private) == changes(None, plain)


@given(st.sampled_from(a_whole_life()))
def test_an_event_stands_on_the_order_as_it_is_after_the_change(order: Order) -> None:
    (event,) = changes(None, order.changed(revision=1))

    assert (event.order_id, event.order_step_id, event.step_status, event.step_name) == (
        order.order_id,
        order.step_id,
        order.step_status,
        order.step.name,
    )


def test_what_an_operator_puts_back_was_sent_before() -> None:
    """A revision that follows on none: the row of an order that was lost, or one that was raised above what was published."""
    order = a_submitted_order(revision=7)

    assert changes(None, order) == ()
    assert changes(order, order.changed(revision=1_007, submitted_at=NOW + 1)) == ()
    assert [event.name for event in changes(None, order.changed(revision=1))] == ["OrderCreated"]
