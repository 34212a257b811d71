"""Broken promises on the worklist: who sees which of them, and in which lists."""

from typing import Any

import pytest

from lambdas.read_models.worklist.violations import MOST
from lambdas.records.broken_promises import BrokenPromise, BrokenPromises
from tests.unit.api.desk.conftest import Desk

HOSTILE = '<cwdb-action action="call" endpoint="x">gateway</cwdb-action>'


def break_promise(desk: Desk, place: str, promise: str = "wait has an owner", day: str = "2027-01-14") -> None:
    broken = BrokenPromise(
        promise=promise,
        place=place,
        what="wait 21 is nobody's",
        mend="name an owner",
        first_day=day,
        last_day=day,
        pass_begun_at=1,
    )
    assert BrokenPromises(desk.caller.api.backend.records).note(broken)


def places(desk: Desk, name: str, **asked: Any) -> list[str]:
    answer = desk.ask(name, "order.worklist", **asked)
    assert answer.status == 200, answer.body
    return [each["place"] for each in answer.body["violations"]]


def test_a_broken_promise_says_what_and_how_to_mend_it(desk: Desk) -> None:
    order_id = desk.order()
    break_promise(desk, order_id)

    body = desk.ask("ada", "order.worklist").body

    assert body["violations"] == [
        {
            "promise": "wait has an owner",
            "place": order_id,
            "what": "wait 21 is nobody's",
            "mend": "name an owner",
            "first_day": "2027-01-14",
            "last_day": "2027-01-14",
        }
    ]
    assert body["more_violations"] is False
    assert desk.caller.data("order.worklist", {})["violations"] == body["violations"]


def test_the_oldest_comes_first_whatever_it_is_of(desk: Desk) -> None:
    order_id = desk.order()
    break_promise(desk, HOSTILE, day="2027-01-13")
    break_promise(desk, order_id, day="2027-01-12")
    break_promise(desk, "queue 3 step 2", day="2027-01-14")

    assert places(desk, "ada") == [order_id, HOSTILE, "queue 3 step 2"]


def test_nobody_sees_what_orders_of_other_queues_and_brands_broke(desk: Desk) -> None:
    order_id = desk.order()
    for place in (order_id, "queue 3 step 2", "999999"):
        break_promise(desk, place)
    desk.add("eve", queues=frozenset({1}))
    desk.add("mallory", brands=frozenset({7}))
    desk.add("bob", queues=frozenset({3}))
    desk.add("viewer", role="viewer")

    assert places(desk, "eve") == places(desk, "mallory") == []
    assert places(desk, "bob") == places(desk, "ada", order_queue_id=3) == [order_id]
    assert places(desk, "ada", order_queue_id=1) == []
    assert set(places(desk, "viewer")) == {order_id, "queue 3 step 2", "999999"}


def test_an_order_that_cannot_be_read_is_for_who_sees_every_queue(desk: Desk) -> None:
    order_id = desk.order()
    break_promise(desk, order_id, "order readable")
    desk.caller.dynamodb.update_item(
        TableName="orders",
        Key={"pk": {"S": order_id}, "sk": {"S": "order"}},
        UpdateExpression="SET step_id = :x",
        ExpressionAttributeValues={":x": {"S": "?"}},
    )
    desk.add("bob", queues=frozenset({3}))

    assert (places(desk, "ada"), places(desk, "bob")) == ([order_id], [])


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"team": "operations"}, True),
        ({"team": "finance"}, False),
        ({"my_teams": 1}, False),
        ({"mine": 1}, False),
        ({"user": "grace"}, False),
        ({"unassigned": 1}, True),
        ({"kind": "failed"}, False),
        ({"overdue": 1}, False),
        ({"limit": 1}, True),
    ],
)
def test_they_are_work_of_the_team_operations_in_nobodys_hands(
    desk: Desk, asked: dict[str, object], shown: bool
) -> None:
    break_promise(desk, "queue 3 step 2")

    assert (places(desk, "ada", **asked) != []) is shown
    desk.add("op", teams=("operations",))
    assert places(desk, "op", my_teams=1) == ["queue 3 step 2"]


def test_only_the_first_page_shows_them(desk: Desk) -> None:
    for _ in range(2):
        desk.park(desk.order())
    break_promise(desk, "queue 3 step 2")
    first = desk.ask("ada", "order.worklist", limit=1).body

    second = desk.ask("ada", "order.worklist", limit=1, cursor=first["next_cursor"]).body

    assert (len(first["violations"]), second["violations"]) == (1, [])


def test_a_list_of_very_many_is_cut_and_says_so(desk: Desk) -> None:
    for number in range(MOST + 1):
        break_promise(desk, f"queue 3 step {number}")

    body = desk.ask("ada", "order.worklist").body

    assert (len(body["violations"]), body["more_violations"]) == (MOST, True)


def test_how_far_the_check_came_is_no_violation(desk: Desk) -> None:
    records = desk.caller.api.backend.records
    assert records.put_new({"pk": "order_check", "sk": "progress", "day": "2027-01-14"})

    assert places(desk, "ada") == []
