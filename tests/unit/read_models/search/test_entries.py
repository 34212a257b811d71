"""Entries of a search follow the orders: whatever comes again, late or not at all, they are those of the orders as they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.orders.model.order import Order
from lambdas.read_models.search.entries import EntriesBusyError, SearchEntries
from lambdas.read_models.search.terms import terms
from lambdas.records.table import RecordTable
from tests.support.build import CONTACT, NOW, an_order
from tests.support.tables import make_table
from tests.support.thorough import examples

Change = tuple[Order | None, Order | None]
_NUMBERS = count()
NAMES = ("Lovelace", "Babbage", "Lovell", "")


@contextmanager
def a_table(client: DynamoDBClient) -> Iterator[RecordTable]:
    name = make_table(client, f"desk-{next(_NUMBERS)}")
    yield RecordTable(name, client, pause=lambda _: None)
    client.delete_table(TableName=name)


@pytest.fixture
def desk(dynamodb: DynamoDBClient) -> Iterator[RecordTable]:
    with a_table(dynamodb) as table:
        yield table


def written(table: RecordTable) -> set[tuple[str, str]]:
    """Term and order of each entry."""
    items = table.client.scan(TableName=table.name)["Items"]
    found = (item["sk"]["S"] for item in items if not item["pk"]["S"].startswith("search#order#"))
    entries = SearchEntries(table)
    parsed = (entries.beginning_with(1, sk.split(" ")[0], 100).found for sk in found)
    return {(entry.term, entry.order_id) for page in parsed for entry in page}


def expected(orders: list[Order]) -> set[tuple[str, str]]:
    return {(term.text, order.order_id) for order in orders for term in terms(order)}


def named(order: Order, name: str) -> Order:
    info = {**CONTACT, "last": name} if name else {}
    return order.changed(info=info, revision=order.revision + 1)


def history(number: int, names: list[str], removed: bool) -> list[Change]:
    order = named(an_order(order_id=str(number), ts=NOW + number, revision=0), names[0])
    changes: list[Change] = [(None, order)]
    for name in names[1:]:
        changes.append((order, named(order, name)))
        order = named(order, name)
    return [*changes, (order, None)] if removed else changes


histories = st.lists(
    st.tuples(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5), st.booleans()), min_size=1, max_size=3
).map(lambda lives: [history(1001 + index, *life) for index, life in enumerate(lives)])


@settings(max_examples=examples(12))
@given(told=histories, data=st.data())
def test_whatever_comes_again_or_in_another_order_the_entries_are_those_of_the_orders(
    dynamodb: DynamoDBClient, told: list[list[Change]], data: st.DataObject
) -> None:
    changes = [change for life in told for change in life]
    again = data.draw(st.lists(st.sampled_from(changes), max_size=5))
    with a_table(dynamodb) as table:
        for old, new in data.draw(st.permutations([*changes, *again])):
            SearchEntries(table).follow(old, new)

        assert written(table) == expected([last for life in told if (last := life[-1][1])])


@settings(max_examples=examples(8))
@given(life=st.lists(st.sampled_from(NAMES), min_size=2, max_size=5), lost=st.integers(0, 4))
def test_after_a_gap_the_order_as_it_stands_has_its_entries_and_no_others(
    dynamodb: DynamoDBClient, life: list[str], lost: int
) -> None:
    changes = history(1001, life, removed=False)
    last = changes[-1][1]
    assert last is not None
    with a_table(dynamodb) as table:
        entries = SearchEntries(table)
        for old, new in [change for index, change in enumerate(changes) if index != lost]:
            entries.follow(old, new)
        entries.follow(None, last)

        if last.revision > 1 or lost:
            assert written(table) == expected([last])


def test_a_worker_that_dies_between_its_writes_leaves_nothing_behind(
    desk: RecordTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = named(an_order(revision=0), "Lovelace")
    second = named(first, "Babbage")
    entries = SearchEntries(desk)
    for old, new in ((None, first), (first, second), (second, None)):
        for dying_at in range(3):
            with monkeypatch.context() as patch, pytest.raises((ClientError, AssertionError)):
                _die_at(dying_at, desk, patch)
                entries.follow(old, new)
                raise AssertionError("it made fewer requests")
        entries.follow(old, new)
        assert written(desk) == expected([new] if new else [])


def _die_at(request: int, table: RecordTable, patch: pytest.MonkeyPatch) -> None:
    made = count()
    for name in ("batch_write_item", "update_item"):
        real = getattr(table.client, name)

        def call(real: Any = real, **asked: Any) -> Any:
            if next(made) == request:
                raise ClientError({"Error": {"Code": "InternalServerError"}}, "dies")
            return real(**asked)

        patch.setattr(table.client, name, call)


def test_what_the_table_did_not_take_is_sent_again(desk: RecordTable, monkeypatch: pytest.MonkeyPatch) -> None:
    real, order = desk.client.batch_write_item, an_order()

    def takes_one(RequestItems: Any) -> Any:
        ((table, writes),) = RequestItems.items()
        real(RequestItems={table: writes[:1]})
        return {"UnprocessedItems": {table: writes[1:]} if writes[1:] else {}}

    monkeypatch.setattr(desk.client, "batch_write_item", takes_one)
    SearchEntries(desk).follow(None, order)
    assert written(desk) == expected([order])

    monkeypatch.setattr(desk.client, "batch_write_item", lambda RequestItems: {"UnprocessedItems": RequestItems})
    with pytest.raises(EntriesBusyError):
        SearchEntries(desk).follow(None, order.changed(order_id="1002"))


def test_a_change_of_no_term_writes_nothing(desk: RecordTable, monkeypatch: pytest.MonkeyPatch) -> None:
    order = an_order()
    for name in ("batch_write_item", "update_item", "query", "get_item"):
        monkeypatch.setattr(desk.client, name, None)

    SearchEntries(desk).follow(order, order.changed(revision=2, priority=3))


def test_an_order_that_got_the_number_of_another_takes_its_place(desk: RecordTable) -> None:
    lost = an_order(revision=9, ts=NOW + 1)
    later = an_order(hash="another-order", info={"last": "Babbage"})
    for order in (lost, later):
        SearchEntries(desk).follow(None, order)

    assert written(desk) == expected([later])


def test_personal_data_of_a_removed_order_is_in_no_item(desk: RecordTable) -> None:
    order = an_order()
    SearchEntries(desk).follow(None, order)
    SearchEntries(desk).follow(order, None)

    (marker,) = desk.client.scan(TableName=desk.name)["Items"]
    assert set(marker) == {"pk", "sk", "revision", "of"}
