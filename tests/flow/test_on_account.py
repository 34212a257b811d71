"""Orders on account: a server that is invoiced is built, and handed over only once its invoice is paid."""

import time
from typing import Any

import httpx
import pytest

from infra.local.panel.process import LocalPanel
from lambdas.records.clients.service import ServiceStatus
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from tests.flow.conftest import Shop, new_client_order, until
from tests.flow.server_orders import CALL_BACK, CHECKLIST, CONFIRMS, QUEUE, RACK, SERVER, action_of, process

pytestmark = pytest.mark.engine
AWAIT = 3603
ON_ACCOUNT: dict[str, Any] = {
    "payment_type": "wire",
    "cc_token": None,
    "cc_type": None,
    "cc_num": None,
    "cc_expire": None,
}


def an_order_on_account() -> dict[str, Any]:
    order = new_client_order(pack1=SERVER)
    info = {key: value for key, value in {**order["info"], **ON_ACCOUNT}.items() if value is not None}
    return {**order, "order_queue_id": QUEUE, "info": info}


@pytest.fixture
def unpaid(shop: Shop, second: httpx.Client, panel: LocalPanel) -> str:
    """An order whose server is built, and whose invoice nobody paid."""
    order_id = str(shop.done("order.create", an_order_on_account())["order_id"])
    shop.done("order.submit", {"order_id": order_id})
    shop.until_action(order_id, "Identity Call-back", "waiting")
    process(shop, order_id, CALL_BACK)
    shop.until_action(order_id, "Rack and Cable", "waiting")
    process(shop, order_id, RACK)
    shop.until_action(order_id, "QA Checklist", "waiting")
    second.post("/order.process", json={"order_id": order_id, "order_action_id": CHECKLIST}).raise_for_status()
    shop.until_action(order_id, "Await Payment", "waiting")
    return order_id


def invoice_of(shop: Shop, order_id: str) -> Invoice:
    found = shop.invoices.of_order(order_id)
    assert found
    return found


def service_status(shop: Shop, order_id: str) -> ServiceStatus:
    (service,) = shop.services.of_order(shop.order(order_id)["client_id"], order_id, also_canceled=True)
    return service.status


def paid_by_hand(shop: Shop, order_id: str) -> httpx.Response:
    invoice = invoice_of(shop, order_id)
    amount = f"{invoice.total_cents // 100}.{invoice.total_cents % 100:02d}"
    said = {"inv_id": invoice.invoice_id, "amount": amount, "payment_type": "wire", "reference": f"for {order_id}"}
    return shop.call("client.payment_add", said)


def test_it_waits_for_its_money_and_is_handed_over_once_staff_recorded_it(shop: Shop, unpaid: str) -> None:
    order = shop.order(unpaid)
    (wait,) = [each for each in order["waits"] if each["for"] == str(AWAIT)]
    assert (wait["owner"], wait["overdue"]) == ("finance", False)
    assert "to be paid" in action_of(order, AWAIT)["reason"]
    assert service_status(shop, unpaid) is ServiceStatus.PENDING

    assert paid_by_hand(shop, unpaid).json()["status"] == "paid"
    shop.until_action(unpaid, "Client Confirms", "waiting")
    assert service_status(shop, unpaid) is ServiceStatus.ACTIVE
    assert action_of(shop.order(unpaid), AWAIT)["by"] == "local"
    process(shop, unpaid, CONFIRMS, input={"answers": ["yes"]})
    shop.until_step(unpaid, "complete")


def test_a_charge_of_its_invoice_lets_it_go_on_too(shop: Shop, unpaid: str) -> None:
    client_id = shop.done("order.get", {"order_id": unpaid})["client_id"]
    shop.done("client.cc_add", {"client_id": client_id, "cc_token": "tok_approve", "cc_num": "4242", "country": "GB"})
    shop.done("client.invoice_charge", {"inv_id": invoice_of(shop, unpaid).invoice_id})

    shop.until_action(unpaid, "Client Confirms", "waiting")
    shop.done("order.cancel", {"order_id": unpaid})
    shop.until_unwound(unpaid)


def test_one_that_nobody_pays_is_finances_overdue_order_and_is_unwound_when_it_is_canceled(
    shop: Shop, unpaid: str
) -> None:
    past = {"N": str(int(time.time()) - 60)}
    shop.dynamodb.update_item(
        TableName=shop.stack.order_table,
        Key={"pk": {"S": unpaid}, "sk": {"S": "order"}},
        UpdateExpression="SET waits.#key.due_at = :past, due_at = :past, revision = revision + :one",
        ConditionExpression="attribute_exists(waits.#key)",
        ExpressionAttributeNames={"#key": str(AWAIT)},
        ExpressionAttributeValues={":past": past, ":one": {"N": "1"}},
    )
    until("the sweeper finds it", lambda: shop.sweep()["overdue"] or None)
    (wait,) = [each for each in shop.order(unpaid)["waits"] if each["for"] == str(AWAIT)]
    assert (wait["owner"], wait["overdue"]) == ("finance", True)
    assert service_status(shop, unpaid) is ServiceStatus.PENDING

    shop.done("order.cancel", {"order_id": unpaid})
    shop.until_unwound(unpaid)
    assert invoice_of(shop, unpaid).status is InvoiceStatus.CREDITED
    assert service_status(shop, unpaid) is ServiceStatus.CANCELED
    refused = paid_by_hand(shop, unpaid)
    assert (refused.status_code, invoice_of(shop, unpaid).payment) == (409, None)


def test_money_that_came_by_hand_is_asked_back_of_finance_when_the_order_is_canceled(shop: Shop, unpaid: str) -> None:
    assert paid_by_hand(shop, unpaid).is_success
    shop.until_action(unpaid, "Client Confirms", "waiting")
    shop.done("order.cancel", {"order_id": unpaid})

    def owed() -> dict[str, Any] | None:
        waits = shop.order(unpaid)["waits"]
        return next((wait for wait in waits if wait["for"].startswith("undo")), None)

    assert until("somebody is asked to pay it back", owed)["owner"] == "finance"
    until("nothing waits for that", lambda: service_status(shop, unpaid) is ServiceStatus.CANCELED or None)
    shop.done("client.payment_refund", {"inv_id": invoice_of(shop, unpaid).invoice_id, "reference": "back"})
    shop.until_unwound(unpaid)
