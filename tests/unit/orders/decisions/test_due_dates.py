"""The index of deadlines never names an order later than one of its waits is due, whatever parks beside what."""

from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.decisions import claims, outcomes
from lambdas.orders.decisions.deadlines import with_overdue_marked
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.table.indexes import index_attributes
from tests.support.build import NOW, a_queue, a_submitted_order

HOUR = 3_600
DUE_HOURS = {"21": 100, "22": 4, "23": 24}
QUEUE = a_queue(
    steps=[
        {"id": 1, "name": "Leads"},
        {
            "id": 2,
            "name": "Processing",
            "actions": [
                {"id": int(key), "name": f"Check {key}", "module": "manual_check_off", "due_hours": hours}
                for key, hours in DUE_HOURS.items()
            ],
        },
        {"id": 3, "name": "Complete"},
        {"id": 4, "name": "Canceled"},
    ]
)


class Table:
    """The order's row, as the store and the compiled machine write it."""

    def __init__(self) -> None:
        self.order = a_submitted_order(QUEUE)
        self.due_at: int | None = None
        self.now = NOW

    def save(self, order: Order) -> None:
        self.order, self.due_at = order, index_attributes(order)["due_at"]

    def park(self, key: str) -> None:
        """`statemachines/states/wait_states.py`: a date that stands stays."""
        if self.order.actions[key].met:
            return
        due_at = self.now + DUE_HOURS[key] * HOUR
        wait = Wait(token=f"t{self.now}", since=self.now, due_at=due_at, owner="x")
        self.order = self.order.changed(waits={**self.order.waits, key: wait})
        self.due_at = self.due_at or self.now + min(DUE_HOURS.values()) * HOUR

    def claim(self, key: str) -> None:
        """A claim leaves the date as it is."""
        asked = self.order.with_action(self.order.actions[key].changed(requested_at=self.now))
        self.order = claims.claimed(asked, int(key), claim="c", now=self.now, ends_at=self.now)

    def fail(self, key: str) -> None:
        self.save(outcomes.failed(self.order, int(key), now=self.now, reason="x"))

    def touch(self, key: str) -> None:
        self.save(self.order.changed(activity=self.now))

    def sweep(self, key: str) -> None:
        if self.due_at is not None and self.due_at < self.now:
            self.save(with_overdue_marked(self.order, self.now))

    def named_too_late(self) -> list[str]:
        waits = {key: wait.due_at for key, wait in self.order.waits.items() if not wait.overdue}
        return [key for key, due in waits.items() if due is not None and (self.due_at is None or self.due_at > due)]


ACTS = st.sampled_from(["park", "claim", "fail", "touch", "sweep"])


@given(st.lists(st.tuples(ACTS, st.sampled_from(sorted(DUE_HOURS)), st.integers(0, 60)), max_size=30))
def test_no_wait_is_told_late(acts: list[tuple[str, str, int]]) -> None:
    table = Table()
    for act, key, hours in acts:
        table.now += hours * HOUR
        table.sweep(key)  # it comes by every few minutes
        getattr(table, act)(key)
        assert table.named_too_late() == []


def test_an_action_that_fails_beside_a_wait_with_a_later_deadline_is_told_when_it_is_due() -> None:
    table = Table()
    table.park("21")
    table.now += 5 * HOUR
    table.sweep("21")
    table.fail("22")
    table.park("22")

    assert table.due_at is not None
    assert table.due_at <= table.now + 4 * HOUR


def test_an_order_that_only_waits_is_looked_at_when_it_is_due_and_not_before() -> None:
    table = Table()
    for key in ("22", "23"):
        table.save(outcomes.done(table.order, int(key), now=NOW, reason="x", result={}))
    table.park("21")
    table.touch("21")

    assert table.due_at == NOW + 100 * HOUR
