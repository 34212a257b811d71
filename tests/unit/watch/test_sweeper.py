"""What the sweeper does to orders whose date has come."""

import pytest

from lambdas.orders.errors import OrderChangedError
from lambdas.orders.events import changes
from lambdas.orders.machine import starts
from lambdas.orders.model.order import Order, PaymentAttempt, Wait
from lambdas.orders.model.steps import StepStatus
from lambdas.runtime.retry_budget import retry_budget
from lambdas.watch.sweeper import sweep
from tests.support.build import NOW, a_submitted_order, an_order
from tests.support.fakes import InMemoryOrderStore

NOTHING = {"overdue": 0, "expired": 0}
DAY = 86_400


def stored(*orders: Order) -> InMemoryOrderStore:
    store = InMemoryOrderStore()
    for order in orders:
        store.create(order, (), NOW)
    return store


def as_it_is(lead: Order) -> Order:
    return lead


def swept(store: InMemoryOrderStore, now: int) -> dict[str, int]:
    return sweep(store, now, as_it_is)


def an_attempt(amount_cents: int = 995, *, ends_at: int) -> PaymentAttempt:
    return PaymentAttempt(
        key="1001:submit:authorize:1",
        amount_cents=amount_cents,
        currency="USD",
        method="card",
        claim="c",
        claim_ends_at=ends_at,
    )


def test_overdue_waits_are_told_once() -> None:
    waits = {
        "101": Wait(token="a", since=1, due_at=NOW - 1, owner="ops"),
        "102": Wait(token="b", since=1, due_at=NOW + 99, owner="ops"),
        "gate_103": Wait(token="c", since=1, owner="prereqs"),
    }
    order = a_submitted_order(waits=waits)
    store = stored(order)

    assert swept(store, NOW) == {"overdue": 1, "expired": 0}
    marked = store.get("1001")
    assert [key for key, wait in marked.waits.items() if wait.overdue] == ["101"]
    overdue = [event for event in changes(order, marked) if event.name == "OrderActionOverdue"]
    assert [event.order_action_id for event in overdue] == [101]
    assert swept(store, NOW) == NOTHING


def test_nobody_is_said_to_have_canceled_a_lead_that_expired() -> None:
    lead = an_order(changed_by="form hosting", changed_how="update")
    store = stored(lead)
    swept(store, NOW + 31 * DAY)

    over = store.get("1001")
    assert (over.changed_by, over.changed_how, over.canceled_by) == ("", "expire", "")
    assert [event.changed_by for event in changes(lead, over)] == [None, None]


def test_a_lead_expires_when_its_time_is_over_and_no_execution_is_begun_for_it() -> None:
    lead = an_order()
    store = stored(lead)

    assert swept(store, NOW + 30 * DAY) == NOTHING
    assert swept(store, NOW + 30 * DAY + 1) == {"overdue": 0, "expired": 1}

    over = store.get("1001")
    assert (over.step_status, over.canceled_because) == (StepStatus.CANCELED, "the lead expired")
    assert over.unwound_at == NOW + 30 * DAY + 1
    assert over.expires_at == over.unwound_at + 90 * DAY
    assert not starts(lead, over)
    assert {event.name for event in changes(lead, over)} == {"OrderCanceled", "OrderUnwound"}
    assert swept(store, NOW + 31 * DAY) == NOTHING


def test_what_a_died_submit_may_have_held_is_taken_back_by_the_machine_of_an_expired_lead() -> None:
    lead = an_order(attempt=an_attempt(ends_at=NOW))
    store = stored(lead)

    assert swept(store, NOW + 31 * DAY) == {"overdue": 0, "expired": 1}

    over = store.get("1001")
    assert starts(lead, over)
    assert (over.machine_run, over.unwound_at) == (1, None)


def test_a_submit_under_way_is_left_alone_however_late_it_comes() -> None:
    late = NOW + 31 * DAY
    store = stored(an_order(attempt=an_attempt(ends_at=late + 10)))

    assert swept(store, late) == NOTHING
    assert store.get("1001").revision == 1
    assert swept(store, late + 11) == {"overdue": 0, "expired": 1}


def test_a_lead_of_an_earlier_version_is_canceled_by_its_own_execution_and_overdue_only_when_that_forgot_it() -> None:
    waits = {"leads": Wait(token="a", since=1, due_at=NOW - 60, owner="sales")}
    store = stored(an_order(machine_run=1, lead_ends_at=None, waits=waits))

    assert swept(store, NOW) == NOTHING
    assert swept(store, NOW + 3_600) == {"overdue": 1, "expired": 0}
    assert store.get("1001").is_lead


def test_a_lead_whose_execution_an_earlier_version_began_and_somebody_stopped_expires_all_the_same() -> None:
    waits = {"leads": Wait(token="a", since=1, due_at=NOW - 60, owner="sales")}
    store = stored(an_order(machine_run=1, lead_ends_at=None, waits=waits, machine_stopped_at=NOW - 90))

    assert swept(store, NOW) == {"overdue": 0, "expired": 1}
    assert store.get("1001").unwound_at == NOW


class OneThatCannotBeWritten(InMemoryOrderStore):
    def save(self, order: Order) -> Order:
        if order.order_id == "1001":
            raise OrderChangedError(order.order_id)
        return super().save(order)


class NearItsEnd:
    """A function with little time left, which so does not try long."""

    def get_remaining_time_in_millis(self) -> int:
        return 2_200


def test_an_order_that_cannot_be_written_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    store = OneThatCannotBeWritten()
    for order_id in ("1001", "1002"):
        store.create(an_order(order_id=order_id), (), NOW)

    with retry_budget(NearItsEnd()):
        assert swept(store, NOW + 31 * DAY) == {"overdue": 0, "expired": 1}
    assert store.get("1002").step_status is StepStatus.CANCELED
    assert "order not swept" in [entry.msg for entry in caplog.records]
