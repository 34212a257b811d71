"""Taking what waits: one has it, the next one is told who, and it ends with the wait."""

from typing import Any

import pytest

from tests.support.build import NOW
from tests.unit.api.desk.conftest import CALL_BACK, Desk


@pytest.fixture
def order_id(desk: Desk) -> str:
    order_id = desk.order()
    desk.park(order_id)
    return order_id


def wait_of(desk: Desk, order_id: str) -> dict[str, Any]:
    (wait,) = desk.ask("ada", "order.get", order_id=order_id).body["waits"]
    return dict(wait)


def test_who_takes_a_wait_has_it_in_the_order_and_in_the_list(desk: Desk, order_id: str) -> None:
    taken = desk.ask("ada", "order.assign", order_id=order_id, wait=CALL_BACK)
    desk.follow(order_id)

    assert (taken.status, taken.body["changed_how"], taken.body["changed_by"]) == (200, "assign", "ada")
    assert (wait_of(desk, order_id)["assigned_to"], wait_of(desk, order_id)["assigned_at"]) == (
        "ada",
        "2027-01-15T08:00:00Z",
    )
    assert desk.keys("ada", mine=1) == desk.keys("grace", user="ada") == [(order_id, CALL_BACK)]
    assert desk.keys("ada", unassigned=1) == desk.keys("grace", mine=1) == []
    assert desk.work("grace", my_teams=1)[0]["assigned_to"] == "ada"


def test_the_second_taker_is_told_who_has_it_and_since_when(desk: Desk, order_id: str) -> None:
    desk.ask("ada", "order.assign", order_id=order_id, wait=CALL_BACK)
    refused = desk.ask("grace", "order.assign", order_id=order_id, wait=CALL_BACK)

    assert refused.status == 409
    assert refused.body["type"].endswith("assigned_to_other")
    assert "is with ada since 2027-01-15 08:00:00 UTC" in refused.body["detail"]
    assert refused.body["assigned_to"] == "ada"
    assert desk.stored(order_id).assigned[CALL_BACK].to == "ada"


def test_it_is_taken_over_with_a_reason_only(desk: Desk, order_id: str) -> None:
    desk.ask("ada", "order.assign", order_id=order_id)
    asked = {"order_id": order_id, "take_over": 1}
    assert desk.ask("grace", "order.assign", **asked).status == 422
    assert desk.ask("grace", "order.assign", **asked, give_back=1).status == 422

    taken = desk.ask("grace", "order.assign", **asked, reason="ada is on holiday")
    assert taken.status == 200
    assert wait_of(desk, order_id)["assigned_to"] == "grace"
    assert desk.stored(order_id).changed_because == "ada is on holiday"


def test_who_has_it_hands_it_over_or_gives_it_back(desk: Desk, order_id: str) -> None:
    desk.ask("ada", "order.assign", order_id=order_id)
    assert desk.ask("ada", "order.assign", order_id=order_id, user="grace").status == 200
    assert desk.ask("ada", "order.assign", order_id=order_id, give_back=1).status == 409
    assert desk.ask("grace", "order.assign", order_id=order_id, give_back=1).status == 200
    desk.follow(order_id)

    assert wait_of(desk, order_id)["assigned_to"] is None
    assert desk.keys("grace", unassigned=1) == [(order_id, CALL_BACK)]
    assert desk.stored(order_id).assigned == {}


def test_taking_it_twice_changes_nothing(desk: Desk, order_id: str) -> None:
    first = desk.ask("ada", "order.assign", order_id=order_id).body["revision"]

    assert desk.ask("ada", "order.assign", order_id=order_id).body["revision"] == first


def test_an_assignment_ends_with_its_wait(desk: Desk, order_id: str) -> None:
    desk.ask("ada", "order.assign", order_id=order_id)
    order = desk.stored(order_id)
    again = order.actions[CALL_BACK].changed(attempts=1, failed_last=True)
    desk.put(order.with_action(again))

    assert wait_of(desk, order_id)["assigned_to"] is None
    assert desk.keys("ada", mine=1) == []
    assert desk.ask("grace", "order.assign", order_id=order_id).status == 200


def test_a_machine_that_parks_again_leaves_it_with_who_took_it(desk: Desk, order_id: str) -> None:
    """It does so weekly, so that no task token grows old."""
    desk.ask("ada", "order.assign", order_id=order_id)
    order = desk.stored(order_id)
    desk.put(order.changed(waits={CALL_BACK: order.waits[CALL_BACK].changed(token="new", since=NOW + 604_800)}))

    assert wait_of(desk, order_id)["assigned_to"] == "ada"


def test_what_does_not_wait_is_not_taken(desk: Desk, order_id: str) -> None:
    refused = desk.ask("ada", "order.assign", order_id=order_id, wait="3401")
    assert (refused.status, refused.body["type"].endswith("nothing_waits")) == (409, True)
    assert f"it waits for: {CALL_BACK}" in refused.body["detail"]

    lead = desk.order()
    assert desk.ask("ada", "order.assign", order_id=lead).status == 409


def test_a_refusal_repeats_nothing_that_was_sent(desk: Desk, order_id: str) -> None:
    refused = desk.ask("ada", "order.assign", order_id=order_id, wait="<b>ada@example.com</b>")

    assert refused.status == 409
    assert "ada@example.com" not in str(refused.body)


def test_of_several_waits_one_must_be_named(desk: Desk, order_id: str) -> None:
    desk.put(desk.stored(order_id).changed(reply_waiting_at=NOW))

    assert desk.ask("ada", "order.assign", order_id=order_id).status == 409
    assert desk.ask("ada", "order.assign", order_id=order_id, wait="reply").status == 200


@pytest.mark.parametrize("name", ["nobody", "eve", "revoked", "../api_users"])
def test_only_who_may_see_the_order_gets_it_and_nobody_learns_who_there_is(
    desk: Desk, order_id: str, name: str
) -> None:
    desk.add("eve", queues=frozenset({1}))
    desk.add("revoked")
    desk.caller.api.users.revoke("revoked")

    refused = desk.ask("ada", "order.assign", order_id=order_id, user=name)
    assert refused.status == 422
    assert (
        refused.body["detail"]
        == "user: no user of this name may see the order; `make users` lists users, and grants them its queue"
    )
    assert desk.stored(order_id).assigned == {}


def test_a_page_that_shows_an_older_order_takes_nothing(desk: Desk, order_id: str) -> None:
    token, stale = desk.tokens["ada"], desk.stored(order_id).revision
    desk.ask("grace", "order.priority", order_id=order_id, priority=2)
    headers = {"authorization": _basic("ada", token), "if-match": f'"{stale}"'}

    assert desk.caller.call("order.assign", {"order_id": order_id}, **headers).status == 412
    assert desk.stored(order_id).assigned == {}


def test_who_may_only_look_takes_nothing(desk: Desk, order_id: str) -> None:
    desk.add("viewer", role="viewer")

    assert desk.ask("viewer", "order.assign", order_id=order_id).status == 403


def _basic(name: str, token: str) -> str:
    from base64 import b64encode

    return f"Basic {b64encode(f'{name}:{token}'.encode()).decode()}"
