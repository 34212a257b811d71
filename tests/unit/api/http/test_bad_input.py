"""Bad input gets a clear refusal that names the place, and nothing is written."""

import json
from typing import Any

import pytest

from tests.support.logs import logged
from tests.unit.api.conftest import Caller

JSON = "application/json"
PAN = "4242 4242 4242 4242"
SENT = ("4242424242424242", "1234567890123", "378282246310005", "5555555555554444")


def deep(levels: int) -> dict[str, Any]:
    tree: dict[str, Any] = {"end": "1"}
    for _ in range(levels):
        tree = {"x": tree}
    return tree


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no queue": ({}, "order_queue_id parameter not supplied"),
    "unknown queue": ({"order_queue_id": 99}, "order_queue_id"),
    "queue of a wrong type": ({"order_queue_id": "first"}, "order_queue_id"),
    "info of a wrong type": ({"order_queue_id": 1, "info": "x"}, "info"),
    "negative money": ({"order_queue_id": 1, "info": {"pack1": {"price": "-1"}}}, "info.pack1.price"),
    "fraction of a cent": ({"order_queue_id": 1, "info": {"pack1": {"price": "1.005"}}}, "info.pack1.price"),
    "fraction of a cent as a number": ({"order_queue_id": 1, "info": {"pack1": {"setup": 0.001}}}, "info.pack1.setup"),
    "negative total": ({"order_queue_id": 1, "total": "-5"}, "total"),
    "quantity 0": ({"order_queue_id": 1, "info": {"pack1": {"quantity": 0}}}, "info.pack1.quantity"),
    "quantity of words": ({"order_queue_id": 1, "info": {"pack1": {"quantity": "many"}}}, "info.pack1.quantity"),
    "a pack that is no map": ({"order_queue_id": 1, "info": {"pack1": "x"}}, "info.pack1"),
    "101 packs": ({"order_queue_id": 1, "info": {f"pack{n}": {} for n in range(1, 102)}}, "at most 100 packs"),
    "10,000 packs": ({"order_queue_id": 1, "info": {f"pack{n}": {} for n in range(1, 10_001)}}, "info"),
    "1 MB of info": ({"order_queue_id": 1, "info": {"note": "x" * 1_000_000}}, "info: has 1000"),
    "200 levels": ({"order_queue_id": 1, "info": {"deep": deep(200)}}, "info.deep"),
    "client that is no number": ({"order_queue_id": 1, "client_id": "abc"}, "client_id"),
    "another step than Leads": ({"order_queue_id": 1, "order_status": 12}, "order_status"),
}


@pytest.mark.parametrize(("parameters", "named"), REFUSED.values(), ids=REFUSED.keys())
def test_it_is_refused_by_name_and_nothing_is_written(caller: Caller, parameters: dict[str, Any], named: str) -> None:
    body = json.dumps(parameters)
    old = caller.send("/api/2.0/", query="method=order.create", body=body, content_type=JSON)
    new = caller.send("/order.create", body=body, content_type=JSON)

    assert (old.status, old.headers["Content-Type"], old.body["status"]) == (200, "application/json", False)
    assert isinstance(old.body["error_code"], int)
    assert old.body["data"] == ""
    assert named in old.body["error_message"]
    assert (new.status, new.headers["Content-Type"]) == (new.body["status"], "application/problem+json")
    assert new.status in (400, 422)
    assert named in new.body["detail"]
    assert caller.orders_written() == 0


@pytest.mark.parametrize(
    "body",
    ["{", "[1]", '"text"', "[" * 100_000, '{"order_queue_id": NaN}'],
    ids=["broken", "a list", "a text", "too deep", "NaN"],
)
def test_a_body_that_is_no_json_object_is_refused(caller: Caller, body: str) -> None:
    answer = caller.send("/order.create", body=body, content_type=JSON)

    assert (answer.status, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert "body" in answer.body["detail"]


@pytest.mark.parametrize(
    ("body", "named"),
    [("order_queue_id=%zz", "order_queue_id"), (b"order_queue_id=\x81", "UTF-8"), ("a=%81", "UTF-8")],
)
def test_broken_form_encoding_is_refused(caller: Caller, body: str | bytes, named: str) -> None:
    answer = caller.send(
        "/api/2.0/", query="method=order.create", body=body, content_type="application/x-www-form-urlencoded"
    )

    assert answer.body["status"] is False
    assert named in answer.body["error_message"]


def test_a_broken_multipart_body_is_refused(caller: Caller) -> None:
    answer = caller.send(
        "/api/2.0/", query="method=order.create", body=b"nonsense", content_type="multipart/form-data; boundary=x"
    )

    assert "multipart" in answer.body["error_message"]


@pytest.mark.parametrize("method", ["order.explode", "", "<script>", "order.create;drop"])
def test_an_unknown_method_is_refused_and_never_echoed_as_markup(caller: Caller, method: str) -> None:
    answer = caller.send("/api/2.0/", body=json.dumps({"method": method}), content_type=JSON)

    assert answer.body["error_message"].startswith("invalid method specified")
    assert "<" not in answer.body["error_message"]
    assert caller.send("/order.explode").status == 404


def test_an_unknown_parameter_is_refused_for_new_callers_and_ignored_for_old_ones(caller: Caller) -> None:
    parameters = {"order_queue_id": 1, "prority": 2}

    answer = caller.call("order.create", parameters)
    assert (answer.status, answer.body["errors"][0]["field"]) == (400, "prority")
    assert caller.data("order.create", parameters)["order_id"]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"info": {"cc_num": PAN}}, "info.cc_num"),
        ({"info": {"cc_num": "1234567890123"}}, "info.cc_num"),
        ({"info": {"cc_cvv2": "123"}}, "info.cc_cvv2"),
        ({"info": {"nested": {"cvv": 999}}}, "info.nested.cvv"),
        ({"info": {"notes": f"my card is {PAN}, thanks"}}, "info.notes"),
        ({"info": {"list": ["a", 4242424242424242]}}, "info.list.1"),
        ({"signature": "378282246310005"}, "signature"),
        ({"info": {PAN: "x"}}, "a parameter's name"),
        ({"hash": "5555-5555-5555-4444"}, "hash"),
    ],
)
def test_card_data_is_refused_wherever_it_stands_and_never_repeated(
    caller: Caller, caplog: pytest.LogCaptureFixture, parameters: dict[str, Any], field: str
) -> None:
    for path in ("/order.create", "/api/2.0/"):
        body = json.dumps({"order_queue_id": 1, "method": "order.create", **parameters})
        answer = caller.send(path, body=body, content_type=JSON)
        said = json.dumps(answer.body)

        assert field in said
        assert "token" in said
        assert not [number for number in SENT if number in said.replace(" ", "").replace("-", "")]
        assert "call refused" in logged(caplog)
        assert not [number for number in SENT if number in logged(caplog).replace(" ", "").replace("-", "")]
    assert caller.orders_written() == 0


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/4242424242424242", {}), ("/order.create", {"idempotency-key": "4242424242424242"})],
)
def test_card_data_in_a_path_or_a_key_is_refused_and_never_repeated(
    caller: Caller, path: str, headers: dict[str, str]
) -> None:
    answer = caller.send(path, body='{"order_queue_id": 1}', content_type=JSON, headers=headers)

    assert answer.status == 422
    assert "4242424242424242" not in json.dumps(answer.body)
    assert caller.orders_written() == 0


def test_card_data_in_a_query_string_is_refused(caller: Caller) -> None:
    answer = caller.send(
        "/api/2.0/", query=f"method=order.create&order_queue_id=1&info[x]={PAN.replace(' ', '+')}", http_method="GET"
    )

    assert "info.x" in answer.body["error_message"]


@pytest.mark.parametrize("phone", ["+49 1511 2345678", "+1 (555) 010-4242", "+44 7700 900123", "020 7946 0018"])
def test_telephone_numbers_are_no_card_numbers(caller: Caller, phone: str) -> None:
    assert caller.call("order.create", {"order_queue_id": 1, "info": {"phone": phone}}).status == 201


def test_a_lead_may_be_unfinished_and_unknown_keys_stay(caller: Caller) -> None:
    info = {
        "first": "Ada",
        "AUPTOS": "1",
        "pack1": {"plan_id": "no such plan", "options": {"999": "1"}, "x": {"y": "z"}},
    }
    made = caller.data("order.create", {"order_queue_id": 1, "info": info})

    kept = caller.data("order.get", {"order_id": made["order_id"]})["info"]
    assert {key: kept[key] for key in info} == info
