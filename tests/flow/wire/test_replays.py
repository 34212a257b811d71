"""What known front ends do, call by call (reference/ubersmith.md 1.5, 1.6, 3.2, 3.3, 3.4)."""

from typing import Any
from uuid import uuid4

import pytest

from tests.flow.conftest import Shop, until
from tests.flow.wire.raw import FORM, Raw, query

pytestmark = pytest.mark.engine
PERSON = {"first": "Ada", "last": "Lovelace", "email": "ada@example.com", "country": "GB", "ip_address": "192.0.2.7"}
CARD = {"payment_type": "charge_prior_auth", "preauth_fail_error": "1", "cc_num": "4242", "cc_exp": "1230"}


def get(raw: Raw, method: str, **parameters: Any) -> dict[str, Any]:
    """As the vendor's order form calls: all in the address; it looks at the envelope itself."""
    answer = raw.send("GET", f"/api/2.0/?{query({'method': method, **parameters})}").json
    return dict(answer)


def post(raw: Raw, method: str, **parameters: Any) -> Any:
    return raw.send(
        "POST", f"/api/2.0/?method={method}", query(parameters), {"Content-Type": FORM, "Accept-Encoding": "gzip"}
    ).data


def until_order(raw: Raw, order_id: str, status: str) -> dict[str, Any]:
    def ask() -> dict[str, Any] | None:
        order = get(raw, "order.get", order_id=order_id)["data"]
        return order if order["order_status"] == status else None

    return until(f"order {order_id} in step {status}", ask)


def test_the_order_form_of_the_vendor(raw: Raw, existing: dict[str, str]) -> None:
    """Plans, a wrong coupon, account, a declined card, the same order again with another one, the client's number."""
    plan = get(raw, "uber.service_plan_get", plan_id="1")["data"]
    assert (plan["pricing"]["1"]["price"], plan["pricing"]["1"]["api_label"]) == ("9.95", "monthly")
    coupon = get(raw, "order.coupon_get", coupon_code="NOSUCH")
    assert (coupon["error_code"], coupon["data"]) == (1, "")
    login = get(raw, "uber.check_login", login=existing["login"], **{"pass": "correct horse"})["data"]
    assert login["client_id"] == existing["client_id"]

    pack = {"plan_id": "1", "period": "1", "desserv": "a.example", "status": "2", "auto_bill": "1"}
    cart = {"pack1": pack, "pack2": {**pack, "desserv": "b.example"}}
    made = get(raw, "order.create", order_queue_id=1, info={**PERSON, **cart, "AUPTOS": "1"})["data"]
    order_id, reference = made["order_id"], {"hash": made["data"]["hash"]}
    assert get(raw, "order.update", **reference, info={**PERSON, "phone": "020 7946 0000"})["data"] is True
    assert get(raw, "order.get", **reference)["data"]["progress"] == []

    assert get(raw, "order.update", **reference, info={**CARD, "cc_token": "tok_decline"})["data"] is True
    declined = get(raw, "order.submit", **reference)
    assert (declined["status"], declined["error_code"], declined["data"]) == (False, 1, "")
    assert get(raw, "order.get", **reference)["data"]["order_id"] == order_id
    assert get(raw, "order.update", **reference, info={"cc_token": "tok_approve"})["data"] is True
    assert order_id in get(raw, "order.submit", **reference)["data"]

    order = until_order(raw, order_id, "13")
    assert int(order["client_id"]) > 0
    assert (order["total"], order["info"]["AUPTOS"], order["info"]["phone"]) == ("19.90", "1", "+44 20 7946 0000")
    services = get(raw, "client.service_list", client_id=order["client_id"])["data"]
    assert sorted(service["desserv"] for service in services.values()) == ["a.example", "b.example"]
    methods = get(raw, "client.payment_method_list", client_id=order["client_id"])["data"]
    assert [method["cc_num"] for method in methods.values()] == ["4242"]


def test_the_order_form_of_the_vendor_has_what_failed_tried_again(
    raw: Raw, existing: dict[str, str], shop: Shop
) -> None:
    """Back on the account page the data is corrected, and every action that failed is processed. A login name that is taken
    is told before there is anything to process."""
    paid = {"payment_type": "cc", "cc_token": "tok_approve"}
    person = {**PERSON, **paid, "email": "ada@mailinator.com", "uber_login": existing["login"]}
    order_id = get(raw, "order.create", order_queue_id=2, info={**person, "pack1": {"plan_id": "1"}})["data"][
        "order_id"
    ]
    taken = get(raw, "order.submit", order_id=order_id)
    assert (taken["status"], "info.uber_login" in taken["error_message"]) == (False, True)
    get(raw, "order.update", order_id=order_id, info={"uber_login": f"ada-{uuid4().hex[:8]}"})
    get(raw, "order.submit", order_id=order_id)
    shop.until_action(order_id, "Check E-mail Domain", "waiting")
    get(raw, "order.update", order_id=order_id, info={"email": "ada@example.com"})

    order = get(raw, "order.get", order_id=order_id)["data"]
    failed = [action_id for action_id, entry in order["progress"].items() if entry["status"] == "failed"]
    assert failed == ["2202"]
    for action_id in failed:
        get(raw, "order.process", order_id=order_id, order_action_id=action_id)

    shop.until_action(order_id, "Check E-mail Domain", "done")


def test_the_front_end_of_a_customer(raw: Raw) -> None:
    """One thing at a time, each update on top of what is there; a coupon counts once it has become an object."""
    code = f"TEN{uuid4().hex[:8]}".upper()
    post(raw, "order.coupon_add", coupon_code=code, description="Ten off", discount_value=10, recurring=1)
    pack = {"plan_id": "2", "options": {"31": "101"}}
    made = post(raw, "order.create", order_queue_id=1, order_form_id=3, info={**PERSON, "pack1": pack})
    order_id, order_hash = made["order_id"], made["data"]["hash"]

    def pack1() -> dict[str, Any]:
        return dict(post(raw, "order.get", hash=order_hash)["info"]["pack1"])

    def update(**parameters: Any) -> None:
        assert post(raw, "order.update", hash=order_hash, **parameters) is True

    plan = post(raw, "uber.service_plan_get", plan_id=pack1()["plan_id"])
    assert plan["upgrades"]["31"]["options"]["101"]["spo_description"] == pack1()["options_desc"]["31"] == "64 GB"
    update(info={"pack1": {"coupon": "NOSUCH"}})
    assert pack1()["coupon"] == "NOSUCH"
    update(info={"pack1": {"coupon": code.lower()}})
    assert (pack1()["coupon"]["coupon_code"], int(pack1()["coupon"]["coupon_id"]) > 0) == (code, True)
    update(info={"pack1": {"period": 3, "price": "400.00"}})
    update(info={"pack1": {"quantity": 2}})
    assert (pack1()["options"], pack1()["cost"], pack1()["total_setup"]) == ({"31": "101"}, "882.00", "49.00")

    client_id = post(raw, "client.add", **PERSON)
    update(client_id=client_id)
    card = {"client_id": client_id, "cc_num": "4242", "cc_expire": "1230", "country": "GB", "cc_token": "tok_approve"}
    update(card_stored=1, card_id=post(raw, "client.cc_add", **card), info={"payment_type": "cc"})
    update(info={"pack1": {"taxes": {"3": "1"}, "setup_taxes": {"3": "1"}}})
    assert order_id in post(raw, "order.submit", hash=order_hash)

    order = until_order(raw, order_id, "13")
    said = {name: order[name] for name in ("client_id", "order_form_id", "total")}
    assert said == {"client_id": client_id, "order_form_id": "3", "total": "931.00"}
    assert order["info"]["pack1"]["taxes"] == {"3": "1"}
    (invoice,) = post(raw, "client.invoice_list", client_id=client_id).values()
    assert (invoice["amount"], invoice["paid"], invoice["order_id"]) == ("931.00", "1", order_id)
