"""When an order has come to rest: nothing goes on by itself, and somebody is waited for."""

from typing import Any

import pytest

from lambdas.orders.decisions import claims, outcomes, progress
from lambdas.orders.decisions.operator import manual_actions
from lambdas.orders.decisions.quiescence import is_at_rest
from lambdas.orders.model.order import Order, PaymentAttempt, Wait
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.waits import WaitKey
from tests.support.build import NOW, a_queue, a_submitted_order, an_order

WAIT = Wait(token="t", since=NOW, owner="sales", due_at=NOW + 60)


def queue(**second: Any) -> Queue:
    """An automatic action and, after it, one as given: 22, done by hand if nothing else is said."""
    step = {
        "id": 2,
        "name": "Processing",
        "actions": [
            {"id": 21, "name": "Provision Client", "module": "provision_client", "automatic": True},
            {"id": 22, "name": "Check", "module": "manual_check_off", "prereqs": [21], **second},
        ],
    }
    ends = [{"id": 3, "name": "Complete"}, {"id": 4, "name": "Canceled"}]
    return a_queue(steps=[{"id": 1, "name": "Leads", "expires_after_days": 30}, step, *ends])


def waiting(order: Order, *keys: str) -> Order:
    return order.changed(waits={**order.waits, **dict.fromkeys(keys, WAIT)})


def running(order: Order, action_id: int) -> Order:
    return claims.claimed(order, action_id, claim="c", now=NOW, ends_at=NOW + 30)


def first_done(order: Order) -> Order:
    return outcomes.done(running(order, 21), 21, now=NOW, reason="made", result={})


def test_an_order_goes_on_until_it_waits_for_a_person() -> None:
    order = a_submitted_order(queue())
    life = [order, running(order, 21), first_done(order)]

    assert [is_at_rest(each, NOW) for each in life] == [False, False, False]
    assert is_at_rest(waiting(first_done(order), "22"), NOW)


def test_a_failed_action_is_at_rest_when_a_person_is_waited_for_and_not_before() -> None:
    failed = outcomes.failed(running(a_submitted_order(queue()), 21), 21, now=NOW, reason="no")

    assert not is_at_rest(failed, NOW)  # the machine tries again, or parks it
    assert is_at_rest(waiting(failed, "21"), NOW)


def test_what_was_asked_for_goes_on_until_it_is_done() -> None:
    order = waiting(first_done(a_submitted_order(queue())), "22")
    asked = manual_actions.processed(order, 22, by="ada", given={}, now=NOW)

    assert not is_at_rest(asked, NOW)
    assert not is_at_rest(waiting(asked, "22"), NOW)  # parked again by the machine before the request was taken up
    assert not is_at_rest(running(asked, 22), NOW)


def test_a_gate_is_no_person() -> None:
    order = waiting(a_submitted_order(queue()), WaitKey.gate(22))

    assert not is_at_rest(order, NOW)


def test_an_automatic_action_that_is_parked_holds_nothing_up() -> None:
    order = first_done(a_submitted_order(queue(automatic=True)))

    assert not is_at_rest(order, NOW)
    assert is_at_rest(waiting(order, "22"), NOW)


@pytest.mark.parametrize(("automatic", "at_rest"), [(True, False), (False, True)])
def test_an_optional_action_is_waited_for_while_it_will_be_tried_by_itself(automatic: bool, at_rest: bool) -> None:
    step = {
        "id": 2,
        "name": "Processing",
        "actions": [
            {"id": 21, "name": "Check", "module": "manual_check_off"},
            {"id": 22, "name": "Tell", "module": "update_fields", "optional": True, "automatic": automatic},
        ],
    }
    steps = [{"id": 1, "name": "Leads"}, step, {"id": 3, "name": "Complete"}, {"id": 4, "name": "Canceled"}]
    order = waiting(a_submitted_order(a_queue(steps=steps)), "21")

    assert is_at_rest(order, NOW) is at_rest
    assert is_at_rest(outcomes.failed(running(order, 22), 22, now=NOW, reason="no"), NOW)


def test_a_final_order_and_one_whose_machine_stopped_are_at_rest() -> None:
    order = a_submitted_order(queue())

    assert is_at_rest(progress.canceled(order, now=NOW, because="a test"), NOW)
    assert is_at_rest(order.changed(machine_stopped_at=NOW), NOW)


def test_a_lead_is_at_rest_unless_it_is_being_submitted() -> None:
    lead = an_order(queue())
    attempt = PaymentAttempt(key="k", amount_cents=1, currency="USD", method="card", claim="c", claim_ends_at=NOW + 30)

    assert is_at_rest(lead, NOW)
    assert not is_at_rest(lead.changed(attempt=attempt), NOW)
    assert is_at_rest(lead.changed(attempt=attempt), NOW + 31)
