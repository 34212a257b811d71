"""API 2.0's answers, value by value (reference/ubersmith.md 4.3 to 4.6)."""

import json
from typing import Any

import pytest

from lambdas.records.users.rights import ROLES, Grant
from tests.support.build import CARD, CONTACT, NOW
from tests.support.logs import logged
from tests.unit.api.conftest import Caller

PACK = {"plan_id": "2", "period": 1, "quantity": 2, "options": {"31": "101"}}
ORDER = {"order_queue_id": 1, "info": {**CONTACT, **CARD, "pack1": PACK}}


@pytest.fixture
def made(caller: Caller) -> dict[str, Any]:
    bundle: dict[str, Any] = caller.data("order.create", ORDER)
    return bundle


def test_create_answers_the_bundle(made: dict[str, Any]) -> None:
    assert made["order_id"] == "1001"
    assert made["data_changed"] is False
    data = made["data"]
    assert "order_id" not in data
    assert data["hash"]
    assert data["method"] == "order.create"
    assert {name: data[name] for name in ("ts", "activity", "priority", "order_form_id", "opportunity_id")} == {
        "ts": NOW,
        "activity": NOW,
        "priority": 1,
        "order_form_id": 0,
        "opportunity_id": 0,
    }
    assert (data["client_id"], data["owner"], data["progress"]) == ("", "", [])
    assert [data["info"][name] for name in ("coupon_ids", "coupon_credits", "taxes")] == [[], [], []]
    assert made["step"]["order_step_id"] == "11"
    assert made["step"]["data"] == {"name": "Leads", "priority": "1", "order_queue_id": "1", "order_step_id": "11"}
    assert made["form"] == {"data": None, "id": 0, "queue": None}
    assert made["queue"]["data"]["name"] == "New accounts"
    assert made["queue"]["order_queue_fields"][0] == "class_id"
    assert made["summary"].startswith("<table>")


def test_get_answers_the_record_in_text(caller: Caller, made: dict[str, Any]) -> None:
    record = caller.data("order.get", {"order_id": made["order_id"]})

    # 2 x (149.00 + 30.00) + 99.00 set-up, once
    assert record["total"] == "457.00"
    expected = {
        "order_id": "1001",
        "order_queue_id": "1",
        "order_status": "11",
        "order_form_id": "0",
        "client_id": "0",
        "opportunity_id": "0",
        "owner": "",
        "priority": "1",
        "listed_company": "",
        "signature": "",
        "ts": str(NOW),
        "activity": str(NOW),
        "progress": [],
    }
    assert {name: record[name] for name in expected} == expected
    said = {"plan_id": "2", "period": "1", "quantity": "2", "options": {"31": "101"}}
    assert {name: record["info"]["pack1"][name] for name in said} == said
    assert record["info"]["coupon_ids"] is None
    assert caller.data("order.get", {"hash": made["data"]["hash"]}) == record


def test_update_and_cancel_answer_true_and_submit_a_text(caller: Caller, made: dict[str, Any]) -> None:
    order_id = made["order_id"]

    assert caller.data("order.update", {"order_id": order_id, "info": {"city": "London"}}) is True
    text = caller.data("order.submit", {"order_id": order_id})
    assert isinstance(text, str)
    assert text.startswith("<p>")
    assert order_id in text
    assert caller.data("order.submit", {"order_id": order_id}) == text
    assert caller.data("order.cancel", {"order_id": order_id}) is True


def test_the_same_content_under_the_same_hash_is_answered_the_same_to_the_letter(caller: Caller) -> None:
    order = {**ORDER, "hash": "shop-cart-0001"}
    first = caller.data("order.create", order)
    caller.data("order.submit", {"order_id": first["order_id"]})

    assert caller.data("order.create", order) == first
    refused = caller.send("/api/2.0/", query="method=order.create", body=json.dumps({**order, "priority": 2}))
    assert first["order_id"] in refused.body["error_message"]


def test_a_declined_card_refuses_the_submit_and_the_order_can_be_submitted_again(
    caller: Caller, made: dict[str, Any]
) -> None:
    order_id = made["order_id"]
    caller.data("order.update", {"order_id": order_id, "info": {"cc_token": "tok_decline"}})

    refused = caller.send("/api/2.0/", query="method=order.submit", body=json.dumps({"order_id": order_id}))
    assert refused.body["status"] is False
    assert "declined by its bank" in refused.body["error_message"]
    assert caller.data("order.get", {"order_id": order_id})["order_status"] == "11"
    caller.data("order.update", {"order_id": order_id, "info": {"cc_token": "tok_approve"}})
    assert caller.data("order.submit", {"order_id": order_id})
    assert caller.data("order.get", {"order_id": order_id})["order_status"] == "12"


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!!", "Bearer x", "Basic d2ViOndyb25n", "Basic bm9ib2R5Og=="])
def test_no_or_wrong_credentials_get_the_challenge_and_the_envelope(caller: Caller, header: str) -> None:
    answer = caller.send("/api/2.0/", query="method=order.create", headers={"authorization": header})

    assert (answer.status, answer.headers["Content-Type"]) == (401, "application/json")
    assert answer.headers["WWW-Authenticate"].startswith('Basic realm="')
    assert (answer.body["status"], type(answer.body["error_code"])) == (False, int)
    assert caller.send("/order.create", headers={"authorization": header}).status == 401


def test_a_user_may_call_what_their_rights_name(caller: Caller) -> None:
    caller.token = caller.api.users.add("reader", (Grant(rights=ROLES["viewer"]),), now=0)
    answer = caller.send("/order.create", body="{}", headers={"authorization": _basic("reader", caller.token)})

    assert answer.status == 403


def _basic(name: str, token: str) -> str:
    import base64

    return "Basic " + base64.b64encode(f"{name}:{token}".encode()).decode()


def test_what_nobody_thought_of_is_a_500_that_says_nothing_of_the_order(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("Ada Lovelace lives in London")

    monkeypatch.setattr("lambdas.orders.store.DynamoOrderStore.get", broken)
    answer = caller.send("/api/2.0/", query="method=order.get&order_id=1001")

    assert (answer.status, answer.body["status"], answer.headers["Content-Type"]) == (500, False, "application/json")
    said = json.dumps(answer.body) + logged(caplog)
    assert "RuntimeError" in said
    assert "Lovelace" not in said
