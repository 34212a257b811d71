"""Answers pass the types that ubersmith 0.4.0 insists on, and are written as reference/ubersmith.md 4.4 has them."""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.flow.conftest import Shop, new_client_order
from tests.flow.wire.raw import Raw
from tests.flow.wire.speakers import Speaker, UbersmithApiWorker, speaker_named

pytestmark = pytest.mark.engine
INT_FIELDS = ("order_id", "order_status", "client_id", "order_form_id", "order_queue_id", "opportunity_id")


@pytest.fixture
def typed(shop: Shop, worker: UbersmithApiWorker) -> Iterator[Speaker]:
    with speaker_named("ubersmith", shop.stack, worker) as speaker:
        yield speaker


@pytest.fixture(scope="module")
def complete(shop: Shop) -> dict[str, Any]:
    """A complete order with a client, a service and a paid invoice."""
    order_id = shop.done("order.create", new_client_order(pack1={"plan_id": "2", "options": {"31": "101"}}))["order_id"]
    shop.done("order.submit", {"order_id": order_id})
    return shop.until_step(order_id, "complete")


def test_an_order_is_cleaned(typed: Speaker, complete: dict[str, Any]) -> None:
    order = typed.call("order.get", order_id=complete["order_id"])

    assert {type(order[name]) for name in INT_FIELDS} == {int}
    assert (type(order["total"]), order["total"]) == (Decimal, Decimal("278.00"))
    assert {type(order[name]) for name in ("ts", "activity")} == {datetime}
    assert {key: type(entry["ts"]) for key, entry in order["progress"].items()} == dict.fromkeys(
        (101, 102, 103), datetime
    )


def test_lists_are_cleaned(typed: Speaker, complete: dict[str, Any]) -> None:
    orders = typed.call("order.list", client_id=complete["client_id"])
    queues = typed.call("order.queue_list", brand_id=1)

    assert list(orders) == [int(complete["order_id"])]
    assert {type(orders[key]["priority"]) for key in orders} == {int}
    assert {1, 2, 3, 5} <= queues.keys()
    assert {type(step["count"]) for queue in queues.values() for step in queue["steps"].values()} == {int}
    assert typed.call("order.list", client_id=complete["client_id"], step_status=3) == {}
    assert typed.call("order.queue_list", brand_id=99) == {}


def test_clients_and_invoices_are_cleaned(typed: Speaker, complete: dict[str, Any]) -> None:
    client = typed.call("client.get", client_id=complete["client_id"])
    invoices = typed.call("client.invoice_list", client_id=complete["client_id"])
    (invoice_id,) = invoices
    invoice = typed.call("client.invoice_get", invoice_id=invoice_id)
    method = {"client_id": complete["client_id"], "cc_num": "1111", "country": "GB", "cc_token": "tok_approve_2"}
    added = typed.call("client.cc_add", **method)

    assert (client["clientid"], client["active"], type(client["created"])) == (
        int(complete["client_id"]),
        True,
        datetime,
    )
    assert (invoice["invid"], type(invoice["date"])) == (invoice_id, datetime)
    assert {int(complete["order_id"]), added} <= typed.call("client.payment_method_list", **method).keys()


def test_a_login_is_cleaned(typed: Speaker, existing: dict[str, str]) -> None:
    who = typed.call("uber.check_login", login=existing["login"], **{"pass": "correct horse"})

    assert (who["type"], who["client_id"]) == ("client", existing["client_id"])


TEXT = re.compile(r"-?\d+")
# What Ubersmith's own samples have as numbers (reference/ubersmith.md 4.4, 4.6).
NUMBERS = {
    "order.queue_list": r"\.steps\.\d+\.count$",
    "client.invoice_generate": r"^\.(time|duedate)$",
    "uber.method_get": r"\.(default|required)$",
}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict | list) and value:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, f"{path}.{key}")
    else:
        yield path, value


def calls(complete: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    order, client = {"order_id": complete["order_id"]}, {"client_id": complete["client_id"]}
    return [
        ("order.get", order),
        ("order.list", {**client}),
        ("order.post_list", order),
        ("order.queue_list", {"brand_id": 1}),
        ("order.queue_get", {"order_queue_id": 1}),
        ("order.queue_step_list", {"order_queue_id": 1}),
        ("order.queue_step_get", {"order_step_id": 12}),
        ("order.queue_action_list", {"order_step_id": 12}),
        ("order.queue_action_get", {"order_action_id": 102}),
        ("order.module_list", {}),
        ("order.module_get", {"order_module_name": "add_services"}),
        ("order.coupon_list", {}),
        ("client.get", client),
        ("client.payment_method_list", client),
        ("client.service_list", client),
        ("client.invoice_list", client),
        ("uber.method_list", {}),
        ("uber.system_info", {}),
        ("uber.service_plan_list", {}),
        ("uber.service_plan_get", {"plan_id": "2"}),
    ]


def test_values_are_text_and_empty_maps_are_lists(raw: Raw, complete: dict[str, Any]) -> None:
    """No number but the counts, no flag as true, no empty map: PHP has arrays only."""
    wrong = [
        (method, path, value)
        for method, parameters in calls(complete)
        for path, value in leaves(raw.call(method, **parameters))
        if not (isinstance(value, str) or value is None or value == [])
        and not (type(value) is int and re.search(NUMBERS.get(method, "^$"), path))
    ]

    assert wrong == []


def test_money_has_two_decimals_and_times_are_seconds(raw: Raw, complete: dict[str, Any]) -> None:
    order = raw.call("order.get", order_id=complete["order_id"])
    pack = order["info"]["pack1"]

    money = [order["total"], *(pack[name] for name in ("price", "setup", "cost", "total_setup"))]
    assert money == ["278.00", "149.00", "99.00", "179.00", "99.00"]
    assert [pack["monthly_fee"], pack["setup_fee"]] == [{"31": "30.00"}, {"31": "0.00"}]
    times = [order["ts"], order["activity"], *(entry["ts"] for entry in order["progress"].values())]
    assert all(isinstance(time, str) and re.fullmatch(r"1\d{9}", time) for time in times)
    unset = ("coupon_ids", "coupon_credits", "taxes")
    assert [order["info"][name] for name in unset] == [None, None, None]


def test_the_bundle_of_create_has_the_types_of_the_reference(raw: Raw) -> None:
    bundle = raw.call("order.create", order_queue_id=1)
    data, queue = bundle["data"], bundle["queue"]

    assert bundle.keys() == {"data_changed", "order_id", "data", "step", "form", "summary", "queue"}
    assert (bundle["data_changed"], type(bundle["order_id"]), "order_id" in data) == (False, str, False)
    numbers = {name: type(data[name]) for name in data if type(data[name]) is int}
    assert numbers == dict.fromkeys(("ts", "activity", "priority", "order_form_id", "opportunity_id"), int)
    assert (data["method"], data["client_id"], data["owner"], data["progress"]) == ("order.create", "", "", [])
    assert data["info"] == {"coupon_ids": [], "coupon_credits": [], "taxes": []}
    assert bundle["form"] == {"data": None, "id": 0, "queue": None}
    assert bundle["step"]["data"] == {"name": "Leads", "priority": "1", "order_queue_id": "1", "order_step_id": "11"}
    assert (bundle["step"]["order_step_id"], bundle["step"]["queue"]) == ("11", queue)
    assert queue["data"].keys() == {"order_queue_id", *queue["order_queue_fields"], "i18n"}
    assert bundle["summary"].startswith("<table>")
