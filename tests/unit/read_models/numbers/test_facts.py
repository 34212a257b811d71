"""What numbers count of an order: each fact on its own day, by the order's own times."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.decisions import outcomes, progress
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order, Wait
from lambdas.read_models.numbers.facts import facts, new_facts
from lambdas.read_models.numbers.histogram import bucket_of, quantile_seconds
from lambdas.read_models.numbers.summary import money, step_times, sum_of
from tests.support.build import NOW, a_queue, a_submitted_order, an_order

DAY = 86_400
TWO_STEPS = a_queue(
    steps=[
        {"id": 1, "name": "Leads"},
        {"id": 2, "name": "Checks", "actions": [{"id": 21, "name": "Check", "module": "manual_check_off"}]},
        {"id": 3, "name": "Setup", "actions": [{"id": 31, "name": "Build", "module": "manual_check_off"}]},
        {"id": 4, "name": "Complete"},
        {"id": 5, "name": "Canceled"},
    ]
)


def done(order: Order, action_id: int, at: int, **more: object) -> Order:
    action = order.actions[str(action_id)].changed(state=ActionState.DONE, at=at, **more)
    return order.changed(actions={**order.actions, str(action_id): action})


def adds(order: Order) -> dict[str, int]:
    return dict(sum_of(fact.adds for fact in facts(order).values()))


def invoiced(at: int = NOW + 60, **result: object) -> Order:
    order = a_submitted_order(total_cents=1999, submitted_at=NOW + 30)
    paid = {"invoice_number": 7, "total": "19.99", "currency": "USD", "status": "paid", **result}
    return done(order, 103, at, captures=True, result=paid)


def test_each_fact_is_on_its_own_day() -> None:
    order = invoiced().changed(submitted_at=NOW + DAY, completed_at=NOW + 2 * DAY, step_id=13)
    days = {key: fact.day for key, fact in facts(order).items()}

    assert (days["b"], days["s"], days["c"], days["m"]) == ("2027-01-15", "2027-01-16", "2027-01-17", "2027-01-15")


def test_the_money_of_an_order_that_is_paid() -> None:
    (sums,) = money(adds(invoiced()))

    assert (sums.submitted, sums.captured, sums.canceled, sums.outstanding) == (1999, 1999, 0, 0)


def test_an_order_on_account_is_outstanding_until_its_payment_came() -> None:
    order = invoiced(status="open")
    (open_sums,) = money(adds(order))
    assert (open_sums.captured, open_sums.outstanding) == (0, 1999)

    queue = a_queue(
        steps=[
            {"id": 1, "name": "Leads"},
            {"id": 2, "name": "Pay", "actions": [
                {"id": 21, "name": "Generate Invoice", "module": "generate_invoice"},
                {"id": 22, "name": "Await Payment", "module": "await_payment"},
            ]},
            {"id": 3, "name": "Complete"},
            {"id": 4, "name": "Canceled"},
        ]
    )  # fmt: skip
    waiting = done(
        a_submitted_order(queue, total_cents=1999), 21, NOW, captures=True, result={"total": "19.99", "status": "open"}
    )
    paid = done(waiting, 22, NOW + DAY, result={"invoice_numbers": [7]})
    (found,) = new_facts(waiting, paid)
    assert (found.day, found.adds) == ("2027-01-16", {"captured_cents#USD": 1999})


def test_a_canceled_order_is_outstanding_no_more_and_a_payment_that_went_back_is_counted() -> None:
    unpaid = progress.canceled(a_submitted_order(total_cents=1999), now=NOW + DAY, because="changed their mind")
    (sums,) = money(adds(unpaid))
    assert (sums.canceled, sums.outstanding) == (1999, 0)

    paid = progress.canceled(invoiced(), now=NOW + DAY, because="changed their mind")
    undone = outcomes.undone(paid, 103, now=NOW + DAY, reason="")
    (sums,) = money(adds(undone))
    assert (sums.captured, sums.returned, sums.canceled) == (1999, 1999, 0)
    assert [fact.key for fact in new_facts(paid, undone)] == ["u"]


def test_a_lead_that_is_given_up_is_lost_and_not_canceled() -> None:
    found = adds(progress.canceled(an_order(), now=NOW + DAY, because="expired"))

    assert (found["lost"], "canceled" in found) == (1, False)


def test_a_lead_that_is_taken_up_again_returned_once() -> None:
    lead = an_order()
    soon = lead.changed(info={"first": "A"}, activity=NOW + 60, revision=2)
    later = soon.changed(info={"first": "Ada"}, activity=NOW + DAY, revision=3)
    submitted = a_submitted_order(submitted_at=NOW + DAY)

    assert [fact.key for fact in new_facts(lead, soon)] == []
    assert [(fact.key, fact.day) for fact in new_facts(soon, later)] == [("r", "2027-01-16")]
    assert adds(submitted)["returned"] == 1


def test_the_time_in_each_step_runs_from_when_the_one_before_was_done() -> None:
    order = a_submitted_order(TWO_STEPS, submitted_at=NOW + 100)
    in_second = done(order, 21, NOW + 1100).changed(step_id=3)
    complete = done(in_second, 31, NOW + 11_100).changed(step_id=4)

    assert [fact.key for fact in new_facts(order, in_second)] == ["t2"]
    times = {each.step_id: each.median_seconds for each in step_times(adds(complete))}
    for step_id, seconds in ((1, 100), (2, 1000), (3, 10_000)):
        assert times[step_id] == pytest.approx(seconds, rel=0.123)


def test_a_step_that_was_left_undone_has_no_time() -> None:
    canceled = progress.canceled(a_submitted_order(TWO_STEPS), now=NOW + 50, because="x")

    assert {key for key in facts(canceled) if key.startswith("t")} == {"t1"}


def test_waits_for_people_are_counted_by_team_and_gates_and_leads_are_not() -> None:
    wait = Wait(token="t", since=NOW, due_at=NOW + DAY, owner="qa")
    order = a_submitted_order(waits={"101": wait, "gate_102": wait.changed(due_at=None), "leads": wait})
    late = order.changed(waits={"101": wait.changed(overdue=True)})

    assert adds(order)["waits#qa"] == 1
    (overdue,) = new_facts(order, late)
    assert (overdue.day, overdue.adds) == ("2027-01-16", {"overdue#qa": 1})


@given(st.lists(st.integers(1, 400_000_000), min_size=1, max_size=50), st.sampled_from([0.5, 0.9]))
def test_a_quantile_is_off_by_an_eighth_at_most(seconds: list[int], share: float) -> None:
    counts: dict[int, int] = {}
    for each in seconds:
        counts[bucket_of(each)] = counts.get(bucket_of(each), 0) + 1
    exact = sorted(seconds)[max(1, math.ceil(share * len(seconds))) - 1]

    found = quantile_seconds(counts, share)
    assert found is not None
    assert abs(found - exact) <= 0.123 * exact + 0.5


def test_there_is_no_quantile_of_nothing_and_clocks_may_differ() -> None:
    assert quantile_seconds({}, 0.5) is None
    assert (bucket_of(-5), bucket_of(0), bucket_of(10**12)) == (0, 0, 90)
