"""The worklist is what a scan of all orders would find, however the changes of orders arrive."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.orders.decisions.open_work import open_work
from lambdas.orders.model.order import Order
from lambdas.read_models.worklist.entries import Entry, entries
from lambdas.read_models.worklist.follower import Worklist
from lambdas.read_models.worklist.store import WorklistStore
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item
from tests.support import lives
from tests.support.build import NOW, an_order
from tests.support.lives import Change, a_lead, life
from tests.support.tables import make_table
from tests.support.thorough import examples

_NUMBERS = count()


@contextmanager
def a_table(client: DynamoDBClient) -> Iterator[RecordTable]:
    name = make_table(client, f"desk-{next(_NUMBERS)}")
    yield RecordTable(name, client)
    client.delete_table(TableName=name)


def kept(table: RecordTable) -> dict[tuple[str, str], Entry]:
    """Every entry in the table, by its place."""
    items = [from_item(item) for item in table.client.scan(TableName=table.name)["Items"]]
    return {(item["pk"], item["sk"]): Entry.model_validate(item) for item in items if item["sk"] != "anchor"}


def scanned(*orders: Order) -> dict[tuple[str, str], Entry]:
    """What a look at every order would show."""
    found = [entry for order in orders for entry in entries(order)]
    return {(pk, entry.position): entry for entry in found for pk in entry.lists}


def a_waiting_order(number: int = 1001, action_id: int = 3202) -> Order:
    happened = [("submit", 0, 1), ("park", _place(action_id), 1)]
    return _last(life(a_lead(number), happened))


def _place(action_id: int) -> int:
    here = [action.id for step in lives.SERVERS.steps for action in step.actions if step.id == 302]
    return here.index(action_id)


def _last(told: list[Change]) -> Order:
    order = told[-1][1]
    assert order is not None
    return order


several = st.lists(lives.steps, min_size=1, max_size=3).map(
    lambda found: [life(a_lead(1001 + index), happened) for index, happened in enumerate(found)]
)


@settings(max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=several, data=st.data())
def test_however_often_and_in_whatever_order_changes_come_the_worklist_is_that_of_the_orders(
    dynamodb: DynamoDBClient, told: list[list[Change]], data: st.DataObject
) -> None:
    changes = [change for each in told for change in each]
    again = data.draw(st.lists(st.sampled_from(changes), max_size=6))
    with a_table(dynamodb) as table:
        worklist = Worklist(table)
        for old, new in data.draw(st.permutations([*changes, *again])):
            worklist.follow(old, new)

        assert kept(table) == scanned(*map(_last, told))


@settings(max_examples=examples(8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=several, data=st.data())
def test_after_a_gap_the_order_as_it_stands_sets_all_right(
    dynamodb: DynamoDBClient, told: list[list[Change]], data: st.DataObject
) -> None:
    with a_table(dynamodb) as table:
        worklist = Worklist(table)
        for each in told:
            for old, new in each:
                if data.draw(st.booleans()):
                    worklist.follow(old, new)
            worklist.follow(None, _last(each))

        alive = [_last(each) for each in told if _last(each).revision > 1]
        assert kept(table) == scanned(*alive)


@settings(max_examples=examples(8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=several)
def test_an_order_that_its_time_to_live_removed_waits_for_nobody(
    dynamodb: DynamoDBClient, told: list[list[Change]]
) -> None:
    with a_table(dynamodb) as table:
        worklist = Worklist(table)
        for each in told:
            for old, new in [*each, (_last(each), None), *each]:
                worklist.follow(old, new)

        assert kept(table) == {}


class Counting:
    """The client of a table, counting what is asked of it."""

    def __init__(self, client: Any) -> None:
        self._client, self.calls = client, list[str]()

    def __getattr__(self, name: str) -> Any:
        if name not in ("exceptions", "get_paginator"):
            self.calls.append(name)
        return getattr(self._client, name)


def test_an_order_that_waits_for_nobody_costs_no_request(records: RecordTable) -> None:
    client = Counting(records.client)
    worklist = Worklist(RecordTable(records.name, client))  # type: ignore[arg-type]
    order = an_order()
    for old, new in life(
        order, [("submit", 0, 1), *[("claim", n, 1) for n in range(3)], *[("done", n, 1) for n in range(3)]]
    ):
        worklist.follow(old, new)

    assert client.calls == []


def test_a_change_that_leaves_the_entries_as_they_are_costs_no_request(records: RecordTable) -> None:
    order = a_waiting_order()
    Worklist(records).follow(order.changed(waits={}), order)
    client = Counting(records.client)
    worklist = Worklist(RecordTable(records.name, client))  # type: ignore[arg-type]
    worklist.follow(order, order.changed(listed_company="x", revision=order.revision + 1))

    assert client.calls == []


def test_two_writers_of_one_order_end_with_the_later_revision(records: RecordTable) -> None:
    """The slower one read the anchor before the faster one wrote."""
    first = a_waiting_order()
    after = first.changed(waits={}, revision=first.revision + 1)

    class Overtaken(Counting):
        def transact_write_items(self, **request: Any) -> Any:
            if not self.calls.count("overtaken"):
                self.calls.append("overtaken")
                Worklist(records).follow(first, after)
            return records.client.transact_write_items(**request)

    table = RecordTable(records.name, Overtaken(records.client), pause=lambda _: None)  # type: ignore[arg-type]
    Worklist(table).follow(first.changed(waits={}), first)

    assert kept(records) == {}


def test_what_was_deleted_by_hand_comes_back_with_the_order_as_it_stands(records: RecordTable) -> None:
    order = a_waiting_order()
    worklist = Worklist(records)
    worklist.follow(order.changed(waits={}), order)
    for pk, sk in kept(records):
        records.client.delete_item(TableName=records.name, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    worklist.follow(None, order)

    assert kept(records) == scanned(order) != {}


def test_more_entries_than_one_transaction_takes_are_kept_and_removed(records: RecordTable) -> None:
    order = a_waiting_order()
    (wait,) = order.waits.values()
    action = order.actions["3202"]
    many = {str(3202 + n): action.changed(action_id=3202 + n) for n in range(80)}
    crowded = order.changed(actions={**order.actions, **many}, waits=dict.fromkeys(many, wait))
    worklist = Worklist(records)
    worklist.follow(order.changed(waits={}), crowded)
    assert kept(records) == scanned(crowded)
    assert len(kept(records)) == 160

    worklist.follow(crowded, crowded.changed(waits={}, revision=crowded.revision + 1))
    assert kept(records) == {}


def test_another_order_of_a_number_that_was_given_before_takes_its_place(records: RecordTable) -> None:
    """The order table was restored to a moment before the first of the two; the worklist was not."""
    first = a_waiting_order().changed(revision=40)
    second = a_waiting_order().changed(hash="another", waits={**first.waits}, priority=3, revision=3)
    worklist = Worklist(records)
    worklist.follow(first.changed(waits={}), first)
    worklist.follow(second.changed(waits={}), second)

    assert kept(records) == scanned(second)


def test_an_order_that_is_gone_is_forgotten(records: RecordTable) -> None:
    order = a_waiting_order()
    worklist = Worklist(records)
    worklist.follow(order.changed(waits={}), order)
    worklist.forget(order.order_id)
    worklist.forget(order.order_id)

    assert records.client.scan(TableName=records.name)["Items"] == []


@pytest.mark.parametrize("priority", [0, 3, 9])
def test_positions_sort_by_priority_then_by_when_it_is_due(priority: int) -> None:
    order = a_waiting_order()
    early = order.changed(priority=priority, waits={"3202": order.waits["3202"].changed(due_at=NOW)})
    late = order.changed(priority=priority, order_id="9", waits={"3202": order.waits["3202"].changed(due_at=NOW * 9)})
    other = order.changed(priority=2)

    positions = [entry.position for each in (early, late, other) for entry in entries(each)]
    assert positions[0] < positions[1]
    assert (positions[1] < positions[2]) is (priority > 2)
    assert [work.key for work in open_work(order)] == ["3202"]


def test_entries_of_records_stand_beside_those_of_orders(records: RecordTable) -> None:
    from lambdas.orders.decisions.open_work import WorkKind
    from lambdas.read_models.worklist.store import Source

    money = Entry(
        order_queue_id=0, about="payment#7", key="money", kind=WorkKind.MONEY, team="finance", since=NOW, due_at=NOW + 1
    )
    store = WorklistStore(records)
    store.keep(Source("payment#7", "", 1), [money])
    assert list(kept(records).values()) == [money, money]

    store.keep(Source("payment#7", "", 2), [])
    assert kept(records) == {}
