"""An order that waits for its money is told once that it came; nobody else is."""

from typing import Any

import pytest

from lambdas.orders.decisions import progress
from lambdas.orders.decisions.await_payment import with_payment_check
from lambdas.orders.machine import Answer, answers, requests
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order, Wait
from tests.support.build import NOW, a_queue, a_service, a_submitted_order
from tests.support.fakes import InMemoryOrderStore

AWAIT = "22"


def an_order_that_waits(**action: Any) -> Order:
    """In Processing, parked in Await Payment."""
    automatic = {"automatic": True}
    steps = [
        {"id": 1, "name": "Leads", "expires_after_days": 30},
        {
            "id": 2,
            "name": "Processing",
            "actions": [
                {"id": 21, "name": "Generate Invoice", "module": "generate_invoice", **automatic},
                {"id": 22, "name": "Await Payment", "module": "await_payment", "prereqs": [21], **automatic},
            ],
        },
        {"id": 3, "name": "Complete"},
        {"id": 4, "name": "Canceled"},
    ]
    order = a_submitted_order(a_queue(steps=steps))
    order = order.with_action(order.actions["21"].changed(state=ActionState.DONE))
    parked = order.actions[AWAIT].changed(**{"state": ActionState.WAITING, "attempts": 1, **action})
    return order.with_action(parked).changed(waits={AWAIT: Wait(token="t", since=NOW, owner="finance", due_at=NOW + 9)})


def test_what_waits_is_woken_and_says_who_paid() -> None:
    before = an_order_that_waits()
    after = with_payment_check(before, by="ann", now=NOW)

    assert answers(before, after) == {"t": Answer.GO_ON}
    assert (after.actions[AWAIT].by, after.actions[AWAIT].requested_at, after.waits) == ("ann", NOW, {})
    assert not requests(before, after)
    assert with_payment_check(after, by="ann", now=NOW + 1) is after


def test_finance_is_its_owner_and_two_weeks_its_time_unless_the_queue_says_otherwise() -> None:
    action = an_order_that_waits().actions[AWAIT]

    assert (action.owner, action.due_hours) == ("finance", 336)


def test_a_run_that_is_under_way_is_followed_by_another() -> None:
    before = an_order_that_waits(state=ActionState.RUNNING, claim="r", claim_ends_at=NOW + 30).changed(waits={})
    after = with_payment_check(before, by="ann", now=NOW)

    assert [action.action_id for action in requests(before, after)] == [int(AWAIT)]


@pytest.mark.parametrize(
    "order",
    [
        an_order_that_waits(attempts=0, state=ActionState.PENDING),
        an_order_that_waits(state=ActionState.DONE),
        an_order_that_waits(state=ActionState.SKIPPED),
        an_order_that_waits(requested_at=NOW),
        a_submitted_order(),
        progress.canceled(an_order_that_waits(), now=NOW, because="x"),
    ],
    ids=["has not looked yet", "done", "skipped", "asked already", "another queue", "canceled"],
)
def test_who_does_not_wait_is_left_alone(order: Order) -> None:
    assert with_payment_check(order, by="ann", now=NOW) is order


def test_an_undo_that_waits_for_money_to_go_back_is_tried_again() -> None:
    canceled = progress.canceled(an_order_that_waits(), now=NOW, because="x")
    waiting = canceled.changed(waits={"undo_21": Wait(token="u", since=NOW, owner="finance")})
    after = with_payment_check(waiting, by="ann", now=NOW)

    assert answers(waiting, after) == {"u": Answer.GO_ON}


def test_telling_is_written_with_who_told_and_an_order_that_is_gone_is_nobodys() -> None:
    store = InMemoryOrderStore()
    order = an_order_that_waits()
    store.create(order, [], NOW)
    service = a_service(store=store)
    service.look_for_payment(order.order_id, by="ann")
    service.look_for_payment("999", by="ann")

    told = store.get(order.order_id)
    assert (told.changed_by, told.changed_how, told.revision) == ("ann", "process", order.revision + 1)
