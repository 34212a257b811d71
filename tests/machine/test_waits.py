"""Waits end by submit, by cancel or by their deadline, and never by accident."""

import time

import pytest

from lambdas.orders import progress
from lambdas.orders.machine import Answer, answers
from lambdas.orders.order import Order, PaymentAttempt, Wait
from lambdas.orders.progress import LEADS_WAIT
from lambdas.orders.steps import StepStatus
from tests.build import a_queue, an_order
from tests.machine.conftest import BenchOf

pytestmark = pytest.mark.engine
NO_ACTIONS = [
    {"id": 1, "name": "Leads", "expires_after_days": 30},
    {"id": 2, "name": "Processing"},
    {"id": 3, "name": "Complete"},
    {"id": 4, "name": "Canceled"},
]
QUEUE = a_queue(steps=NO_ACTIONS)


def leads_wait(order: Order) -> Wait | None:
    return order.waits.get(LEADS_WAIT)


def step_status(wanted: StepStatus) -> object:
    return lambda order: order if order.step_status is wanted else None


def test_a_lead_waits_with_an_owner_and_a_deadline(bench_of: BenchOf) -> None:
    bench = bench_of(QUEUE, seconds={})
    order_id = bench.start(an_order(QUEUE))

    wait = bench.until("the lead waits", leads_wait, order_id)

    assert wait.owner == "sales"
    assert (wait.due_at or 0) - wait.since == 30 * 86_400
    assert abs(wait.since - time.time()) < 30
    order = bench.orders.get(order_id)
    bench.orders.save(progress.canceled(order, now=1, because="test over"))
    bench.answer(wait.token, Answer.CANCELED)
    assert bench.ended(order_id) == "SUCCEEDED"


def test_a_submitted_lead_goes_on_and_the_queue_without_actions_completes(bench_of: BenchOf) -> None:
    bench = bench_of(QUEUE, seconds={})
    order_id = bench.start(an_order(QUEUE))
    bench.until("the lead waits", leads_wait, order_id)

    old = bench.orders.get(order_id)
    new = bench.orders.save(progress.submitted(old, now=1, hold=None))
    for token, answer in answers(old, new).items():
        bench.answer(token, answer)

    assert bench.ended(order_id) == "SUCCEEDED"
    assert bench.orders.get(order_id).step_status is StepStatus.COMPLETE
    assert bench.entered(order_id) == ["start", "Leads", "Complete"]


def test_an_order_submitted_before_its_machine_came_to_wait_is_not_parked(bench_of: BenchOf) -> None:
    bench = bench_of(QUEUE, seconds={})
    order_id = bench.start(progress.submitted(an_order(QUEUE), now=1, hold=None).changed(step_id=2).changed())

    assert bench.ended(order_id) == "SUCCEEDED"
    assert bench.orders.get(order_id).step_status is StepStatus.COMPLETE


def test_a_lead_nobody_submits_expires_and_is_unwound(bench_of: BenchOf) -> None:
    bench = bench_of(QUEUE, seconds={"Leads": 1})
    order_id = bench.start(an_order(QUEUE))

    assert bench.ended(order_id) == "SUCCEEDED"
    order = bench.orders.get(order_id)
    assert (order.step_status, order.canceled_because, order.epoch) == (StepStatus.CANCELED, "the lead expired", 2)
    assert order.waits == {}
    assert order.unwound_at
    assert order.expires_at is not None
    assert order.expires_at - time.time() > 80 * 86_400


def test_a_lead_whose_submit_is_under_way_does_not_expire(bench_of: BenchOf) -> None:
    bench = bench_of(QUEUE, seconds={"Leads": 1})
    live = PaymentAttempt(
        key="k", amount_cents=1, currency="USD", method="card", claim="c", claim_ends_at=int(time.time()) + 3
    )
    order_id = bench.start(an_order(QUEUE, attempt=live))

    assert bench.ended(order_id) == "SUCCEEDED"
    entered = bench.entered(order_id)
    assert entered[:4] == ["start", "Leads", "expire_lead", "Leads"]
    assert (bench.orders.get(order_id).canceled_at or 0) > live.claim_ends_at


def test_a_lead_submitted_as_it_expires_stays_submitted(bench_of: BenchOf) -> None:
    bench = bench_of(QUEUE, seconds={"Leads": 1})
    order_id = bench.start(an_order(QUEUE))
    bench.until("the lead waits", leads_wait, order_id)

    bench.orders.save(progress.submitted(bench.orders.get(order_id), now=1, hold=None))  # and nobody wakes the machine

    assert bench.ended(order_id) == "SUCCEEDED"
    assert bench.orders.get(order_id).step_status is StepStatus.COMPLETE
    assert bench.entered(order_id) == ["start", "Leads", "expire_lead", "Leads", "Complete"]


def test_a_machine_started_again_for_a_complete_order_ends_at_once(bench_of: BenchOf) -> None:
    bench = bench_of(QUEUE, seconds={})
    order = an_order(QUEUE, step_id=3, step_status=StepStatus.COMPLETE)

    assert bench.ended(bench.start(order)) == "SUCCEEDED"
    assert bench.entered(order.order_id) == ["start", "complete_already"]
    assert bench.orders.get(order.order_id).revision == order.revision
