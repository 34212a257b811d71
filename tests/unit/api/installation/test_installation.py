"""The installation describes itself: methods, plans, version, logins of clients."""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lambdas.access.login_limits import FAILED_LOGINS_OF_ONE
from lambdas.catalog.plan import Option, Upgrade
from lambdas.records.users.rights import Grant, Right
from lambdas.runtime import passwords
from tests.support.build import CONTACT
from tests.unit.api.auth.test_rights import as_user
from tests.unit.api.conftest import Answer, Caller

PASSWORD = "a long pass phrase"
ROOT = Path(__file__).parents[4]


@pytest.fixture
def ada(caller: Caller) -> str:
    return str(
        caller.data("client.add", {**CONTACT, "uber_login": "ada", "uber_pass": PASSWORD, "access": {"forum": 1}})
    )


def login(caller: Caller, name: str, password: str) -> Any:
    return caller.send("/api/2.0/", query="method=uber.check_login", body=f"login={name}&pass={password}").body


def test_a_generator_of_clients_finds_all_it_needs(caller: Caller) -> None:
    """As `tools/generate_schema.py` of ubersmith-api does it (reference/ubersmith.md 7.2)."""
    schema: dict[str, dict[str, Any]] = {}
    for name in caller.data("uber.method_list", {}):
        described = caller.data("uber.method_get", {"method_name": name})
        described.pop("output")
        section, _, short = name.partition(".")
        schema.setdefault(section, {})[short] = described

    assert {"order", "client", "uber"} <= schema.keys()
    create = schema["order"]["create"]
    assert create["method"] == "order.create"
    (queue,) = [each for each in create["params"] if each["param"] == "order_queue_id"]
    assert {**queue, "description": ""} == {
        "param": "order_queue_id", "name": "Order Queue ID", "required": True, "default": None, "description": ""
    }  # fmt: skip


def test_every_method_says_what_it_is_and_what_it_answers(caller: Caller) -> None:
    for name, title in caller.data("uber.method_list", {}).items():
        described = caller.call("uber.method_get", {"method_name": name}).body
        assert (described["title"], bool(described["output"]), bool(described["description"])) == (title, True, True)
    assert caller.data("uber.method_get", {"method_name": "order.cancel"})["output"].startswith("boolean")


@pytest.mark.parametrize("name", ["order.fly", "../etc", "order"])
def test_a_method_that_is_not_there(caller: Caller, name: str) -> None:
    answer = caller.send("/api/2.0/", query="method=uber.method_get", body=f"method_name={name}").body

    assert (answer["status"], answer["error_code"]) == (False, 1)
    assert answer["error_message"].startswith("invalid method specified: ")


def test_the_version_is_the_project_s(caller: Caller) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]

    assert caller.data("uber.system_info", {}) == {"version": version, "latest_version": version}


@pytest.mark.parametrize("name", ["ada", "ADA", "101"])
def test_a_client_s_login_and_password(caller: Caller, ada: str, name: str) -> None:
    found = login(caller, name, PASSWORD)["data"]

    assert (found["type"], found["client_id"], found["access"]) == ("client", ada, {"forum": "1"})
    assert caller.call("uber.check_login", {"login": name, "pass": PASSWORD}).body["client_id"] == ada


def test_wrong_logins_are_answered_alike_and_take_the_same_work(
    caller: Caller, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller.data("client.add", {"first": "Grace", "uber_login": "grace"})
    caller.data("client.add", {"first": "Eve", "uber_login": "eve", "uber_pass": PASSWORD, "login_enabled": 0})
    hashed: list[str] = []
    digest = passwords._digest

    def counted(password: str, salt: bytes) -> str:
        hashed.append(password)
        return digest(password, salt)

    monkeypatch.setattr(passwords, "_digest", counted)

    answers = [login(caller, name, "wrong") for name in ("ada", "nobody", "grace")]
    answers.append(login(caller, "eve", PASSWORD))

    assert [(answer["error_code"], answer["error_message"]) for answer in answers] == [
        (3, "Invalid login or password.")
    ] * 4
    assert len(hashed) == 4


def test_logins_are_tried_so_often_only(caller: Caller, ada: str) -> None:
    for _ in range(FAILED_LOGINS_OF_ONE):
        assert login(caller, "ada", "wrong")["error_code"] == 3

    refused = caller.call("uber.check_login", {"login": "Ada", "pass": PASSWORD})
    assert (refused.status, "try again in" in refused.body["detail"]) == (429, True)
    assert login(caller, "grace", PASSWORD)["error_code"] == 3


def test_clients_of_other_brands_have_no_login_here(caller: Caller, ada: str) -> None:
    def check(brand: int) -> Answer:
        grant = Grant(rights=frozenset(Right), brands=frozenset({brand}))
        return as_user(caller, grant, "uber.check_login", {"login": "ada", "pass": PASSWORD})

    assert [check(1).status, check(2).status] == [200, 422]


def test_a_service_plan_with_its_prices_and_upgrades(caller: Caller) -> None:
    plan = caller.data("uber.service_plan_get", {"plan_id": "2"})

    assert (plan["plan_id"], plan["code"], plan["period"], plan["price"], plan["setup"]) == (
        "2", "ded-e2288g", "1", "149.00", "99.00"
    )  # fmt: skip
    assert {months: each["api_label"] for months, each in plan["pricing"].items()} == {
        "1": "monthly", "3": "quarterly", "12": "annual"
    }  # fmt: skip
    memory = plan["upgrades"]["31"]
    assert (memory["spg_name"], memory["options"]["101"]["spo_price"]) == ("Memory", "30.00")
    assert memory["options"]["101"]["pricing"]["12"]["price"] == "360.00"


def test_upgrades_and_options_have_names_for_programs(caller: Caller) -> None:
    """Front ends look for `spg_data.hide_option` and the like, and for what an upgrade and an option are called in code."""
    upgrades = caller.data("uber.service_plan_get", {"plan_id": "2"})["upgrades"]
    said = [
        (each["variable"], [option["spo_val"] for option in each["options"].values()]) for each in upgrades.values()
    ]
    shown = caller.call("uber.service_plan_get", {"plan_id": "2"}).body["upgrades"]

    assert said == [("memory", ["32", "64"]), ("bandwidth", ["10 TB", "Unmetered 1 Gbit/s"])]
    assert [(each["variable"], [option["value"] for option in each["options"]]) for each in shown] == said
    assert [each["spg_data"] for each in upgrades.values()] == [[], []]
    assert [each["spo_default"] for each in upgrades["31"]["options"].values()] == ["1", "0"]


def test_what_a_plan_says_of_its_parts_is_handed_on(caller: Caller) -> None:
    option = Option(name="None", price=0, setup=0, description="No backup", data={"is_callout_upsell_option": "1"})
    data = {"hide_option": "1"}
    backup = Upgrade(name="Off-site  backup (1)", default="1", options={"1": option}, data=data, description="Safe")
    backend = caller.api.backend
    plans = {**backend.plans, "2": backend.plans["2"].changed(upgrades={"9": backup})}
    caller.api = replace(caller.api, backend=replace(backend, plans=plans))
    group = caller.data("uber.service_plan_get", {"plan_id": "2"})["upgrades"]["9"]

    assert (group["variable"], group["spg_desc"], group["spg_data"]) == ("off_site_backup_1", "Safe", data)
    assert (group["options"]["1"]["spo_val"], group["options"]["1"]["spo_desc"]) == ("None", "No backup")
    assert group["options"]["1"]["spo_data"] == {"is_callout_upsell_option": "1"}


def test_an_unknown_service_plan(caller: Caller) -> None:
    answer = caller.send("/api/2.0/", query="method=uber.service_plan_get", body="plan_id=99").body

    assert (answer["error_code"], answer["error_message"]) == (3, "No Service Plan found")
    assert caller.call("uber.service_plan_get", {"plan_id": "99"}).status == 404


@pytest.mark.parametrize(
    ("asked", "plans"),
    [
        ({}, ["1", "2", "3", "4", "5", "6"]),
        ({"active": "2", "direction": "desc", "limit": 2}, ["6", "5"]),
        ({"order_by": "title", "offset": 1}, ["3", "5", "6", "4", "1"]),
        ({"code": "domain"}, ["3"]),
        ({"active": 0}, []),
        ({"code": "nothing"}, []),
    ],
)
def test_service_plans_are_listed(caller: Caller, asked: dict[str, Any], plans: list[str]) -> None:
    found = [each["plan_id"] for each in caller.call("uber.service_plan_list", asked).body["plans"]]

    assert found == plans
    assert list(caller.data("uber.service_plan_list", asked)) == plans
