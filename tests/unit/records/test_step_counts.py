"""Counts per step: whatever the stream tells, in whatever order and however often, they are what the orders are."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.orders.decisions import progress
from lambdas.orders.model.order import Order
from lambdas.records.step_counts import CountsBusyError, StepCounts
from lambdas.records.table import RecordTable
from tests.support.build import NOW, a_queue, an_order
from tests.support.tables import make_table
from tests.support.thorough import examples

Change = tuple[Order | None, Order | None]
_NUMBERS = count()
QUEUES = {9: a_queue(), 10: a_queue(order_queue_id=10)}


def moved(order: Order, step_id: int) -> Order:
    return order.changed(step_id=step_id, revision=order.revision + 1)


def history(number: int, queue_id: int, steps: list[int], removed: bool) -> list[Change]:
    """What the stream tells of one order."""
    order = an_order(QUEUES[queue_id], order_id=str(number))
    told: list[Change] = [(None, order)]
    for step_id in steps:
        told.append((order, moved(order, step_id)))
        order = moved(order, step_id)
    return [*told, (order, None)] if removed else told


def recounted(histories: list[list[Change]]) -> Counter[tuple[int, int]]:
    last = [told[-1][1] for told in histories]
    return Counter((order.order_queue_id, order.step_id) for order in last if order)


def counted(counts: StepCounts) -> Counter[tuple[int, int]]:
    found = {(queue, step): count for queue in QUEUES for step, count in counts.of_queue(queue).items()}
    assert all(count >= 0 for count in found.values())
    return +Counter(found)


@contextmanager
def a_table(client: DynamoDBClient) -> Iterator[RecordTable]:
    """For one example: a client of its own would cost more than all its writes."""
    name = make_table(client, f"records-{next(_NUMBERS)}")
    yield RecordTable(name, client)
    client.delete_table(TableName=name)


histories = st.lists(
    st.tuples(st.sampled_from(list(QUEUES)), st.lists(st.integers(1, 4), max_size=5), st.booleans()),
    min_size=1,
    max_size=4,
).map(lambda lives: [history(1001 + index, *life) for index, life in enumerate(lives)])


@settings(max_examples=examples(12))
@given(told=histories, data=st.data())
def test_however_often_and_in_whatever_order_records_come_the_counts_are_those_of_the_orders(
    dynamodb: DynamoDBClient, told: list[list[Change]], data: st.DataObject
) -> None:
    records = [change for changes in told for change in changes]
    again = data.draw(st.lists(st.sampled_from(records), max_size=6))
    with a_table(dynamodb) as table:
        counts = StepCounts(table)
        for old, new in data.draw(st.permutations([*records, *again])):
            counts.follow(old, new)

        assert counted(counts) == recounted(told)


@settings(max_examples=examples(8))
@given(told=histories, data=st.data())
def test_after_every_record_in_order_the_counts_are_right_though_the_stream_goes_back(
    dynamodb: DynamoDBClient, told: list[list[Change]], data: st.DataObject
) -> None:
    records = [change for changes in told for change in changes]
    with a_table(dynamodb) as table:
        counts = StepCounts(table)
        last: dict[str, Order | None] = {}
        for index, (old, new) in enumerate(records):
            back = data.draw(st.integers(max(0, index - 4), index))
            for again in records[back : index + 1]:
                counts.follow(*again)
            order = new or old
            assert order is not None
            last[order.order_id] = new
            here = (found for found in last.values() if found)

            assert counted(counts) == Counter((found.order_queue_id, found.step_id) for found in here)


def test_an_order_is_counted_where_it_is(records: RecordTable) -> None:
    counts = StepCounts(records)
    lead = an_order()
    submitted = progress.submitted(lead, now=NOW, hold=None).changed(revision=2)
    for order_id in ("1001", "1002", "1003"):
        counts.follow(None, lead.changed(order_id=order_id))
    counts.follow(lead, submitted)

    assert counts.of_queue(1) == {11: 2, 12: 1}
    assert counts.of_queue(2) == {}


def test_a_lead_that_its_time_to_live_removed_is_counted_out_for_good(records: RecordTable) -> None:
    counts, lead = StepCounts(records), an_order()
    counts.follow(None, lead)
    counts.follow(lead, None)
    counts.follow(None, lead)

    assert counts.of_queue(1) == {11: 0}


def test_a_change_that_is_no_move_writes_nothing(records: RecordTable) -> None:
    counts, lead = StepCounts(records), an_order()
    counts.follow(lead, lead.changed(owner="x", revision=2))

    assert records.client.scan(TableName=records.name)["Count"] == 0


class Contended:
    """The client of a table that other writers are at: the first `conflicts` transactions run into another's."""

    def __init__(self, client: Any, conflicts: int) -> None:
        self._client, self.conflicts = client, conflicts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **request: Any) -> Any:
        if self.conflicts:
            self.conflicts -= 1
            reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
            raise self._client.exceptions.TransactionCanceledException(
                {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons},
                "TransactWriteItems",
            )
        return self._client.transact_write_items(**request)


@pytest.fixture
def pauses() -> list[float]:
    return []


def test_a_conflict_with_another_writer_is_tried_again_after_a_pause(records: RecordTable, pauses: list[float]) -> None:
    counts = StepCounts(RecordTable(records.name, Contended(records.client, 3), pause=pauses.append))  # type: ignore[arg-type]
    counts.follow(None, an_order())

    assert counts.of_queue(1) == {11: 1}
    assert len(pauses) == 3
    assert max(pauses) <= 1


def test_a_conflict_without_end_sends_the_record_back(records: RecordTable, pauses: list[float]) -> None:
    counts = StepCounts(RecordTable(records.name, Contended(records.client, 10**6), pause=pauses.append))  # type: ignore[arg-type]

    with pytest.raises(CountsBusyError, match="order 1001 could not be counted in step 11"):
        counts.follow(None, an_order())
    assert sum(pauses) <= 8  # of the relay's 60 seconds


def test_a_number_that_is_deleted_and_put_back_is_counted_again(dynamodb: DynamoDBClient) -> None:
    order = an_order(QUEUES[9])
    with a_table(dynamodb) as table:
        counts = StepCounts(table)
        for old, new in ((None, order), (order, None), (None, order.changed(revision=order.revision + 2))):
            counts.follow(old, new)

        assert counted(counts) == Counter({(9, 1): 1})


def test_another_order_of_a_number_that_was_given_before_takes_its_place(dynamodb: DynamoDBClient) -> None:
    """The order table was restored to a moment before the first of the two, the counts were not."""
    first = an_order(QUEUES[9]).changed(step_id=2, revision=12)
    second = an_order(QUEUES[9], hash="another", revision=1)
    with a_table(dynamodb) as table:
        counts = StepCounts(table)
        for old, new in ((None, first), (None, second), (second, moved(second, 3)), (None, second)):
            counts.follow(old, new)

        assert counted(counts) == Counter({(9, 3): 1})


def test_an_order_that_an_earlier_version_counted_goes_on(dynamodb: DynamoDBClient) -> None:
    """Its marker does not say whose it is."""
    order = an_order(QUEUES[9])
    with a_table(dynamodb) as table:
        counts = StepCounts(table)
        counts.follow(None, order)
        key = {"pk": {"S": "counted#1001"}, "sk": {"S": "counted"}}
        table.client.update_item(
            TableName=table.name, Key=key, UpdateExpression="REMOVE #of", ExpressionAttributeNames={"#of": "of"}
        )
        counts.follow(order, moved(order, 2))
        counts.follow(None, order)

        assert counted(counts) == Counter({(9, 2): 1})
