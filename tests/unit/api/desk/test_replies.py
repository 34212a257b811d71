"""The reply of a client waits for an answer, on the order and on the worklist."""

from collections.abc import Iterator

import pytest

from lambdas.orders.decisions.replies import with_answer, with_reply
from tests.support.build import NOW, an_order
from tests.unit.api.conftest import INSTALLED, surroundings
from tests.unit.api.desk.conftest import Desk

THANKS = {"author": "ada@example.com", "body": "When will it be there?"}


@pytest.fixture(autouse=True)
def _installed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in INSTALLED.items():
        monkeypatch.setenv(name, value)
    with surroundings():
        yield


def reply(desk: Desk, order_id: str, **headers: str) -> None:
    assert desk.caller.call("order.client_respond", {"order_id": order_id, **THANKS}, **headers).status == 201


def test_a_reply_waits_for_sales_until_it_is_answered(desk: Desk) -> None:
    order_id = desk.order()
    reply(desk, order_id)
    desk.follow(order_id)

    (entry,) = desk.work("ada", kind="reply")
    assert (entry["order_id"], entry["wait"], entry["team"]) == (order_id, "reply", "sales")
    assert desk.ask("ada", "order.get", order_id=order_id).body["reply_waiting_at"] == "2027-01-15T08:00:00Z"
    desk.ask("ada", "order.respond", order_id=order_id, followup="a comment", comment=1)
    desk.follow(order_id)
    assert desk.keys("ada") == [(order_id, "reply")]

    assert desk.ask("ada", "order.respond", order_id=order_id, followup="Tomorrow.").status == 201
    desk.follow(order_id)
    assert desk.work("ada") == []


def test_a_reply_reaches_the_owner_of_the_order_if_that_is_a_user(desk: Desk) -> None:
    order_id = desk.order()
    desk.caller.call("order.update", {"order_id": order_id, "owner": "grace"})
    reply(desk, order_id)
    desk.follow(order_id)

    assert desk.keys("grace", mine=1) == [(order_id, "reply")]
    assert desk.ask("ada", "order.assign", order_id=order_id).status == 200  # an owner took nothing yet
    desk.follow(order_id)
    assert desk.keys("grace", mine=1) == []


def test_a_reply_to_a_canceled_order_waits_too(desk: Desk) -> None:
    order_id = desk.order()
    desk.caller.call("order.cancel", {"order_id": order_id, "reason": "test"})
    reply(desk, order_id)
    desk.follow(order_id)

    assert desk.keys("ada", kind="reply") == [(order_id, "reply")]


def test_a_reply_that_is_sent_again_waits_once(desk: Desk) -> None:
    order_id = desk.order()
    key = {"idempotency-key": "once"}
    for _ in range(2):
        reply(desk, order_id, **key)
    desk.ask("ada", "order.respond", order_id=order_id, followup="Tomorrow.")
    reply(desk, order_id, **key)

    assert desk.stored(order_id).reply_waiting_at is None


def test_an_answer_to_an_earlier_reply_leaves_the_later_one_waiting() -> None:
    asked = with_reply(with_reply(an_order(), 4, now=NOW), 6, now=NOW + 5)

    assert (asked.reply_waiting_at, asked.reply_id) == (NOW, 6)
    assert with_answer(asked, 5) is asked
    answered = with_answer(asked, 7)
    assert answered.reply_waiting_at is None
    assert with_answer(answered, 7) is answered
    assert with_reply(answered, 6, now=NOW + 9) is answered
