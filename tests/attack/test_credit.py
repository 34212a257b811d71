"""Strangers who want to be invoiced: to have the services now, and never to pay."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from lambdas.payments.gateway import TransactionState
from lambdas.records.clients.service import ServiceStatus
from lambdas.records.invoices.invoice import InvoiceStatus
from tests.flow.conftest import Shop, new_client_order
from tests.flow.doors.test_forms import AGREED, Visitor
from tests.unit.records.builders import an_invoice

UNPAID: list[dict[str, str]] = [
    {},
    {"payment_type": "invoice"},
    {"payment_type": "check"},
    {"payment_type": "wire"},
    {"payment_type": "ach", "ach_token": "ach_approve", "ach_acct": "6789"},
    {"payment_type": "ach_prior_auth", "ach_token": "tok_nobodys", "ach_acct": "6789"},
]


def without_card(**payment: Any) -> dict[str, Any]:
    order = new_client_order()
    kept = {key: value for key, value in order["info"].items() if not key.startswith("cc_") and key != "payment_type"}
    return {**order, "info": {**kept, **payment}}


@pytest.mark.parametrize("payment", UNPAID, ids=lambda payment: payment.get("payment_type", "nothing said"))
def test_i_get_the_services_without_paying_by_saying_how_i_would(shop: Shop, payment: dict[str, str]) -> None:
    order_id = shop.done("order.create", without_card(**payment))["order_id"]

    refused = shop.call("order.submit", {"order_id": order_id})
    assert refused.status_code == 422, refused.text
    assert [error["field"] for error in refused.json()["errors"]] == ["info.payment_type"]
    assert shop.done("order.get", {"order_id": order_id})["step"]["status"] == "leads"


def test_i_order_on_account_as_a_client_who_does_not_pay(shop: Shop) -> None:
    client_id = shop.done("client.add", {"first": "Ada", "email": "ada@example.com"})["client_id"]
    shop.invoices.issue(an_invoice(client_id=client_id, order_id=None, lines=(), due_at=1_700_000_000))
    order = {**without_card(payment_type="invoice"), "client_id": client_id}
    order_id = shop.done("order.create", order)["order_id"]

    assert "good standing" in shop.call("order.submit", {"order_id": order_id}).json()["detail"]


def test_i_send_the_form_with_a_choice_it_does_not_offer(shop: Shop) -> None:
    with httpx.Client(base_url=shop.stack.api_url, timeout=60, follow_redirects=True) as http:
        visitor = Visitor(http).to_payment()
        assert "Pay by invoice" not in visitor.text
        sent = http.post(visitor.page.action, data={**visitor.page.inputs, **AGREED, "payment": "account"})

    assert sent.status_code == 422
    assert sent.url.path == "/forms/hosting/payment"


def test_i_have_an_active_server_unpaid_by_saying_in_my_order_that_it_is(shop: Shop) -> None:
    server = {"plan_id": "2", "period": 1, "options": {"31": "101"}, "status": "1"}
    order_id = shop.done("order.create", {**without_card(payment_type="wire", pack1=server), "order_queue_id": 3})[
        "order_id"
    ]
    shop.done("order.submit", {"order_id": order_id})
    shop.until_action(order_id, "Identity Call-back", "waiting")
    shop.done("order.process", {"order_id": order_id, "order_action_id": 3202})
    shop.until_action(order_id, "Rack and Cable", "waiting")

    (service,) = shop.services.of_order(shop.order(order_id)["client_id"], order_id)
    assert service.status is ServiceStatus.PENDING
    shop.done("order.cancel", {"order_id": order_id})


def test_i_have_one_invoice_paid_twice_by_a_transfer_and_a_card_at_the_same_moment(shop: Shop) -> None:
    client_id = shop.done("client.add", {"first": "Ada", "email": "ada@example.com"})["client_id"]
    shop.done("client.cc_add", {"client_id": client_id, "cc_token": "tok_approve", "cc_num": "4242", "country": "GB"})
    invoice = shop.invoices.issue(an_invoice(client_id=client_id, order_id=None, lines=()))
    transfer = {"inv_id": invoice.invoice_id, "amount": "9.95", "payment_type": "wire"}
    recorded = [("client.payment_add", {**transfer, "reference": f"transfer {number}"}) for number in range(4)]
    calls = [*recorded, *[("client.invoice_charge", {"inv_id": invoice.invoice_id})] * 4]

    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(lambda call: shop.call(*call), calls))
    paid = shop.invoices.get(invoice.invoice_id)
    charged = shop.gateway.find(f"invoice:{invoice.invoice_id}:charge:1")
    assert paid is not None
    assert paid.status is InvoiceStatus.PAID
    assert (paid.payment is not None) + (charged is not None and charged.state is TransactionState.CAPTURED) == 1
    assert sum(answer.is_success for answer in answers[:4]) == (paid.payment is not None)
