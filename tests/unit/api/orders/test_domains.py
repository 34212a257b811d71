"""Domains by programs: the rules of the form, row by row, and no answer with a code."""

import json
from typing import Any

import pytest

from lambdas.records.table import RecordTable
from lambdas.records.transfer_codes import TransferCodes
from tests.support.build import CARD, CONTACT, NOW
from tests.unit.api.conftest import Caller

SECRET = "s3cr3t-code"
NEW, MOVED = {"plan_id": "3", "period": 12}, {"plan_id": "6", "period": 12}


def made(caller: Caller, method: str = "order.create", **more: Any) -> dict[str, Any]:
    packs = {key: more.pop(key) for key in list(more) if key.startswith("pack")}
    answer = caller.call(method, {"order_queue_id": 1, **more, "info": {**CONTACT, **CARD, **packs}})
    assert answer.status in (200, 201), answer.body
    body: dict[str, Any] = answer.body
    return body


def refusals(caller: Caller, order_id: str) -> dict[str, str]:
    answer = caller.call("order.submit", {"order_id": order_id})
    assert answer.status == 422, answer.body
    return {problem["field"]: problem["detail"] for problem in answer.body["errors"]}


def test_one_wrong_row_is_named_and_the_others_are_priced(caller: Caller) -> None:
    order = made(
        caller,
        pack1={**NEW, "desserv": "https://Ada.com/"},
        pack2={**NEW, "desserv": "www.ada.net"},
        pack3={**NEW, "desserv": "ada.xyz"},
        pack4={**MOVED, "desserv": "ada.de"},
        pack5={**MOVED, "desserv": "bea.de", "auth_code": SECRET},
        pack6={**NEW, "desserv": "cy.com", "auth_code": "given by mistake"},
    )

    assert order["services"][0]["description"] == "ada.com"
    found = refusals(caller, order["order_id"])
    assert set(found) == {"info.pack2.desserv", "info.pack3.desserv", "info.pack4.auth_code", "info.pack6.auth_code"}
    assert found["info.pack3.desserv"].endswith(
        "is for names directly below com, net, org, example, and ada.xyz is none"
    )


def test_no_answer_and_no_later_read_has_the_code(caller: Caller, records: RecordTable) -> None:
    pack = {**MOVED, "desserv": "Ada.de", "auth_code": SECRET}
    order = made(caller, pack1=pack)
    read = caller.call("order.get", {"order_id": order["order_id"]}).body

    assert SECRET not in json.dumps([order, read], default=str)
    reference = read["info"]["pack1"]["auth_code"]
    assert TransferCodes(records).find(reference, "ada.de", now=NOW) == SECRET
    again = caller.call("order.update", {"order_id": order["order_id"], "info": {"pack1": read["info"]["pack1"]}}).body
    assert again["info"]["pack1"]["auth_code"] == reference


def test_a_repeated_create_makes_one_order(caller: Caller) -> None:
    pack = {**MOVED, "desserv": "ada.de", "auth_code": SECRET}
    hash = "a" * 32

    first, second = (made(caller, pack1=pack, hash=hash) for _ in range(2))
    assert first["order_id"] == second["order_id"]
    assert first["info"]["pack1"]["auth_code"] == second["info"]["pack1"]["auth_code"]


def test_another_code_may_come_after_the_submit_and_nothing_else(caller: Caller, records: RecordTable) -> None:
    order_id = made(caller, pack1={**MOVED, "desserv": "ada.de", "auth_code": SECRET})["order_id"]
    submitted = caller.call("order.submit", {"order_id": order_id})
    assert submitted.status == 200, submitted.body

    updated = caller.call("order.update", {"order_id": order_id, "info": {"pack1": {"auth_code": "another"}}}).body
    reference = updated["info"]["pack1"]["auth_code"]
    assert TransferCodes(records).find(reference, "ada.de", now=NOW) == "another"
    refused = caller.call("order.update", {"order_id": order_id, "info": {"pack1": {"desserv": "bea.de"}}})
    assert refused.status == 409


@pytest.mark.parametrize("key", ["epp_code", "auth_info", "transfer_code", "authcode"])
def test_a_code_under_another_name_is_refused_and_not_kept(caller: Caller, key: str) -> None:
    pack = {**MOVED, "desserv": "ada.de", key: SECRET}
    answer = caller.call("order.create", {"order_queue_id": 1, "info": {**CONTACT, "pack1": pack}})

    assert (answer.status, SECRET in json.dumps(answer.body)) == (422, False)
    assert f"info.pack1.{key}" in json.dumps(answer.body)
