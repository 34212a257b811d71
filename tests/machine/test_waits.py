"""Where an execution begins, and that it ends where its order is."""

import pytest

from lambdas.orders.decisions import progress
from lambdas.orders.model.order import PaymentAttempt
from lambdas.orders.model.steps import StepStatus
from tests.machine.conftest import BenchOf
from tests.support.build import a_queue, an_order

pytestmark = pytest.mark.engine
NO_ACTIONS = [
    {"id": 1, "name": "Leads", "expires_after_days": 30},
    {"id": 2, "name": "Processing"},
    {"id": 3, "name": "Complete"},
    {"id": 4, "name": "Canceled"},
]
QUEUE = a_queue(steps=NO_ACTIONS)


def test_an_order_of_a_queue_without_actions_completes(bench_of: BenchOf) -> None:
    bench = bench_of(QUEUE, seconds={})
    order_id = bench.start(progress.submitted(an_order(QUEUE), now=1, hold=None))

    assert bench.ended(order_id) == "SUCCEEDED"
    assert bench.orders.get(order_id).step_status is StepStatus.COMPLETE
    assert bench.entered(order_id) == ["Complete"]


def test_a_lead_that_is_canceled_with_a_payment_begun_is_unwound(bench_of: BenchOf) -> None:
    bench = bench_of(QUEUE, seconds={})
    attempt = PaymentAttempt(key="k", amount_cents=1, currency="USD", method="card", claim="c", claim_ends_at=1)
    order_id = bench.start(progress.canceled(an_order(QUEUE, attempt=attempt), now=2, because="a test"))

    assert bench.ended(order_id) == "SUCCEEDED"
    order = bench.orders.get(order_id)
    assert (order.step_status, order.waits) == (StepStatus.CANCELED, {})
    assert order.unwound_at


def test_a_machine_that_is_started_for_a_lead_says_that_a_lead_needs_none(bench_of: BenchOf) -> None:
    """As earlier versions start it, or somebody by hand. It fails, so that the lead is told that it stopped."""
    bench = bench_of(QUEUE, seconds={})
    order_id = bench.start(an_order(QUEUE, machine_run=1))

    assert bench.ended(order_id) == "FAILED"
    assert bench.entered(order_id)[-1] == "still_a_lead"
    assert bench.orders.get(order_id).is_lead


def test_one_that_is_started_late_for_a_lead_walks_the_order_that_it_became(bench_of: BenchOf) -> None:
    """The record of an earlier version's create, passed on after the submit."""
    bench = bench_of(QUEUE, seconds={})
    lead = an_order(QUEUE, machine_run=1)
    bench.orders.create(progress.submitted(lead, now=1, hold=None), (), lead.ts)
    bench.begin(lead)

    assert bench.ended(lead.order_id) == "SUCCEEDED"
    assert bench.orders.get(lead.order_id).step_status is StepStatus.COMPLETE


def test_a_machine_started_again_for_a_complete_order_ends_at_once(bench_of: BenchOf) -> None:
    bench = bench_of(QUEUE, seconds={})
    order = an_order(QUEUE, step_id=3, step_status=StepStatus.COMPLETE)

    assert bench.ended(bench.start(order)) == "SUCCEEDED"
    assert bench.entered(order.order_id) == [
        "Complete",
        "find_step",
        "first_round",
        "find_step",
        "go_to_step",
        "complete_already",
    ]
    assert bench.orders.get(order.order_id).revision == order.revision
