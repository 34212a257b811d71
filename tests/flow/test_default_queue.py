"""The main job: a new client's order goes from `order.create` over HTTPS to Complete."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from lambdas.payments.gateway import TransactionState
from lambdas.records.clients.service import ServiceStatus
from lambdas.records.invoices.invoice import InvoiceStatus
from tests.flow.conftest import Shop, as_text, new_client_order

pytestmark = pytest.mark.engine
CANARY = "Canary-Jane-Doe"


def complete(shop: Shop, order: dict[str, Any]) -> dict[str, Any]:
    order_id = shop.done("order.create", order)["order_id"]
    shop.done("order.submit", {"order_id": order_id})
    return shop.until_step(order_id, "complete")


def test_an_order_ends_complete_with_client_services_and_a_paid_invoice(shop: Shop) -> None:
    pack = {"plan_id": "2", "period": 1, "options": {"31": "101"}, "desserv": "a.example"}
    order = complete(shop, new_client_order(pack1=pack, pack2={"plan_id": "3", "desserv": "a.example", "status": 2}))

    assert [action["state"] for action in order["actions"]] == ["done"] * 3
    client = shop.clients.get(order["client_id"])
    assert client is not None
    assert (client.first, client.email, client.order_id) == ("Ada", "ada@example.com", order["order_id"])
    method = shop.clients.payment_method(client.client_id, order["order_id"])
    assert method is not None
    assert (method.brand, method.last_four, method.expiry) == ("Visa", "4242", "1230")
    services = shop.services.of_order(client.client_id, order["order_id"])
    assert [(service.title, service.status) for service in services] == [
        ("Dedicated Server E-2288G", ServiceStatus.ACTIVE),
        ("Domain Registration", ServiceStatus.PENDING),
    ]
    invoice = shop.invoices.of_order(order["order_id"])
    assert invoice is not None
    assert (invoice.total_cents, invoice.status) == (14900 + 3000 + 9900 + 1450, InvoiceStatus.PAID)
    assert sum(line.amount_cents for line in invoice.lines) == invoice.total_cents
    payment = shop.gateway.find(shop.hold_key(order["order_id"]))
    assert payment is not None
    assert (payment.state, payment.amount_cents) == (TransactionState.CAPTURED, invoice.total_cents)


def test_the_happy_path_takes_4_transitions(shop: Shop) -> None:
    order_id = complete(shop, new_client_order())["order_id"]
    shop.execution_ended(order_id)

    assert shop.states_entered(order_id) == [
        "Provision Client",
        "Add Services",
        "Generate Invoice",
        "Complete",
    ]


def test_machines_get_ids_only_and_no_log_names_a_person(shop: Shop) -> None:
    order = complete(shop, new_client_order(first=CANARY, email=f"{CANARY}@example.com"))
    execution = shop.execution_ended(order["order_id"])

    assert json.loads(execution["input"]) == {"order_id": order["order_id"]}
    assert CANARY not in as_text(shop.history(order["order_id"]))
    logs = shop.client("logs")
    said = [
        event["message"]
        for group in logs.describe_log_groups()["logGroups"]
        for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
    ]
    assert any(order["order_id"] in line for line in said)
    assert not any(CANARY in line for line in said)


def test_fifty_orders_at_once_all_complete_with_invoices_without_a_gap(shop: Shop) -> None:
    before = shop.records.get("series#1#invoice", "counter") or {"latest": 0}

    with ThreadPoolExecutor(16) as pool:
        orders = list(pool.map(lambda number: complete(shop, new_client_order(uber_login=f"user{number}")), range(50)))

    numbers = sorted(order["actions"][2]["result"]["invoice_number"] for order in orders)
    assert numbers == list(range(before["latest"] + 1, before["latest"] + 51))
    assert len({order["client_id"] for order in orders}) == 50
    assert {order["actions"][2]["result"]["status"] for order in orders} == {"paid"}


def test_an_order_of_an_existing_client_changes_nothing_of_the_client(shop: Shop) -> None:
    first = complete(shop, new_client_order())
    before = shop.clients.get(first["client_id"])

    second = complete(
        shop, {"order_queue_id": 1, "client_id": first["client_id"], "info": new_client_order(first="Eve")["info"]}
    )

    assert second["client_id"] == first["client_id"]
    assert second["actions"][0]["result"]["made"] is False
    assert shop.clients.get(first["client_id"]) == before
    assert shop.clients.payment_method(first["client_id"], second["order_id"]) is None


def test_an_order_of_an_existing_client_pays_with_a_stored_method(shop: Shop) -> None:
    first = complete(shop, new_client_order())
    info = {"billing_info_id": first["order_id"], "pack1": {"plan_id": "1"}}

    second = complete(shop, {"order_queue_id": 1, "client_id": first["client_id"], "info": info})

    assert second["actions"][2]["result"]["status"] == "paid"


def test_an_order_without_packs_makes_a_client_and_nothing_else(shop: Shop) -> None:
    order = complete(shop, {"order_queue_id": 1, "info": {"company": "Ltd", "email": "ltd@example.com"}})

    assert order["client_id"]
    assert [action["reason"] for action in order["actions"]] == [
        "client made",
        "the order asks for no services",
        "nothing to invoice",
    ]


@pytest.mark.parametrize(
    ("payment", "status"),
    [
        ({"payment_type": "paypal", "paypal_token": "paypal_approve"}, "paid"),
        ({"payment_type": "paypal", "paypal_token": "paypal_captured"}, "paid"),
        ({"cc_token": "tok_times_out"}, "paid"),
    ],
)
def test_each_way_to_pay(shop: Shop, payment: dict[str, str], status: str) -> None:
    assert complete(shop, paid_by(payment))["actions"][2]["result"]["status"] == status


@pytest.mark.parametrize(
    "payment", [{"payment_type": "ach", "ach_token": "tok_bank", "ach_acct": "6789"}, {"payment_type": "check"}]
)
def test_a_client_we_have_may_order_on_account(shop: Shop, payment: dict[str, str]) -> None:
    client_id = shop.done("client.add", {"first": "Ada", "email": "ada@example.com", "country": "GB"})["client_id"]

    order = complete(shop, {**paid_by(payment), "client_id": client_id})
    assert order["actions"][2]["result"]["status"] == "open"


def paid_by(payment: dict[str, str]) -> dict[str, Any]:
    """A new client's order, paid so."""
    order = new_client_order(**payment)
    if "cc_token" not in payment:
        order["info"] = {key: value for key, value in order["info"].items() if not key.startswith("cc_")}
    return order


def test_api_2_0_takes_the_same_order_to_complete(shop: Shop) -> None:
    def call(method: str, body: str) -> Any:
        answer = shop.http.post(
            f"/api/2.0/?method={method}", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json()["status"] is True, answer.text
        return answer.json()["data"]

    made = call(
        "order.create",
        "order_queue_id=1&info%5Bfirst%5D=Ada&info%5Bemail%5D=ada%40example.com&info[payment_type]=cc"
        "&info[cc_token]=tok_approve&info[pack1][plan_id]=1",
    )
    assert made["order_id"] in call("order.submit", f"hash={made['data']['hash']}")
    shop.until_step(made["order_id"], "complete")
    record = call("order.get", f"order_id={made['order_id']}")
    assert {entry["status"] for entry in record["progress"].values()} == {"done"}
    assert (record["total"], record["order_status"]) == ("9.95", "13")


def test_the_401_reaches_the_caller_as_the_clients_need_it(shop: Shop) -> None:
    for credentials in ("", "Basic " + base64.b64encode(b"web:wrong").decode()):
        answer = httpx.post(f"{shop.stack.api_url}/api/2.0/?method=order.get", headers={"Authorization": credentials})

        assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/json")
        assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
        assert answer.json()["status"] is False


def test_a_multipart_body_passes_the_gateway_whole(shop: Shop) -> None:
    fields = {"order_queue_id": (None, "1"), "info[first]": (None, "Ädä"), "info[pack1][plan_id]": (None, "1")}
    answer = shop.http.post("/api/2.0/?method=order.create", files=fields)

    order = shop.order(answer.json()["data"]["order_id"])
    assert (order["info"]["first"], order["total"]) == ("Ädä", "9.95")
