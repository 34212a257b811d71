"""Queues, steps, actions and modules on the wire; editing them is refused with the way to do it."""

import json
from typing import Any

import pytest

from lambdas.api.table import GROUPS, method_named
from lambdas.orders.decisions import progress
from lambdas.orders.model.modules import ModuleFacts
from lambdas.records.step_counts import StepCounts
from lambdas.records.users.rights import Grant, Right
from tests.support.build import NOW, an_order
from tests.unit.api.auth.test_rights import as_user
from tests.unit.api.conftest import Caller

ELSEWHERE = Grant(rights=frozenset(Right), queues=frozenset({3}))


def refusal(caller: Caller, method: str, **parameters: object) -> str:
    answer = caller.send("/api/2.0/", query=f"method={method}", body=json.dumps(parameters))
    assert (answer.status, answer.body["status"], answer.body["error_code"]) == (200, False, 1)
    return str(answer.body["error_message"])


def test_queues_are_listed_with_the_number_of_orders_in_each_step(caller: Caller) -> None:
    counts, lead = StepCounts(caller.api.backend.records), an_order()
    counts.follow(None, lead)
    counts.follow(None, an_order(order_id="1002"))
    counts.follow(lead, progress.submitted(lead, now=NOW, hold=None).changed(revision=2))

    assert caller.data("order.queue_list", {"brand_id": "1"}) == {
        "1": {
            "name": "New accounts",
            "steps": {
                "11": {"name": "Leads", "count": 1},
                "12": {"name": "Processing", "count": 1},
                "13": {"name": "Complete", "count": 0},
                "14": {"name": "Canceled", "count": 0},
            },
        }
    }
    (queue,) = caller.call("order.queue_list", {"brand_id": 1}).body["queues"]
    assert queue["steps"][0] == {"order_step_id": 11, "name": "Leads", "status": "leads", "count": 1}


def test_only_queues_of_the_brand_that_the_user_may_see_are_listed(caller: Caller) -> None:
    assert caller.data("order.queue_list", {"brand_id": 2}) == []
    assert as_user(caller, ELSEWHERE, "order.queue_list", {"brand_id": 1}).body == {"queues": []}
    assert refusal(caller, "order.queue_list") == "request failed: brand_id parameter not supplied"


def test_a_queue_is_what_the_bundle_of_create_says_of_it(caller: Caller) -> None:
    got = caller.data("order.queue_get", {"order_queue_id": 1})

    bundled = caller.data("order.create", {"order_queue_id": 1})["queue"]["data"]
    assert got == {**bundled, "allow_quotes": "0"}
    assert (got["class_id"], got["active"]) == ("1", "1")
    assert caller.call("order.queue_get", {"order_queue_id": 1}).body["key"] == "new_accounts"


def test_steps_have_their_place_and_status(caller: Caller) -> None:
    steps = caller.data("order.queue_step_list", {"order_queue_id": 1})

    assert [(key, step["priority"], step["status"]) for key, step in steps.items()] == [
        ("11", "1", "1"),
        ("12", "2", "0"),
        ("13", "3", "2"),
        ("14", "4", "3"),
    ]
    assert caller.data("order.queue_step_get", {"order_step_id": 12}) == steps["12"]
    listed = caller.call("order.queue_step_list", {"order_queue_id": 1}).body["steps"]
    assert listed[0] == caller.call("order.queue_step_get", {"order_step_id": 11}).body
    assert listed[0]["expires_after_days"] == 30


def test_actions_have_their_module_prereqs_and_config(caller: Caller) -> None:
    actions = caller.data("order.queue_action_list", {"order_step_id": 12})

    assert list(actions) == ["101", "102", "103"]
    assert actions["102"] == {
        "order_action_id": "102",
        "order_step_id": "12",
        "order_queue_id": "1",
        "name": "Add Services",
        "module": "add_services",
        "priority": "2",
        "automatic": "1",
        "optional": "0",
        "client_viewable": "0",
        "prereqs": {"101": "1"},
        "config": {"default_service_status": "active"},
        "i18n": [],
    }
    assert caller.data("order.queue_action_get", {"order_action_id": 102}) == actions["102"]
    assert (actions["101"]["prereqs"], actions["101"]["config"]) == ([], [])
    assert caller.data("order.queue_action_list", {"order_step_id": 13}) == []
    new = caller.call("order.queue_action_get", {"order_action_id": 102}).body
    assert (new["prereqs"], new["automatic"], new["due_hours"]) == ([101], True, 24)


def test_modules_are_listed_by_name(caller: Caller) -> None:
    modules = caller.data("order.module_list", {})

    assert modules["generate_invoice"] == "Generate Invoice"
    assert set(modules) == set(caller.api.backend.service.modules) != set()
    views = caller.call("order.module_list", {}).body["modules"]
    assert {view["order_module_name"]: view["label"] for view in views} == modules


def test_a_module_tells_its_settings(caller: Caller) -> None:
    module = caller.data("order.module_get", {"order_module_name": "call_webhook"})
    seconds = module["config"]["timeout_seconds"]

    assert (module["name"], module["interactive"], module["reprocess"]) == ("call_webhook", "1", "0")
    assert (seconds["type"], seconds["required"], seconds["default"]) == ("integer", "0", "10")
    assert (module["config"]["url"]["required"], module["config"]["url"]["default"]) == ("1", "")
    status = caller.data("order.module_get", {"order_module_name": "add_services"})["config"]["default_service_status"]
    assert status["options"] == ["active", "pending"]
    view = caller.call("order.module_get", {"order_module_name": "call_webhook"}).body
    assert {item["name"]: item["required"] for item in view["config"]}["url"] is True
    assert view["config_schema"]["additionalProperties"] is False


def test_every_setting_of_every_module_has_a_type(caller: Caller) -> None:
    facts: ModuleFacts
    for name, facts in caller.api.backend.service.modules.items():
        view = caller.call("order.module_get", {"order_module_name": name}).body
        assert [item["name"] for item in view["config"]] == list(facts.config.get("properties", {}))
        types = {item["type"] for item in view["config"]}
        assert types <= {"string", "integer", "boolean", "array", "object"}, name


@pytest.mark.parametrize(
    ("method", "parameters", "text"),
    [
        ("order.queue_get", {"order_queue_id": 77}, "Order queue ID '77' not found."),
        ("order.queue_step_list", {"order_queue_id": 77}, "Order queue ID '77' not found."),
        ("order.queue_step_get", {"order_step_id": 77}, "Order step ID '77' not found."),
        ("order.queue_action_list", {"order_step_id": 77}, "Order step ID '77' not found."),
        ("order.queue_action_get", {"order_action_id": 77}, "Order action ID '77' not found."),
        ("order.module_get", {"order_module_name": "x"}, "Order module not found."),
        ("order.queue_action_delete", {"order_action_id": 77}, "Order action ID '77' not found."),
    ],
)
def test_what_does_not_exist_is_said_to(caller: Caller, method: str, parameters: dict[str, Any], text: str) -> None:
    assert refusal(caller, method, **parameters) == text
    assert caller.call(method, parameters).status == 404


@pytest.mark.parametrize("method", [name for name in GROUPS["queues"] if "module" not in name and "list" not in name])
def test_a_queue_that_the_user_may_not_see_is_not_shown(caller: Caller, method: str) -> None:
    found = method_named(method)
    assert found
    assert as_user(caller, ELSEWHERE, method, dict(found.example)).status == 403


@pytest.mark.parametrize("method", GROUPS["queues.editing"])
def test_editing_says_which_file_and_how_it_is_deployed(caller: Caller, method: str) -> None:
    found = method_named(method)
    assert found
    folder = "<queue>" if method == "order.queue_add" else "new_accounts"

    said = refusal(caller, method, **found.example)
    assert f"statemachines/{folder}/queue.toml" in said
    assert all(f"`make {step}`" in said for step in ("compile", "impact", "deploy"))
    assert caller.call(method, dict(found.example)).status == 409
