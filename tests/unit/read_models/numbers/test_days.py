"""Numbers per day are those of a recount, whatever comes again, late or not at all, and whenever days are added up."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.orders.decisions import progress
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order, Wait
from lambdas.read_models.numbers.days import DayNumbers, Numbers, days_between
from lambdas.read_models.numbers.facts import new_facts
from lambdas.records.table import RecordTable
from tests.support.build import NOW, Clock, a_queue, an_order
from tests.support.tables import make_table
from tests.support.thorough import examples

Change = tuple[Order | None, Order | None]
DAY = 86_400
FIRST, LAST = "2027-01-15", "2027-02-14"
QUEUE = a_queue()
_NUMBERS = count()


@contextmanager
def a_table(client: DynamoDBClient) -> Iterator[RecordTable]:
    name = make_table(client, f"numbers-{next(_NUMBERS)}")
    yield RecordTable(name, client)
    client.delete_table(TableName=name)


@pytest.fixture
def desk(dynamodb: DynamoDBClient) -> Iterator[RecordTable]:
    with a_table(dynamodb) as table:
        yield table


def life(number: int, hours: list[int], ending: str) -> list[Change]:
    """The changes of an order: begun, submitted, each action done, at its end complete, canceled or removed."""
    at = NOW + number % 1000 * 600
    order = an_order(QUEUE, order_id=str(number), ts=at, total_cents=1000)
    changes: list[Change] = [(None, order)]

    def change(new: Order) -> None:
        nonlocal order
        new = new.changed(revision=order.revision + 1, activity=at)
        changes.append((order, new))
        order = new

    if ending == "removed":
        change(progress.canceled(order, now=at + 30 * DAY, because="expired"))
        return [*changes, (order, None)]
    at += hours[0] * 3600
    change(progress.submitted(order, now=at, hold=None))
    for key, hour in zip(order.actions, hours[1:], strict=False):
        wait = Wait(token="t", since=at, due_at=at + DAY, owner="qa")
        change(order.changed(waits={key: wait}))
        change(order.changed(waits={key: wait.changed(overdue=hour > 24)}))
        at += hour * 3600
        result = {"total": "10.00", "status": "paid"} if key == "23" else {}
        action = order.actions[key].changed(state=ActionState.DONE, at=at, result=result, captures=key == "23")
        change(order.changed(waits={}, actions={**order.actions, key: action}))
    if ending == "canceled":
        change(progress.canceled(order, now=at, because="x"))
    elif len(hours) > 3:
        last = order.checklist_steps[-2]
        change(order.changed(step_id=last.step_id, step_status=last.status, completed_at=at))
    return changes


lives = st.lists(
    st.tuples(
        st.lists(st.integers(0, 60), min_size=1, max_size=4), st.sampled_from(["", "complete", "canceled", "removed"])
    ),
    min_size=1,
    max_size=12,
).map(lambda drawn: [life(1001 + index, hours, ending) for index, (hours, ending) in enumerate(drawn)])


def recounted(changes: list[Change]) -> dict[str, Numbers]:
    """Each fact of each order once."""
    seen: dict[tuple[str, str], None] = {}
    days: dict[str, Counter[str]] = {day: Counter() for day in days_between(FIRST, LAST)}
    for old, new in changes:
        for fact in new_facts(old, new) if new else ():
            if (new.order_id if new else "", fact.key) not in seen and fact.day in days:
                seen[new.order_id if new else "", fact.key] = None
                days[fact.day].update(fact.adds)
    return {day: dict(+counts) for day, counts in days.items()}


def counted(numbers: DayNumbers) -> dict[str, Mapping[str, int]]:
    return {day: dict(found) for day, found in numbers.of_days(QUEUE.order_queue_id, FIRST, LAST).items()}


@settings(max_examples=examples(6))
@given(drawn=lives, data=st.data())
def test_numbers_are_those_of_a_recount(
    dynamodb: DynamoDBClient, drawn: list[list[Change]], data: st.DataObject
) -> None:
    changes = [change for changes in drawn for change in changes]
    again = data.draw(st.lists(st.sampled_from(changes), max_size=6))
    clock = Clock(NOW + data.draw(st.integers(0, 40)) * DAY)
    with a_table(dynamodb) as table:
        for old, new in data.draw(st.permutations([*changes, *again])):
            DayNumbers(table, clock).follow(old, new)

        assert counted(DayNumbers(table, clock)) == recounted(changes)


def test_days_that_are_over_are_read_as_one_item_each(desk: RecordTable, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, changes = Clock(), [life(1001 + index, [0, 1, 1, 1], "complete") for index in range(40)]
    numbers = DayNumbers(desk, clock)
    for old, new in (change for each in changes for change in each):
        numbers.follow(old, new)
    before = counted(numbers)
    clock.time += 5 * DAY
    numbers.follow(*life(2800, [0], "")[0])
    read: list[str] = []
    real = desk.query

    def query(pk: str, prefix: str) -> list[dict[str, Any]]:
        read.append(pk)
        return real(pk, prefix)

    monkeypatch.setattr(desk, "query", query)
    after = counted(numbers)
    assert not [pk for pk in read if FIRST in pk]
    assert after[FIRST] == before[FIRST]
    assert sum(each.get("completed", 0) for each in after.values()) == 40


def test_what_comes_for_a_day_that_was_added_up_is_counted_there(desk: RecordTable) -> None:
    clock = Clock(NOW + 6 * DAY)
    numbers, late = DayNumbers(desk, clock), life(1002, [1], "")
    numbers.follow(*life(1001, [1], "")[0])
    assert counted(numbers)[FIRST] == {"begun": 1}
    for _ in range(2):
        for old, new in late:
            numbers.follow(old, new)

    assert counted(numbers) == recounted([*life(1001, [1], "")[:1], *late])


def test_an_order_costs_four_writes_of_at_most_one_kilobyte(desk: RecordTable, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers, real, written = DayNumbers(desk, Clock()), desk.client.update_item, list[str]()
    changes = [
        (old, new)
        for index in range(10)
        for old, new in life(1000 + index, [0, 0, 0, 0], "complete")
        if new and not new.waits
    ]
    numbers.follow(*changes[0])

    def update_item(**asked: Any) -> Any:
        written.append("w")
        return real(**asked)

    monkeypatch.setattr(desk.client, "update_item", update_item)
    for old, new in changes[1:]:
        numbers.follow(old if old is None else old.changed(waits={}), new)

    assert len(written) == 4 * 10 - 1
    items = desk.client.scan(TableName=desk.name)["Items"]
    assert max(len(str(item)) for item in items if "seen" in item) < 2 * 1024  # As Python writes it, twice the size.
