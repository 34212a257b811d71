"""`order.submit` with the total that the buyer was shown: refused with both sums where the order costs something else."""

from typing import Any

import pytest

from tests.support.build import CARD, CONTACT, hold_key
from tests.unit.api.conftest import Caller

INFO = {**CONTACT, **CARD, "pack1": {"plan_id": "1", "period": 1}}  # 9.95


@pytest.fixture
def order_id(caller: Caller) -> str:
    return str(caller.call("order.create", {"order_queue_id": 1, "info": INFO}).body["order_id"])


def made_dearer(caller: Caller, order_id: str) -> None:
    changed = {"pack1": {"plan_id": "2", "period": 3}}
    assert caller.call("order.update", {"order_id": order_id, "info": changed}).status == 200


def test_another_total_is_refused_with_both_sums_and_holds_nothing(caller: Caller, order_id: str) -> None:
    made_dearer(caller, order_id)
    answer = caller.call("order.submit", {"order_id": order_id, "total": "9.95"})

    assert (answer.status, answer.body["type"]) == (409, "urn:order-queues:problem:total_differs")
    sums = {name: answer.body[name] for name in ("total", "said_total", "currency")}
    assert sums == {"total": "478.00", "said_total": "9.95", "currency": "USD"}
    assert "shown 9.95 USD, and it costs 478.00 USD now" in answer.body["detail"]
    assert caller.api.backend.gateway.find(hold_key(caller.api.backend.service.get(order_id=order_id))) is None
    assert caller.call("order.get", {"order_id": order_id}).body["step"]["status"] == "leads"


def test_the_right_total_is_charged(caller: Caller, order_id: str) -> None:
    assert caller.call("order.submit", {"order_id": order_id, "total": "9.95"}).status == 200
    held = caller.api.backend.gateway.find(hold_key(caller.api.backend.service.get(order_id=order_id)))
    assert held is not None
    assert held.amount_cents == 995


def test_a_repeat_says_the_same_and_another_total_is_refused_afterwards_too(caller: Caller, order_id: str) -> None:
    for total, status in (("9.95", 200), ("9.95", 200), ("9.96", 409)):
        assert caller.call("order.submit", {"order_id": order_id, "total": total}).status == status


def test_a_refused_total_leaves_the_idempotency_key_to_that_request(caller: Caller, order_id: str) -> None:
    made_dearer(caller, order_id)
    said: dict[str, Any] = {"order_id": order_id, "total": "9.95"}
    assert caller.call("order.submit", said, **{"idempotency-key": "k1"}).status == 409
    caller.call("order.update", {"order_id": order_id, "info": {"pack1": {"plan_id": "1", "period": 1}}})

    assert caller.call("order.submit", said, **{"idempotency-key": "k1"}).status == 200


@pytest.mark.parametrize("total", ["-1", "9.951", "nine", "1e120", True])
def test_what_is_no_amount_is_named(caller: Caller, order_id: str, total: Any) -> None:
    answer = caller.call("order.submit", {"order_id": order_id, "total": total})

    assert (answer.status, answer.body["errors"][0]["field"]) == (400, "total")


def test_api_2_0_takes_it_too_and_an_empty_one_is_none(caller: Caller, order_id: str) -> None:
    refused = caller.send("/api/2.0/", query=f"method=order.submit&order_id={order_id}&total=113.50").body
    assert (refused["status"], "shown 113.50 USD, and it costs 9.95 USD" in refused["error_message"]) == (False, True)

    assert caller.send("/api/2.0/", query=f"method=order.submit&order_id={order_id}&total=").body["status"] is True


def test_if_match_is_heeded_as_in_an_update(caller: Caller, order_id: str) -> None:
    etag = caller.call("order.get", {"order_id": order_id}).headers["ETag"]
    caller.call("order.update", {"order_id": order_id, "info": {"phone": "+44 20 7946 0000"}})

    answer = caller.call("order.submit", {"order_id": order_id}, **{"if-match": etag})

    assert (answer.status, answer.body["type"].rpartition(":")[2]) == (412, "revision_differs")
