"""Coupons over the API: their upkeep, and orders that use them (reference/ubersmith.md 3.4, 4.5 and 4.7)."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from lambdas.records.clients.client import Client, ClientRecords
from lambdas.records.users.rights import ROLES, Grant, Right
from tests.support.build import CARD, CONTACT, NOW, a_queue
from tests.unit.api.conftest import Answer, Caller

COUPON = {"coupon_code": "save10", "description": "Ten percent", "discount_value": "10"}


@pytest.fixture
def caller(caller: Caller) -> Caller:
    """With a second brand."""
    return caller.selling_in(a_queue(order_queue_id=8, brand_id=2))


@pytest.fixture
def coupon_id(caller: Caller) -> str:
    return str(caller.data("order.coupon_add", COUPON))


def refused(caller: Caller, method: str, parameters: dict[str, Any]) -> str:
    answer = caller.send("/api/2.0/", query=f"method={method}", body=json.dumps(parameters))
    assert (answer.status, answer.body["status"], answer.body["error_code"], answer.body["data"]) == (200, False, 1, "")
    return str(answer.body["error_message"])


def a_client(caller: Caller) -> str:
    clients = ClientRecords(caller.api.backend.records)
    client = Client(client_id=clients.new_client_id(), brand_id=1, order_id="900", first="Ada", created_at=NOW)
    return clients.make(client, None)


def test_a_coupon_is_answered_in_text_by_id_and_by_code(caller: Caller, coupon_id: str) -> None:
    found = caller.data("order.coupon_get", {"coupon_id": coupon_id})

    assert found == {
        "coupon": {
            "coupon_id": "1",
            "coupon_code": "SAVE10",
            "class_id": "1",
            "plan_id": "0",
            "description": "Ten percent",
            "start": str(NOW),
            "expire": "0",
            "active": "1",
            "vip": "0",
            "recurring": "0",
            "discount_value": "10.00",
            "dollar": "0",
            "setup_discount_value": "0.00",
            "setup_dollar": "0",
            "max_uses": "0",
            "total_uses": "0",
        },
        "options": [],
        "clients": [],
    }
    assert caller.data("order.coupon_get", {"coupon_code": "Save10"}) == found
    assert caller.data("order.coupon_get", {"coupon_code": "SAVE10", "brand_id": 1}) == found


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("order.coupon_get", {"coupon_code": "nope"}),
        ("order.coupon_get", {"coupon_id": "7"}),
        ("order.coupon_get", {"coupon_code": "SAVE10", "brand_id": "2"}),
        ("order.coupon_update", {"coupon_id": "7", "active": "0"}),
        ("order.coupon_client_add", {"coupon_id": "7", "client_id": "1"}),
        ("order.coupon_client_delete", {"coupon_id": "7", "client_id": "1"}),
    ],
)
def test_an_unknown_one_is_refused_in_ubersmiths_words(
    caller: Caller, coupon_id: str, method: str, parameters: dict[str, Any]
) -> None:
    assert refused(caller, method, parameters) == "could not get coupon info"
    assert caller.call(method, parameters).status == 404


def test_all_parameters_of_a_new_coupon_come_back_from_a_php_form(caller: Caller) -> None:
    form = (
        "method=order.coupon_add&coupon_code=big&description_en_US=Big&description_de_DE=Gro%C3%9F&plan_id=2"
        f"&start={NOW}&expire={NOW + 9}&recurring=1&discount_value=5.5&dollar=1&setup_discount_value=50&setup_dollar=0"
        "&max_uses=3&class_id=2&active=1&vip=True&opts[101][discount_type]=0&opts[101][discount]=10"
        "&opts[101][setup_discount_type]=1&opts[101][setup_discount]=5.00"
    )
    added = caller.send("/api/2.0/", body=form, content_type="application/x-www-form-urlencoded").body["data"]

    found = caller.data("order.coupon_get", {"coupon_id": added})
    expected = {"description": "", "description_en_US": "Big", "description_de_DE": "Groß", "plan_id": "2"}
    expected |= {"expire": str(NOW + 9), "recurring": "1", "discount_value": "5.50", "dollar": "1", "vip": "1"}
    expected |= {"setup_discount_value": "50.00", "setup_dollar": "0", "max_uses": "3", "class_id": "2"}
    assert {name: found["coupon"][name] for name in expected} == expected
    assert found["options"] == {
        "101": {
            "coupon_id": added,
            "spo_id": "101",
            "discount": "10.00",
            "discount_type": "0",
            "setup_discount": "5.00",
            "setup_discount_type": "1",
        }
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"coupon_code": ""}, "coupon_code"),
        ({"coupon_code": "  "}, "coupon_code"),
        ({"coupon_code": "x" * 65}, "coupon_code"),
        ({"description": ""}, "description"),
        ({"discount_value": "100.01"}, "discount_value"),
        ({"discount_value": "1.001"}, "discount_value"),
        ({"discount_value": "-1"}, "discount_value"),
        ({"setup_discount_value": "101"}, "setup_discount_value"),
        ({"plan_id": "77"}, "plan_id"),
        ({"plan_id": "1", "opts": {"101": {"discount": "1"}}}, "opts.101"),
        ({"opts": {"101": {"discount": "101"}}}, "opts.101.discount"),
        ({"expire": NOW - 1}, "expire"),
        ({"descripton_en": "x"}, "descripton_en"),
    ],
)
def test_what_could_never_be_right_is_named(caller: Caller, changes: dict[str, Any], field: str) -> None:
    answer = caller.call("order.coupon_add", {**COUPON, **changes})

    assert answer.status in (400, 422)
    assert [error["field"] for error in answer.body["errors"]] == [field]


def test_a_coupon_of_a_plan_that_is_sold_no_more_can_still_be_ended(caller: Caller) -> None:
    made = str(
        caller.data(
            "order.coupon_add", {**COUPON, "coupon_code": "OLD", "plan_id": "2", "opts": {"101": {"discount": "5"}}}
        )
    )
    left = {key: plan for key, plan in caller.api.backend.plans.items() if key != "2"}
    later = replace(caller, api=replace(caller.api, backend=replace(caller.api.backend, plans=left)))

    assert later.data("order.coupon_update", {"coupon_id": made, "active": 0}) is True
    assert later.call("order.coupon_get", {"coupon_id": made}).body["active"] is False
    moved = later.call("order.coupon_update", {"coupon_id": made, "opts": {"101": {"discount": "6"}}})
    assert [each["field"] for each in moved.body["errors"]] == ["plan_id"]


@pytest.mark.parametrize("brand", [0, 3, 12])
def test_a_coupon_is_of_a_brand_there_is(caller: Caller, coupon_id: str, brand: int) -> None:
    for method, sent in (("order.coupon_add", COUPON), ("order.coupon_update", {"coupon_id": coupon_id})):
        answer = caller.call(method, {**sent, "class_id": brand})
        assert (answer.status, [each["field"] for each in answer.body["errors"]]) == (422, ["class_id"])
        assert "the brands here are 1, 2" in answer.body["detail"]


def test_a_code_is_taken_once(caller: Caller, coupon_id: str) -> None:
    assert "coupon_code: another coupon of brand 1 has this code" in refused(caller, "order.coupon_add", COUPON)
    assert caller.call("order.coupon_add", COUPON).status == 409
    assert caller.data("order.coupon_add", {**COUPON, "class_id": "2"}) != coupon_id


def test_an_update_changes_what_is_sent_and_keeps_the_rest(caller: Caller) -> None:
    opts = {"101": {"discount": "10"}, "111": {"discount": "5", "discount_type": 1}}
    coupon_id = caller.data("order.coupon_add", {**COUPON, "plan_id": "2", "opts": opts, "max_uses": 5})

    assert caller.data(
        "order.coupon_update",
        {"coupon_id": coupon_id, "plan_id": 0, "active": "0", "dollar": "1", "opts": {"101": {"discount": "0"}}},
    )
    assert caller.data("order.coupon_update", {"coupon_id": coupon_id, "description_en_US": "Ten", "max_uses": ""})
    found = caller.data("order.coupon_get", {"coupon_id": coupon_id})
    expected = {"plan_id": "0", "active": "0", "dollar": "1", "discount_value": "10.00", "max_uses": "5"}
    expected |= {"description": "Ten percent", "description_en_US": "Ten", "coupon_code": "SAVE10"}
    assert {name: found["coupon"][name] for name in expected} == expected
    assert list(found["options"]) == ["111"]


@pytest.mark.parametrize("several", [["101", "102"], {"0": "101", "1": "102"}, [101, 102]])
def test_clients_are_named_one_or_several_at_a_time(caller: Caller, coupon_id: str, several: Any) -> None:
    for _ in range(2):
        caller.api.backend.records.put_new({"pk": "client#102", "sk": "client", "brand_id": 1})
        caller.api.backend.records.put_new({"pk": "client#101", "sk": "client", "brand_id": 1})

    assert caller.data("order.coupon_client_add", {"coupon_id": coupon_id, "client_id": several}) is True
    clients = caller.data("order.coupon_get", {"coupon_id": coupon_id})["clients"]
    assert clients == {number: {"coupon_id": coupon_id, "client_id": number} for number in ("101", "102")}
    assert caller.data("order.coupon_client_delete", {"coupon_id": coupon_id, "client_id": "101"}) is True
    assert list(caller.data("order.coupon_get", {"coupon_id": coupon_id})["clients"]) == ["102"]


def test_clients_must_be_named_and_exist(caller: Caller, coupon_id: str) -> None:
    nobody = {"coupon_id": coupon_id, "client_id": ""}

    assert refused(caller, "order.coupon_client_add", nobody) == "request failed: client_id parameter not supplied"
    assert refused(caller, "order.coupon_client_delete", nobody) == "request failed: client_id parameter not supplied"
    unknown = {"coupon_id": coupon_id, "client_id": "999"}
    assert refused(caller, "order.coupon_client_add", unknown) == "Client ID '999' not found."


@pytest.fixture
def four(caller: Caller) -> None:
    """1 of plan 1; 2 of brand 2; 3 inactive, ends first; 4 begins last, ends."""
    for coupon in (
        {"coupon_code": "d", "plan_id": "1", "start": "10"},
        {"coupon_code": "c", "class_id": "2", "start": "20"},
        {"coupon_code": "b", "active": "0", "start": "30", "expire": "100", "opts": {"101": {"discount": "1"}}},
        {"coupon_code": "a", "start": "40", "expire": "200"},
    ):
        caller.data("order.coupon_add", {"description": "x", **coupon})


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["1", "2", "3", "4"]),
        ({"plan_id": 1}, ["1"]),
        ({"plan_id": 0}, ["2", "3", "4"]),
        ({"class_id": "1"}, ["1", "3", "4"]),
        ({"active": "1"}, ["1", "2", "4"]),
        ({"active": "0"}, ["3"]),
        ({"start": 30}, ["3", "4"]),
        ({"expire": 150}, ["3"]),
        ({"direction": "desc"}, ["4", "3", "2", "1"]),
        ({"order_by": "coupon_code"}, ["4", "3", "2", "1"]),
        ({"order_by": "start", "direction": "desc", "limit": 2}, ["4", "3"]),
        ({"offset": 1, "limit": 2}, ["2", "3"]),
        ({"class_id": "9"}, []),
    ],
)
def test_coupons_are_listed(caller: Caller, four: None, asked: dict[str, Any], found: list[str]) -> None:
    listed = caller.data("order.coupon_list", asked)

    assert list(listed) == found
    assert listed or listed == []
    assert [one["coupon_id"] for one in caller.call("order.coupon_list", asked).body["coupons"]] == found


def test_a_list_has_options_and_clients_if_they_are_asked_for(caller: Caller, four: None) -> None:
    plain = caller.data("order.coupon_list", {})["3"]
    full = caller.data("order.coupon_list", {"include_options": 1, "include_clients": "1"})["3"]

    assert not {"options", "clients"} & plain.keys()
    assert (list(full["options"]), full["clients"]) == (["101"], [])


def as_user(caller: Caller, grant: Grant, method: str, parameters: dict[str, Any]) -> Answer:
    token = caller.api.users.add(f"user-{method}-{len(grant.rights)}", (grant,), now=0)
    credentials = base64.b64encode(f"user-{method}-{len(grant.rights)}:{token}".encode()).decode()
    return caller.send(f"/{method}", body=json.dumps(parameters), headers={"authorization": f"Basic {credentials}"})


def test_reading_needs_the_right_to_view_and_writing_that_to_money(caller: Caller, coupon_id: str) -> None:
    viewer, billing = Grant(rights=ROLES["viewer"]), Grant(rights=ROLES["billing"])

    assert as_user(caller, viewer, "order.coupon_get", {"coupon_id": coupon_id}).status == 200
    for method in ("order.coupon_add", "order.coupon_update", "order.coupon_client_add", "order.coupon_client_delete"):
        assert as_user(caller, viewer, method, {"coupon_id": coupon_id}).status == 403
    assert as_user(caller, billing, "order.coupon_update", {"coupon_id": coupon_id, "active": "0"}).status == 200


def test_rights_hold_in_their_brands_only(caller: Caller, four: None) -> None:
    elsewhere = Grant(rights=frozenset(Right), brands=frozenset({2}))

    assert as_user(caller, elsewhere, "order.coupon_get", {"coupon_id": "1"}).status == 403
    listed = as_user(caller, elsewhere, "order.coupon_list", {}).body["coupons"]
    assert [coupon["coupon_id"] for coupon in listed] == ["2"]
    assert as_user(caller, elsewhere, "order.coupon_update", {"coupon_id": "2", "class_id": 1}).status == 403
    assert as_user(caller, elsewhere, "order.coupon_client_add", {"coupon_id": "1", "client_id": "1"}).status == 403


def test_new_callers_get_real_types(caller: Caller) -> None:
    added = caller.call("order.coupon_add", {**COUPON, "description_en_US": "Ten", "opts": {"101": {"discount": "1"}}})

    assert added.status == 201
    assert added.body == {
        "coupon_id": "1",
        "coupon_code": "SAVE10",
        "class_id": 1,
        "plan_id": None,
        "description": "Ten percent",
        "descriptions": {"en_US": "Ten"},
        "starts_at": "2027-01-15T08:00:00Z",
        "expires_at": None,
        "active": True,
        "vip": False,
        "recurring": False,
        "discount": {"kind": "percentage", "value": "10.00"},
        "setup_discount": {"kind": "percentage", "value": "0.00"},
        "options": {
            "101": {
                "recurring": {"kind": "percentage", "value": "1.00"},
                "setup": {"kind": "percentage", "value": "0.00"},
            }
        },
        "clients": [],
        "max_uses": None,
        "total_uses": 0,
    }
    (listed,) = caller.call("order.coupon_list", {}).body["coupons"]
    assert (listed["options"], listed["clients"]) == (None, None)


ORDER = {"order_queue_id": 1, "info": {**CONTACT, **CARD, "pack1": {"plan_id": "1"}}}


def test_a_front_end_sees_whether_its_coupon_was_accepted(caller: Caller, coupon_id: str) -> None:
    """The walk of reference/ubersmith.md 3.2 and 3.4: create, update with the code, read back, submit."""
    order_id = caller.data("order.create", ORDER)["order_id"]

    def with_coupon(coupon: Any) -> dict[str, Any]:
        assert caller.data("order.update", {"order_id": order_id, "info": {"pack1": {"coupon": coupon}}}) is True
        record: dict[str, Any] = caller.data("order.get", {"order_id": order_id})
        return record

    record = with_coupon("nope")
    assert (record["info"]["pack1"]["coupon"], record["total"], record["info"]["coupon_ids"]) == ("nope", "9.95", None)
    record = with_coupon("save10")
    accepted = record["info"]["pack1"]["coupon"]
    assert (accepted["coupon_id"], accepted["coupon_code"], accepted["discount"]) == (coupon_id, "SAVE10", "1.00")
    assert (record["total"], record["info"]["pack1"]["cost"], record["info"]["pack1"]["price"]) == (
        "8.95",
        "8.95",
        "9.95",
    )
    assert (record["info"]["coupon_ids"], record["info"]["coupon_credits"]) == ([coupon_id], {coupon_id: "1.00"})
    assert with_coupon(accepted) == record
    assert caller.data("order.submit", {"order_id": order_id})
    assert caller.data("order.coupon_get", {"coupon_id": coupon_id})["coupon"]["total_uses"] == "1"


def test_the_summary_of_a_new_order_shows_the_discount(caller: Caller, coupon_id: str) -> None:
    bundle = caller.data("order.create", {**ORDER, "info": {**ORDER["info"], "coupon": "SAVE10"}})  # type: ignore[dict-item]

    assert "Coupon SAVE10</td><td>-1.00</td>" in bundle["summary"]
    assert bundle["data"]["info"]["coupon_ids"] == [coupon_id]


def test_new_callers_get_the_services_with_their_amounts(caller: Caller, coupon_id: str) -> None:
    pack = {"plan_id": "2", "quantity": 2, "options": {"31": "101"}, "desserv": "db.example", "coupon": "SAVE10"}
    made = caller.call("order.create", {"order_queue_id": 1, "info": {"pack1": pack}}).body

    assert made["services"] == [
        {
            "pack": "pack1",
            "plan_id": "2",
            "title": "Dedicated Server E-2288G",
            "description": "db.example",
            "quantity": 2,
            "period": 1,
            "options": {"31": "101"},
            "setup": "99.00",
            "recurring": "358.00",
            "setup_discount": "0.00",
            "recurring_discount": "35.80",
            "prorated": None,
            "coupon_code": "SAVE10",
            "tax": "0.00",
            "taxes": [],
            "first_charge": "421.20",
            "renewal": "358.00",
        }
    ]
    assert made["info"]["pack1"] == pack
    assert made["total"] == "421.20"


def test_a_coupon_that_was_used_up_meanwhile_refuses_the_submit_with_the_new_total(caller: Caller) -> None:
    caller.data("order.coupon_add", {**COUPON, "max_uses": 1})
    order = {**ORDER, "info": {**ORDER["info"], "coupon": "SAVE10"}}  # type: ignore[dict-item]
    first, second = (caller.call("order.create", order).body["order_id"] for _ in range(2))
    assert caller.call("order.submit", {"order_id": first}).status == 200

    gone = caller.call("order.submit", {"order_id": second})
    assert (gone.status, gone.body["total"]) == (409, "9.95")
    assert "its total is 9.95 USD now; submit it again" in gone.body["detail"]
    assert caller.call("order.submit", {"order_id": second}).body["total"] == "9.95"


def test_a_coupon_for_existing_clients_needs_one(caller: Caller) -> None:
    caller.data("order.coupon_add", {**COUPON, "vip": 1})
    order = {**ORDER, "info": {**ORDER["info"], "coupon": "SAVE10"}}  # type: ignore[dict-item]
    made = caller.call("order.create", order).body
    assert made["total"] == "9.95"

    known = caller.call("order.update", {"order_id": made["order_id"], "client_id": a_client(caller)}).body
    assert known["total"] == "8.95"


@pytest.mark.parametrize(("flag", "added"), [(True, {"32": "110"}), (False, {})])
def test_default_upgrades_are_added_if_they_are_asked_for(caller: Caller, flag: bool, added: dict[str, str]) -> None:
    info = {"pack1": {"plan_id": "2", "options": {"31": "101"}}, "pack2": {"plan_id": "1"}}
    made = caller.call("order.create", {"order_queue_id": 1, "add_default_pack_upgrades": flag, "info": info}).body

    assert made["info"]["pack1"]["options"] == {"31": "101", **added}
    assert "options" not in made["info"]["pack2"]


def test_the_same_key_with_and_without_default_upgrades_is_not_the_same_request(caller: Caller) -> None:
    order = {"order_queue_id": 1, "info": {"pack1": {"plan_id": "2"}}}
    keyed = {"idempotency-key": "cart-9"}
    first = caller.call("order.create", {**order, "add_default_pack_upgrades": False}, **keyed)

    assert caller.call("order.create", order, **keyed).body == first.body
    assert caller.call("order.create", {**order, "add_default_pack_upgrades": True}, **keyed).status == 409
