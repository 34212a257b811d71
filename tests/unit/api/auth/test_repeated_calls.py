"""Idempotency-Key on every writing call of both doors: one effect, one answer."""

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lambdas.orders.errors import OrderChangedError
from lambdas.orders.service import OrderService
from tests.support.build import CARD, CONTACT
from tests.support.logs import logged
from tests.support.tables import OneAtATime
from tests.unit.api.conftest import Answer, Caller

ORDER = {"order_queue_id": 1, "info": {**CONTACT, **CARD, "pack1": {"plan_id": "1"}}}
KEY = {"idempotency-key": "cart-7"}


@pytest.fixture
def order_id(caller: Caller) -> str:
    return str(caller.call("order.create", ORDER).body["order_id"])


def old_door(caller: Caller, method: str, parameters: dict[str, Any]) -> Answer:
    return caller.send("/api/2.0/", query=f"method={method}", body=json.dumps(parameters), headers=KEY)


def revision(caller: Caller, order_id: str) -> int:
    return int(caller.call("order.get", {"order_id": order_id}).body["revision"])


def test_the_first_answer_is_given_again_whatever_became_of_the_order(caller: Caller, order_id: str) -> None:
    change = {"order_id": order_id, "info": {"city": "Bath"}}
    first = caller.call("order.update", change, **KEY)
    caller.call("order.update", {"order_id": order_id, "info": {"city": "York"}})
    again = caller.call("order.update", dict(reversed(change.items())), **KEY)

    assert (again.status, again.body, again.headers["ETag"]) == (200, first.body, first.headers["ETag"])
    assert caller.call("order.get", {"order_id": order_id}).body["info"]["city"] == "York"


def test_at_the_old_door_too(caller: Caller, order_id: str) -> None:
    submit = {"order_id": order_id}
    first = old_door(caller, "order.submit", submit)
    after = revision(caller, order_id)
    again = old_door(caller, "order.submit", submit)

    assert again.body == first.body
    assert again.body["status"] is True
    assert revision(caller, order_id) == after


@pytest.mark.parametrize(
    ("method", "parameters"),
    [("order.update", {"info": {"city": "York"}}), ("order.cancel", {}), ("order.update", {"info": {"city": "Bath"}})],
    ids=["other parameters", "another method", "another If-Match"],
)
def test_another_request_under_the_key_is_refused_and_says_what_the_first_was(
    caller: Caller, order_id: str, method: str, parameters: dict[str, Any]
) -> None:
    headers = {**KEY, "if-match": "*"} if parameters else KEY
    caller.call("order.update", {"order_id": order_id, "info": {"city": "Bath"}}, **KEY, **{"if-match": '"1"'})

    other = caller.call(method, {"order_id": order_id, **parameters}, **headers)

    assert (other.status, other.body["errors"][0]["field"]) == (409, "Idempotency-Key")
    assert "used before, for order.update" in other.body["detail"]
    assert revision(caller, order_id) == 2
    assert old_door(caller, method, {"order_id": order_id, **parameters}).body["status"] is False


def test_a_key_is_the_callers_own(caller: Caller, order_id: str) -> None:
    caller.call("order.update", {"order_id": order_id, "info": {"city": "Bath"}}, **KEY)
    credentials = base64.b64encode(f"shop:{caller.api.users.add('shop', now=0)}".encode()).decode()
    shop = {"authorization": f"Basic {credentials}", **KEY}

    assert caller.send("/order.cancel", body=json.dumps({"order_id": order_id}), headers=shop).status == 200


def test_a_refusal_that_stays_is_given_again(caller: Caller) -> None:
    declined = {**ORDER, "info": {**ORDER["info"], "cc_token": "tok_decline"}}  # type: ignore[dict-item]
    submit = {"order_id": caller.call("order.create", declined).body["order_id"]}
    first = caller.call("order.submit", submit, **KEY)
    caller.call("order.update", {**submit, "info": {"cc_token": "tok_approve"}})

    again = caller.call("order.submit", submit, **KEY)

    assert (first.status, again.status, again.body) == (402, 402, first.body)
    assert caller.call("order.submit", submit, **{"idempotency-key": "cart-8"}).status == 200


@pytest.mark.parametrize(("error", "status"), [(OrderChangedError("1001"), 409), (RuntimeError("nobody knows"), 500)])
def test_what_may_go_better_the_next_time_runs_again(
    caller: Caller, order_id: str, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(OrderService, "cancel", fails)
        assert caller.call("order.cancel", {"order_id": order_id}, **KEY).status == status

    assert caller.call("order.cancel", {"order_id": order_id}, **KEY).status == 200


def test_a_gateway_that_cannot_be_reached_is_asked_again_under_the_same_key(caller: Caller) -> None:
    away = {**ORDER, "info": {**ORDER["info"], "cc_token": "tok_unavailable"}}  # type: ignore[dict-item]
    submit = {"order_id": caller.call("order.create", away).body["order_id"]}
    first = caller.call("order.submit", submit, **KEY)
    caller.call("order.update", {**submit, "info": {"cc_token": "tok_approve"}})  # the gateway is there again

    assert (first.status, first.headers["Retry-After"]) == (503, "10")
    assert caller.call("order.submit", submit, **KEY).status == 200


def test_an_order_that_was_mended_is_submitted_under_the_same_key(caller: Caller) -> None:
    nobody = {**ORDER, "info": {**ORDER["info"], "email": ""}}  # type: ignore[dict-item]
    submit = {"order_id": caller.call("order.create", nobody).body["order_id"]}
    first = caller.call("order.submit", submit, **KEY)
    caller.call("order.update", {**submit, "info": {"email": "ada@example.com"}})

    assert first.status == 422
    assert caller.call("order.submit", submit, **KEY).status == 200


def test_what_was_refused_before_it_ran_leaves_the_key_free(caller: Caller, order_id: str) -> None:
    assert caller.call("order.cancel", {}, **KEY).status == 400
    assert caller.call("order.no_such", {}, **KEY).status == 404
    assert caller.call("order.cancel", {"order_id": order_id}, **KEY).status == 200


def test_reading_needs_no_claim_and_order_create_keeps_its_own_key(caller: Caller, order_id: str) -> None:
    caller.call("order.get", {"order_id": order_id}, **KEY)
    made = caller.call("order.create", ORDER, **KEY)

    assert caller.call("order.create", ORDER, **KEY).body == made.body
    items = caller.dynamodb.scan(TableName="guards")["Items"]
    assert not [item for item in items if item["pk"]["S"].startswith("repeat#")]


def test_the_kept_answer_is_not_in_the_log(caller: Caller, order_id: str, caplog: pytest.LogCaptureFixture) -> None:
    change = {"order_id": order_id, "info": {"city": "Bath"}}
    for _ in range(2):
        caller.call("order.update", change, **KEY)

    assert "call answered as before" in logged(caplog)
    assert CONTACT["email"] not in logged(caplog)
    assert "cart-7" not in logged(caplog)


def test_twenty_at_once_have_one_effect_and_one_answer(
    caller: Caller, order_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client: Any = OneAtATime(caller.dynamodb)
    for part in (caller.api.backend.limits.idempotency_keys, caller.api.backend.limits._windows):
        monkeypatch.setattr(part, "_client", client)
    monkeypatch.setattr(caller.api.backend.service.store, "_client", client)
    monkeypatch.setattr(caller.api.backend.records, "client", client)
    together = threading.Barrier(20)

    def call(_: int) -> Answer:
        together.wait()
        return caller.call("order.update", {"order_id": order_id, "info": {"city": "Bath"}}, **KEY)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(call, range(20)))

    assert {answer.status for answer in answers} == {200}
    assert len({json.dumps(answer.body) for answer in answers}) == 1
    assert revision(caller, order_id) == 2
