"""order.numbers on the wire: what happened, by queue and day, and money to those alone who may see it."""

from typing import Any

import pytest

from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Wait
from lambdas.read_models.numbers.days import DayNumbers
from lambdas.read_models.worklist.follower import Worklist
from lambdas.records.users.rights import ROLES, Grant, Right
from tests.support.build import CARD, CONTACT, NOW, a_queue, a_submitted_order
from tests.unit.api.auth.test_rights import as_user
from tests.unit.api.conftest import Caller

TODAY = "2027-01-15"


@pytest.fixture
def sold(caller: Caller) -> Caller:
    """Three leads, two of them submitted, one of those canceled."""
    backend = caller.api.backend
    numbers = DayNumbers(backend.desk, backend.service.now)
    for goes in ("", "submit", "submit cancel"):
        info = {**CONTACT, **CARD, "pack1": {"plan_id": "0", "price": "20", "period": 1, "desserv": "A service"}}
        order_id = caller.call("order.create", {"order_queue_id": 1, "info": info}).body["order_id"]
        old = None
        for verb in ["", *goes.split()]:
            if verb:
                assert caller.call(f"order.{verb}", {"order_id": order_id}).status == 200
            new = backend.service.get(order_id=order_id)
            numbers.follow(old, new)
            old = new
    return caller


def queue_one(body: Any) -> Any:
    (found,) = (queue for queue in body["queues"] if queue["order_queue_id"] == 1)
    return found


def test_what_happened_today_and_in_the_last_thirty_days(sold: Caller) -> None:
    body = sold.call("order.numbers", {}).body
    found = queue_one(body)

    assert (body["first_day"], body["last_day"]) == ("2026-12-17", TODAY)
    assert [day["day"] for day in found["days"]][-1] == TODAY
    today = found["days"][-1]
    assert (today["begun"], today["submitted"], today["canceled"], today["lost"]) == (3, 2, 1, 0)
    (money,) = today["money"]
    assert (money["submitted"], money["price_per_order"], money["canceled"]) == ("40.00", "20.00", "20.00")
    assert money["outstanding"] == "20.00"
    assert found["days"][0]["begun"] == 0
    assert found["period"] == {key: today[key] for key in found["period"]}


def test_what_waits_now_is_counted_by_team(caller: Caller) -> None:
    backend, worklist = caller.api.backend, Worklist(caller.api.backend.desk)
    for number, due_at in ((1, NOW - 5), (2, NOW + 5)):
        wait = Wait(token="t", since=NOW - 10, due_at=due_at, owner="operations")
        action = a_submitted_order().actions["101"].changed(state=ActionState.WAITING)
        worklist.follow(None, a_submitted_order(order_id=str(number), waits={"101": wait}, actions={"101": action}))

    found = queue_one(caller.call("order.numbers", {"order_queue_id": 1, "first_day": TODAY, "last_day": TODAY}).body)
    assert backend.service.now() == NOW
    assert found["teams"] == [{"team": "operations", "waiting": 2, "overdue": 1}]
    assert found["more_waits"] is False


def test_sums_are_for_those_who_may_see_money(sold: Caller) -> None:
    for role, shows in (("viewer", False), ("operator", False), ("billing", True), ("admin", True)):
        body = as_user(sold, Grant(rights=ROLES[role]), "order.numbers", {"order_queue_id": 1}).body
        found = queue_one(body)
        assert [day["money"] is not None for day in (found["period"], *found["days"])] == [shows] * 31


def test_queues_that_are_not_seen_are_not_there(sold: Caller) -> None:
    both = sold.selling_in(a_queue())
    elsewhere = Grant(rights=frozenset(Right), queues=frozenset({9}))

    body = as_user(both, elsewhere, "order.numbers", {}).body
    assert [queue["order_queue_id"] for queue in body["queues"]] == [9]
    foreign = as_user(both, elsewhere, "order.numbers", {"order_queue_id": 1})
    nothing = as_user(both, elsewhere, "order.numbers", {"order_queue_id": 777})
    assert foreign.status == nothing.status == 403
    assert foreign.body["detail"] == nothing.body["detail"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"first_day": "yesterday"}, "first_day"),
        ({"first_day": "2026-02-30"}, "first_day"),
        ({"last_day": "0001-01-01"}, "last_day"),
        ({"first_day": "2027-01-16", "last_day": TODAY}, "first_day"),
        ({"first_day": "2026-12-01", "last_day": TODAY}, "first_day"),
    ],
)
def test_days_that_are_none_or_too_many_are_refused(sold: Caller, asked: dict[str, Any], field: str) -> None:
    answer = sold.call("order.numbers", asked)

    assert answer.status in (400, 422)
    assert field in answer.body["detail"]


def test_the_old_door_has_them_as_text(sold: Caller) -> None:
    found = queue_one_2_0(sold.data("order.numbers", {"order_queue_id": 1, "first_day": TODAY, "last_day": TODAY}))

    assert found["period"]["begun"] == "3"


def queue_one_2_0(data: Any) -> Any:
    (found,) = data["queues"]
    assert found["order_queue_id"] == "1"
    return found
