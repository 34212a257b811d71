"""A list and a map numbered from 0 are one thing in PHP, whichever way they come and go (reference/ubersmith.md 4.1)."""

import json
from typing import Any

import pytest

from lambdas.api.http.php_params import MAX_LEVELS, numbered, parse_encoded
from lambdas.api.http.values_2_0 import as_text
from tests.unit.api.conftest import Caller

FORM = "application/x-www-form-urlencoded"


def test_json_says_what_a_form_says() -> None:
    form = "a[0]=x&a[1][b][]=y&c[31]=z"

    assert numbered({"a": ["x", {"b": ["y"]}], "c": {"31": "z"}}) == parse_encoded(form)


def test_what_is_nested_too_deeply_is_left_to_be_refused() -> None:
    deep: Any = "x"
    for _ in range(5_000):
        deep = [deep]
    found = numbered({"a": deep})["a"]
    for _ in range(MAX_LEVELS):
        found = found["0"]

    assert isinstance(found, list)


@pytest.mark.parametrize(
    ("kept", "answered"),
    [
        ({"1": "b", "0": "a"}, ["a", "b"]),
        ({"0": {"0": True}}, [["1"]]),
        ({"1": "a", "2": "b"}, {"1": "a", "2": "b"}),
        ({"0": "a", "x": "b"}, {"0": "a", "x": "b"}),
        (["a", 1], ["a", "1"]),
        ({}, []),
    ],
)
def test_what_is_numbered_from_0_is_answered_as_a_list(kept: Any, answered: Any) -> None:
    assert as_text(kept) == answered


def test_a_list_is_merged_by_number_at_the_old_door_and_stays_one_at_the_new(caller: Caller) -> None:
    old = caller.data("order.create", {"order_queue_id": 1, "info": {"hosts": ["a", "b"]}})["order_id"]
    caller.send("/api/2.0/", query="method=order.update", body=f"order_id={old}&info[hosts][1]=c", content_type=FORM)
    new = caller.call("order.create", {"order_queue_id": 1, "info": {"hosts": ["a", "b"]}}).body

    assert caller.data("order.get", {"order_id": old})["info"]["hosts"] == ["a", "c"]
    assert new["info"]["hosts"] == ["a", "b"]


@pytest.mark.parametrize("body", ["", "null", "{}", "[]"])
@pytest.mark.parametrize("path", ["/api/2.0", "/api/2.0/", "/api/2.0/index.php"])
def test_no_parameters_in_every_way_below_the_address(caller: Caller, path: str, body: str) -> None:
    answer = caller.send(path, query="method=order.module_list", body=body)

    assert (answer.body["status"], answer.headers["Content-Type"]) == (True, "application/json")


def test_a_list_of_parameters_is_refused(caller: Caller) -> None:
    answer = caller.send("/api/2.0/", query="method=order.module_list", body=json.dumps(["a"]))

    assert "one JSON object" in answer.body["error_message"]
