"""Rights: what a user may do, in which queue, and what they see of the people in it."""

from itertools import count
from typing import Any

import pytest

from lambdas.records.users.rights import ROLES, Grant, Right
from tests.support.build import CARD, CONTACT
from tests.unit.api.conftest import Answer, Caller

ORDER = {"order_queue_id": 1, "info": {**CONTACT, **CARD, "favourite_colour": "green", "pack1": {"plan_id": "1"}}}

_NUMBERS = count()


def as_user(caller: Caller, grant: Grant, method: str, body: dict[str, Any]) -> Answer:
    name = f"user-{next(_NUMBERS)}"
    token = caller.api.users.add(name, (grant,), now=0)
    return caller.as_named(name, token, method, body)


@pytest.fixture
def order_id(caller: Caller) -> str:
    return str(caller.call("order.create", ORDER).body["order_id"])


def test_a_viewer_sees_the_order_but_not_who_it_is_for(caller: Caller, order_id: str) -> None:
    seen = as_user(caller, Grant(rights=ROLES["viewer"]), "order.get", {"order_id": order_id}).body

    assert seen["info"] == {"payment_type": "cc", "pack1": {"plan_id": "1"}}
    assert seen["hash"] == ""
    assert CONTACT["email"] not in str(seen)


def test_a_right_holds_in_its_queues_only(caller: Caller, order_id: str) -> None:
    elsewhere = Grant(rights=frozenset(Right), queues=frozenset({3}))

    assert as_user(caller, elsewhere, "order.get", {"order_id": order_id}).status == 403
    assert as_user(caller, elsewhere, "order.cancel", {"order_id": order_id}).status == 403
    assert as_user(caller, elsewhere, "order.list", {}).body == {"orders": [], "next_cursor": None, "unreadable": []}
    made = as_user(caller, elsewhere, "order.create", ORDER)
    assert (made.status, "queue 1" in made.body["detail"]) == (403, True)


def test_skipping_needs_another_right_than_processing(caller: Caller, order_id: str) -> None:
    caller.call("order.submit", {"order_id": order_id})
    skip = {"order_id": order_id, "order_action_id": 101, "skip": True, "reason": "known to us"}

    assert as_user(caller, Grant(rights=ROLES["operator"]), "order.process", skip).status == 403
    assert as_user(caller, Grant(rights=ROLES["supervisor"]), "order.process", skip).status == 200


def test_moving_needs_another_right_than_changing(caller: Caller, order_id: str) -> None:
    move = {"order_id": order_id, "step_name": "Processing"}
    change = {"order_id": order_id, "info": {"city": "Bath"}}

    assert as_user(caller, Grant(rights=ROLES["sales"]), "order.update", move).status == 403
    assert as_user(caller, Grant(rights=ROLES["sales"]), "order.update", change).status == 200
    assert as_user(caller, Grant(rights=ROLES["operator"]), "order.update", change).status == 403


def test_if_match_refuses_a_change_upon_an_old_version(caller: Caller, order_id: str) -> None:
    tag = caller.call("order.get", {"order_id": order_id}).headers["ETag"]
    change = {"order_id": order_id, "info": {"city": "Bath"}}

    assert caller.call("order.update", change, **{"if-match": tag}).status == 200
    late = caller.call("order.update", {**change, "info": {"city": "York"}}, **{"if-match": tag})
    assert (late.status, late.body["revision"]) == (412, 2)
    assert caller.call("order.update", change, **{"if-match": "yesterday"}).status == 400
