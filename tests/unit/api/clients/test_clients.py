"""Clients, their payment methods and services over both doors."""

import json
from dataclasses import replace
from typing import Any

import pytest

from lambdas.api.clients.add import NO_SETTING
from lambdas.api.clients.requests import ClientAddRequest
from lambdas.payments.several.choice import GatewayChoice
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.payment_method import MethodKind
from lambdas.records.clients.service import ServiceRecords
from lambdas.records.clients.settings import SETTINGS
from lambdas.records.users.rights import Grant, Right
from tests.support.build import CONTACT, NOW
from tests.support.logs import logged
from tests.unit.api.auth.test_rights import as_user
from tests.unit.api.conftest import Answer, Caller
from tests.unit.records.builders import a_client, a_service_record

ADA = {**CONTACT, "uber_login": "ada", "uber_pass": "a long pass phrase"}
CARD = {"cc_num": "4242", "cc_token": "tok_approve", "cc_type": "visa", "cc_expire": "1230", "country": "GB"}


def added(caller: Caller, **changes: Any) -> str:
    return str(caller.data("client.add", {**ADA, **changes}))


def old(caller: Caller, method: str, parameters: dict[str, Any]) -> Any:
    return caller.send("/api/2.0/", query=f"method={method}", body=json.dumps(parameters)).body


def test_a_client_without_an_order(caller: Caller) -> None:
    client_id = added(caller, datepay="14", meta_source="fair", active=2)
    found = caller.data("client.get", {"client_id": client_id, "metadata": 1, "tags": 1})

    assert client_id == "101"
    assert (found["clientid"], found["active"], found["class_id"]) == ("101", "2", "1")
    assert (found["email"], found["login"], found["created"]) == (CONTACT["email"], "ada", str(NOW))
    assert (found["datepay"], found["metadata"], found["tags"]) == ("14", {"source": "fair"}, [])
    assert "uber_pass" not in found
    assert "acls" not in found


def test_a_client_of_an_order_shows_the_same_settings_as_any_other(caller: Caller) -> None:
    made = a_client(client_id="77", order_id="1001", settings={"default_renew": "15"}, uber_login="")
    ClientRecords(caller.api.backend.records).make(made, None)
    others = caller.data("client.get", {"client_id": added(caller)})
    found = caller.data("client.get", {"client_id": "77"})

    assert found.keys() == others.keys()
    assert (found["default_renew"], found["invoice_delivery"], found["grace_due"]) == ("15", "", "0")
    assert (found["datesend"], found["priority"]) == (others["datesend"], others["priority"]) == ("system_default", "1")
    assert caller.call("client.get", {"client_id": "77"}).body["settings"]["invoice_delivery"] == ""


def test_every_billing_setting_that_a_client_may_be_added_with_is_shown() -> None:
    assert set(SETTINGS) == ClientAddRequest.model_fields.keys() - NO_SETTING


@pytest.mark.parametrize("by", [{"user_login": "ADA"}, {"email": "Ada@Example.com"}, {"client_id": "101"}])
def test_a_client_is_found_by_id_login_or_address(caller: Caller, by: dict[str, str]) -> None:
    added(caller)

    assert caller.call("client.get", by).body["client_id"] == "101"


@pytest.mark.parametrize(
    ("by", "text"),
    [
        ({"client_id": "7"}, "Client ID '7' not found."),
        ({"user_login": "grace"}, "Client login not found."),
        ({"email": "grace@example.com"}, "Client email not found."),
        ({}, "request failed: client_id parameter not supplied; name the client"),
    ],
)
def test_a_client_who_is_not_there(caller: Caller, by: dict[str, str], text: str) -> None:
    answer = old(caller, "client.get", by)

    assert (answer["status"], answer["error_code"]) == (False, 1)
    assert text in answer["error_message"]


def test_a_login_that_is_taken(caller: Caller) -> None:
    added(caller)
    strict = caller.call("client.add", {**ADA, "strict": 1})
    lenient = caller.call("client.add", ADA)

    assert (strict.status, strict.body["errors"][0]["field"]) == (409, "uber_login")
    assert lenient.body["note"]
    assert caller.call("client.get", {"client_id": lenient.body["client_id"]}).body["uber_login"] == ""


def test_the_same_key_makes_one_client_and_other_content_is_refused(caller: Caller) -> None:
    key = {"idempotency-key": "k-1"}
    first, again = (caller.call("client.add", ADA, **key) for _ in range(2))
    other = caller.call("client.add", {**ADA, "first": "Grace"}, **key)

    assert first.body == again.body == {"client_id": "101", "note": None}
    assert other.status == 409
    assert caller.call("client.get", {"client_id": "102"}).status == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"brand_id": 9},
        {"country": "Atlantis"},
        {"country": "SP"},
        {"active": 3},
        {"email": "a" * 1001},
        {"meta_x": ["a"]},
    ],
)
def test_what_a_client_cannot_be(caller: Caller, wrong: dict[str, Any]) -> None:
    answer = caller.call("client.add", {**ADA, **wrong})

    assert (answer.status, answer.body["errors"][0]["field"].split(".")[0]) == (
        400,
        next(iter(wrong)).replace("meta_x", "meta_*"),
    )


def test_cards_and_accounts_are_kept_by_token_and_last_four(caller: Caller) -> None:
    added(caller)
    card = caller.data("client.cc_add", {"client_id": "ada", **CARD, "fname": "Ada"})
    account = caller.data(
        "client.ach_add", {"user_login": "101", "ach_acct": "6789", "ach_token": "t", "ach_type": "C"}
    )
    listed = caller.data("client.payment_method_list", {"client_id": "101"})

    assert list(listed) == [card, account]
    assert {key: listed[card][key] for key in ("payment_type", "cc_num", "cc_type", "cc_expire", "fname", "country")} == {
        "payment_type": "cc", "cc_num": "4242", "cc_type": "visa", "cc_expire": "1230", "fname": "Ada", "country": "GB"
    }  # fmt: skip
    assert (listed[account]["ach_acct"], listed[account]["ach_type"], listed[account]["cc_num"]) == ("6789", "C", "")
    assert "tok_approve" not in str(listed)
    assert caller.call("client.get", {"client_id": "101"}).body["default_billing_info_id"] == card


def test_a_stored_method_remembers_the_gateway_of_its_brand_and_kind(caller: Caller) -> None:
    api = caller.api
    choice = GatewayChoice(default="stripe", methods={MethodKind.BANK_ACCOUNT: "sandbox"})
    caller.api = replace(api, backend=replace(api.backend, choice=choice))
    added(caller)
    caller.data("client.cc_add", {"client_id": "101", **CARD})
    caller.data("client.ach_add", {"user_login": "101", "ach_acct": "6789", "ach_token": "t"})
    listed = caller.call("client.payment_method_list", {"client_id": "101"}).body["payment_methods"]

    assert [(each["kind"], each["gateway"]) for each in listed] == [("card", "stripe"), ("bank_account", "sandbox")]


def test_adding_the_same_token_again_adds_nothing_and_may_make_it_the_default(caller: Caller) -> None:
    added(caller)
    first = caller.data("client.cc_add", {"client_id": "101", **CARD})
    other = caller.data("client.cc_add", {"client_id": "101", **CARD, "cc_token": "tok_decline", "set_default": 1})
    again = caller.data("client.cc_add", {"client_id": "101", **CARD, "set_default": 1})

    assert again == first
    assert sorted(caller.data("client.payment_method_list", {"client_id": "101"})) == sorted([first, other])
    assert caller.call("client.get", {"client_id": "101"}).body["default_billing_info_id"] == first


@pytest.mark.parametrize(
    ("method", "parameters", "field"),
    [
        ("client.cc_add", {"client_id": "101", **CARD, "cc_num": "4111111111111111"}, "cc_num"),
        ("client.cc_add", {"client_id": "101", **CARD, "cc_cvv2": "123"}, "cc_cvv2"),
        ("client.cc_add", {"client_id": "101", "cc_num": "4242", "country": "GB"}, "cc_token"),
        ("client.cc_add", {"client_id": "101", **CARD, "cc_expire": "1330"}, "cc_expire"),
        ("client.ach_add", {"user_login": "101", "ach_acct": "000123456789", "ach_token": "t"}, "ach_acct"),
    ],
)
def test_numbers_are_refused_and_never_logged(
    caller: Caller, caplog: pytest.LogCaptureFixture, method: str, parameters: dict[str, str], field: str
) -> None:
    added(caller)
    answer = caller.call(method, parameters)

    assert answer.status in (400, 422)
    assert [problem["field"] for problem in answer.body["errors"]] == [field]
    for number in (parameters.get("cc_num", ""), parameters.get("ach_acct", "")):
        assert len(number) < 12 or number not in logged(caplog) + str(answer.body)


def test_services_of_a_client_and_of_an_order(caller: Caller) -> None:
    added(caller)
    order = caller.call("order.create", {"order_queue_id": 1, "client_id": "101", "info": CONTACT}).body
    services = ServiceRecords(caller.api.backend.records)
    services.make(a_service_record(service_id=f"{order['order_id']}001", order_id=order["order_id"]))
    services.make(a_service_record(service_id="9001001", order_id="9001"))

    assert list(caller.data("client.service_list", {"client_id": "101"})) == [f"{order['order_id']}001", "9001001"]
    (one,) = caller.call("client.service_list", {"order_id": order["order_id"]}).body["services"]
    assert (one["service_id"], one["recurring"], one["status"]) == (f"{order['order_id']}001", "9.95", "active")
    assert caller.data("client.service_list", {"client_id": "101", "direction": "desc", "limit": 1, "offset": 1})
    assert caller.data("client.service_list", {"client_id": "7", "order_id": order["order_id"]}) == []


def test_rights_hold_by_brand(caller: Caller) -> None:
    added(caller)
    everything = frozenset(Right)

    def get(grant: Grant) -> Answer:
        return as_user(caller, grant, "client.get", {"client_id": "101"})

    assert get(Grant(rights=everything, brands=frozenset({1}))).status == 200
    assert get(Grant(rights=everything, brands=frozenset({2}))).status == 403
    assert get(Grant(rights=everything - {Right.PERSONAL_DATA})).status == 403
    assert (
        as_user(caller, Grant(rights=everything - {Right.MONEY}), "client.cc_add", {"client_id": "101"}).status == 403
    )
