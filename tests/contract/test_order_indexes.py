"""What every order store's lists keep: time, then number; windows; going on behind a place; who is in which index."""

from itertools import product

import pytest

from lambdas.orders.decisions import progress
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.waits import DUE_SHARDS, due_shard
from lambdas.orders.ports import OrderStore, TimeWindow
from lambdas.orders.table.entries import UnreadableOrder
from lambdas.orders.table.indexes import received
from lambdas.runtime.items import to_item
from tests.contract.conftest import Dynamo
from tests.support.build import NOW, a_submitted_order, an_order

TIMES = {"1001": NOW, "1002": NOW + 5, "1003": NOW, "1004": NOW + 2, "999": NOW + 2, "10000": NOW + 2}
IN_TIME = ["1001", "1003", "999", "1004", "10000", "1002"]


def ids(orders: object) -> list[str]:
    assert hasattr(orders, "__iter__")
    return [order.order_id for order in orders]


@pytest.fixture
def filled(store: OrderStore) -> OrderStore:
    for order_id, ts in TIMES.items():
        store.create(an_order(order_id=order_id, ts=ts, client_id="100", opportunity_id=5), [], NOW)
    store.create(an_order(order_id="2000", ts=NOW + 1, client_id="1001", opportunity_id=55), [], NOW)
    store.create(progress.submitted(an_order(order_id="2001", ts=NOW + 1), now=NOW, hold=None), [], NOW)
    return store


@pytest.mark.parametrize(("descending", "page_size"), list(product([False, True], [1, 2, 50])))
def test_orders_of_one_time_are_in_the_order_of_their_numbers(
    filled: OrderStore, descending: bool, page_size: int
) -> None:
    window = TimeWindow(descending=descending, page_size=page_size)
    expected = IN_TIME[::-1] if descending else IN_TIME

    assert ids(filled.of_client("100", window)) == expected
    assert ids(filled.of_opportunity(5, window)) == expected
    assert [order_id for order_id in ids(filled.in_step(1, 11, window)) if order_id != "2000"] == expected


@pytest.mark.parametrize("descending", [False, True])
def test_a_list_goes_on_behind_any_place(filled: OrderStore, descending: bool) -> None:
    whole = IN_TIME[::-1] if descending else IN_TIME
    for index, order_id in enumerate(whole):
        window = TimeWindow(descending=descending, behind=(TIMES[order_id], int(order_id)), page_size=2)

        assert ids(filled.of_client("100", window)) == whole[index + 1 :]


def test_a_place_need_not_be_an_orders(filled: OrderStore) -> None:
    assert ids(filled.of_client("100", TimeWindow(behind=(NOW + 1, 10**17)))) == IN_TIME[2:]
    assert ids(filled.of_client("100", TimeWindow(behind=(NOW + 1, 1), descending=True))) == IN_TIME[1::-1]


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [(NOW, NOW, IN_TIME[:2]), (NOW + 1, NOW + 5, IN_TIME[2:]), (NOW + 6, None, []), (NOW + 5, NOW, []), (None, 0, [])],
)
def test_a_window_includes_both_its_ends(
    filled: OrderStore, first: int | None, last: int | None, found: list[str]
) -> None:
    assert ids(filled.of_client("100", TimeWindow(min_ts=first, max_ts=last))) == found
    behind = TimeWindow(min_ts=first, max_ts=last, behind=(NOW + 9, 1), descending=True)
    assert ids(filled.of_client("100", behind)) == found[::-1]


def test_an_order_that_moves_is_found_in_its_new_step_at_its_old_place(filled: OrderStore) -> None:
    moved: Order = filled.save(progress.submitted(filled.get("1004"), now=NOW + 99, hold=None))

    assert moved.order_id not in ids(filled.in_step(1, 11, TimeWindow()))
    assert ids(filled.in_step(1, 12, TimeWindow())) == ["2001", "1004"]


def test_places_sort_as_text_as_they_do_as_numbers() -> None:
    places = [(0, 1), (9, 10**18 - 1), (10, 1), (NOW, 999), (NOW, 1000), (2**53, 1)]

    assert sorted(places) == sorted(places, key=received) == places


def test_an_order_carries_the_keys_of_the_indexes_it_is_in(dynamo: Dynamo) -> None:
    dynamo.store.create(an_order(opportunity_id=5), [], NOW)
    dynamo.store.create(an_order(order_id="1002", hash="b"), [], NOW)

    found = dynamo.attributes("1001")
    assert (found["queue_step"], found["opportunity"]) == ("1#11", "5")
    assert found["received"] == "0000001800000000#000000000000001001"
    assert {"opportunity", "client_id"}.isdisjoint(dynamo.attributes("1002"))


def test_an_order_is_found_by_its_queue_and_step(dynamo: Dynamo) -> None:
    dynamo.store.create(an_order(), [], NOW)
    order = dynamo.store.get("1001")
    assert dynamo.attributes("1001")["queue_step"] == "1#11"

    dynamo.store.save(progress.submitted(order, now=NOW, hold=None))
    assert dynamo.attributes("1001")["queue_step"] == "1#12"


def test_an_order_has_a_due_time_only_while_something_waits(dynamo: Dynamo) -> None:
    waits = {str(due): Wait(token="t", since=NOW, due_at=NOW + due, owner="x") for due in (9, 5, 7)}
    dynamo.store.create(a_submitted_order(waits=waits), [], NOW)
    waiting = dynamo.attributes("1001")
    assert ids(dynamo.store.due(NOW + 5)) == []
    assert ids(dynamo.store.due(NOW + 6)) == ["1001"]
    dynamo.store.save(dynamo.store.get("1001").changed(waits={}))

    assert (waiting["due_at"], waiting["due_shard"]) == (NOW + 5, due_shard("1001"))
    assert {"due_at", "due_shard"}.isdisjoint(dynamo.attributes("1001"))


def test_what_is_due_comes_oldest_first_whatever_part_of_the_index_it_is_in(dynamo: Dynamo) -> None:
    for number in range(1001, 1021):
        wait = Wait(token="t", since=NOW, due_at=NOW + number * 7 % 20, owner="x")
        dynamo.store.create(a_submitted_order(order_id=str(number), waits={"101": wait}), [], NOW)

    found = [(int(order_id) * 7 % 20, order_id) for order_id in ids(dynamo.store.due(NOW + 15))]
    assert found == sorted(found)
    assert len(found) == 15
    assert len({due_shard(order_id) for _, order_id in found}) == DUE_SHARDS


def test_a_lead_is_due_when_its_time_is_over_and_an_order_no_more(dynamo: Dynamo) -> None:
    lead = an_order(lead_ends_at=NOW + 5)
    dynamo.store.create(lead, [], NOW)
    assert ids(dynamo.store.due(NOW + 5)) == []
    assert ids(dynamo.store.due(NOW + 6)) == ["1001"]
    dynamo.store.save(progress.submitted(dynamo.store.get("1001"), now=NOW, hold=None))

    assert ids(dynamo.store.due(NOW + 6)) == []
    assert {"lead_ends_at", "due_at", "due_shard"}.isdisjoint(dynamo.attributes("1001"))


def test_many_orders_are_read_at_once_in_the_order_asked_for(store: OrderStore) -> None:
    numbers = [str(number) for number in range(2001, 2131)]  # more than one batch takes
    for number in numbers:
        store.create(an_order(order_id=number, hash=number), [], NOW)

    assert ids(store.get_many([*numbers[::-1], "9999"])) == numbers[::-1]
    assert ids(store.get_many(["2002", "2001"])) == ["2002", "2001"]
    assert ids(store.get_many([])) == []


def test_an_entry_knows_what_lists_filter_by(filled: OrderStore) -> None:
    first = next(filled.of_client("100", TimeWindow()))

    assert first == next(filled.of_opportunity(5, TimeWindow()))
    assert (first.list_position, first.order_queue_id, first.step_id) == ((NOW, 1001), 1, 11)
    assert (first.client_id, first.opportunity_id) == ("100", 5)
    assert next(filled.in_step(1, 11, TimeWindow(behind=(NOW, 1000)))).opportunity_id == 5


def test_one_order_that_cannot_be_read_takes_no_other_with_it(dynamo: Dynamo) -> None:
    waits = {"101": Wait(token="t", since=NOW, due_at=NOW, owner="x")}
    for order_id in ("1001", "1002", "1003"):
        dynamo.store.create(an_order(order_id=order_id, hash=order_id, waits=waits), [], NOW)
    dynamo.client.update_item(
        TableName=dynamo.table,
        Key=to_item({"pk": "1002", "sk": "order"}),
        UpdateExpression="SET revision = :word REMOVE currency",
        ExpressionAttributeValues=to_item({":word": "seven"}),
    )

    found = dynamo.store.get_many(["1001", "1002", "1003"])
    assert ids(found) == ["1001", "1002", "1003"]
    assert [order for order in found if isinstance(order, UnreadableOrder)] == [
        UnreadableOrder(order_id="1002", why="these of its fields cannot be read: currency, revision")
    ]
    assert sorted(ids(dynamo.store.due(NOW + 1))) == ["1001", "1002", "1003"]  # of one time, in any order
