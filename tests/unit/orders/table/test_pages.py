"""Pages of a list: joined they are the list, whatever happens between them; a cursor is good for its own list only."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.orders.errors import InvalidOrderError
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.table import list_filters
from lambdas.orders.table.entries import UnreadableOrder, entry_of
from lambdas.orders.table.list_filters import OrderFilter, list_orders
from lambdas.orders.table.pages import PageRoom
from tests.support.build import NOW
from tests.support.fakes import InMemoryOrderStore
from tests.support.thorough import examples
from tests.unit.orders.table.shelf import QUEUES, STEPS, Row, Shelf, ids

rows = st.builds(
    Row,
    st.integers(NOW, NOW + 3),
    st.sampled_from(list(QUEUES)),
    st.sampled_from(STEPS),
    st.sampled_from([None, "100", "101"]),
    st.sampled_from([0, 0, 5]),
)
filters = st.fixed_dictionaries(
    {"descending": st.booleans()},
    optional={
        "order_queue_id": st.sampled_from(list(QUEUES)),
        "order_step_id": st.sampled_from(STEPS),
        "brand_id": st.sampled_from([1, 7, 8]),
        "step_status": st.sampled_from(StepStatus),
        "step_name": st.sampled_from(["leads", "Complete", "nowhere"]),
        "client_id": st.sampled_from(["100", "101"]),
        "opportunity_id": st.sampled_from([0, 5]),
        "min_ts": st.integers(NOW, NOW + 3),
        "max_ts": st.integers(NOW, NOW + 3),
        "queues": st.sampled_from([frozenset({9, 10}), frozenset({9, 10, 11})]),
    },
)
# What happens between two pages: new orders, and orders (by their place among the first ones) that change their step.
events = st.lists(
    st.tuples(st.lists(rows, max_size=2), st.lists(st.tuples(st.integers(0, 24), st.sampled_from(STEPS))))
)


@settings(max_examples=examples(100))
@given(st.lists(rows, max_size=25), filters, st.integers(1, 7), st.integers(1, 40))
def test_pages_end_where_an_answer_is_full_and_joined_are_the_list(
    first: list[Row], wanted: dict[str, Any], limit: int, most: int
) -> None:
    """An order weighs its number's last digit; each page holds one at the least."""
    shelf = Shelf(first)
    room = PageRoom(lambda order: int(order.order_id) % 10, most)
    joined, cursor = [], None
    while True:
        page = shelf.page(wanted, limit, cursor, room)
        weight = sum(map(room.weigh, page.orders))
        assert weight <= most or len(page.orders) == 1
        assert not page.full or (page.next_cursor and page.orders)
        joined += ids(page)
        if (cursor := page.next_cursor) is None:
            break

    assert joined == shelf.whole(wanted)


@settings(max_examples=examples(100))
@given(st.lists(rows, max_size=25), filters, st.integers(1, 7))
def test_pages_joined_are_the_list(first: list[Row], wanted: dict[str, Any], limit: int) -> None:
    shelf = Shelf(first)
    joined, page = [], shelf.page(wanted, limit)
    while page.next_cursor:
        assert len(page.orders) == limit
        joined += ids(page)
        page = shelf.page(wanted, limit, page.next_cursor)

    assert joined + ids(page) == shelf.whole(wanted)


@settings(max_examples=examples(100))
@given(st.lists(rows, max_size=25), filters, st.integers(1, 7), events)
def test_nothing_is_seen_twice_and_nothing_that_stood_still_is_missed(
    first: list[Row], wanted: dict[str, Any], limit: int, events: list[tuple[list[Row], list[tuple[int, int]]]]
) -> None:
    shelf = Shelf(first)
    before, happening = shelf.whole(wanted), iter(events)
    page = shelf.page(wanted, limit)
    seen = ids(page)
    while page.next_cursor:
        new, moves = next(happening, ([], []))
        for row in new:
            shelf.add(row)
        for index, step_id in moves:
            shelf.move(index, step_id)
        page = shelf.page(wanted, limit, page.next_cursor)
        seen += ids(page)

    assert len(seen) == len(set(seen))
    assert [order_id for order_id in before if order_id not in shelf.moved and order_id not in seen] == []


@given(st.lists(rows, min_size=4, max_size=12), filters, st.integers(0, 6), st.integers(1, 6))
def test_an_offset_counts_in_the_list(first: list[Row], wanted: dict[str, Any], offset: int, limit: int) -> None:
    shelf = Shelf(first)
    found = list_orders(shelf.store, QUEUES, OrderFilter(**wanted, offset=offset, limit=limit))

    assert ids(found) == shelf.whole(wanted)[offset : offset + limit]


def a_row(step: int = 1, client: str | None = None) -> Row:
    return Row(NOW, 9, step, client, 0)


def test_an_order_that_is_met_in_both_its_steps_is_listed_once() -> None:
    """As an index may have it for a moment: in the new step already, and still in the old one that was read before."""
    shelf = Shelf([a_row(), a_row(), a_row()])

    class Late(InMemoryOrderStore):
        def in_step(self, order_queue_id: int, step_id: int, window: Any) -> Any:
            return shelf.store.in_step(9, 1, window) if step_id in (1, 2) else iter(())

        def get_many(self, order_ids: Any) -> Any:
            return shelf.store.get_many(order_ids)

    assert ids(list_orders(Late(), QUEUES, OrderFilter(order_queue_id=9))) == [order.order_id for order in shelf.first]


OTHERS: list[dict[str, Any]] = [
    {"descending": True},
    {"order_queue_id": 9},
    {"brand_id": 1},
    {"client_id": "100"},
    {"min_ts": 1},
    {"queues": frozenset({9})},
    {"queues": frozenset({9, 10})},
]


@pytest.mark.parametrize("other", OTHERS)
def test_a_cursor_of_another_list_is_refused(other: dict[str, Any]) -> None:
    shelf = Shelf([a_row(client="100"), a_row(client="100")])
    cursor = shelf.page({}, 1).next_cursor

    with pytest.raises(InvalidOrderError, match=r"cursor: is not one of this list: .*begin again without a cursor"):
        shelf.page(other, 1, cursor)
    assert ids(shelf.page({}, 7, cursor)) == ["1002"]  # how many is no part of the list


@given(st.data())
def test_an_altered_cursor_is_refused(data: st.DataObject) -> None:
    shelf = Shelf([a_row(), a_row()])
    cursor = shelf.page({}, 1).next_cursor
    assert cursor is not None
    at = data.draw(st.integers(0, len(cursor) - 1))
    altered = cursor[:at] + data.draw(st.characters().filter(lambda c: c != cursor[at])) + cursor[at + 1 :]

    with pytest.raises(InvalidOrderError):
        shelf.page({}, 1, altered)


@given(st.text(min_size=1))
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidOrderError):
        Shelf([a_row()]).page({}, 1, text)


def test_a_page_of_a_client_ends_before_it_has_looked_through_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_filters, "MAX_PASSED_OVER", 3)
    shelf = Shelf([a_row(2, "100"), *[a_row(1, "100")] * 7, a_row(2, "100")])
    wanted = {"client_id": "100", "order_step_id": 2}

    page = shelf.page(wanted, 5)
    assert (ids(page), page.cut_short) == (["1001"], True)
    found = [*ids(page)]
    for _ in range(9):
        if page.next_cursor is None:
            break
        page = shelf.page(wanted, 5, page.next_cursor)
        found += ids(page)
    assert (found, page.next_cursor) == (["1001", "1009"], None)


def test_an_order_that_moved_on_since_the_index_was_written_is_left_out_of_the_step_it_left() -> None:
    shelf = Shelf([a_row(), a_row(), a_row()])

    class Late(InMemoryOrderStore):
        def in_step(self, order_queue_id: int, step_id: int, window: Any) -> Any:
            return iter([entry_of(order) for order in shelf.first])

        def get_many(self, order_ids: Any) -> Any:
            shelf.move(1, 2)
            return shelf.store.get_many(order_ids)

    assert ids(list_orders(Late(), QUEUES, OrderFilter(order_step_id=1, order_queue_id=9))) == ["1001", "1003"]


def test_an_order_that_cannot_be_read_is_named_and_the_others_are_listed() -> None:
    shelf = Shelf([a_row(), a_row(), a_row()])
    broken = UnreadableOrder(order_id="1002", why="these of its fields cannot be read: info")

    class Edited(InMemoryOrderStore):
        def in_step(self, order_queue_id: int, step_id: int, window: Any) -> Any:
            return shelf.store.in_step(order_queue_id, step_id, window)

        def get_many(self, order_ids: Any) -> Any:
            return [broken if order.order_id == "1002" else order for order in shelf.store.get_many(order_ids)]

    page = list_orders(Edited(), QUEUES, OrderFilter(order_queue_id=9))

    assert (ids(page), page.unreadable) == (["1001", "1003"], (broken,))
