"""Payments of the form on the engine: the provider's own pages, the card holder's bank, stored methods, and the screen."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.stack import STACK
from lambdas.payments.gateway import TransactionState
from lambdas.payments.sandbox_tokens import SandboxTokens
from lambdas.rate_limits.breaker import Breaker, BreakerRule
from lambdas.rate_limits.failures import Limit
from lambdas.records.clients.client import Client
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.runtime.passwords import hash_password
from tests.flow.conftest import Shop, new_client_order
from tests.flow.doors.test_forms import AGREED, Visitor, order_id_of, said_in_logs, visitors

__all__ = ["visitors"]
pytestmark = pytest.mark.engine

APPROVED, DECLINED, ASKING = "4242424242424242", "4000000000000002", "4000002500003155"


def pays_with(visitor: Visitor, number: str) -> Visitor:
    """Enter this card on the provider's page, come back, and order; where that ends or leads."""
    visitor.open(visitor.led_away(**AGREED, payment="enter:card"))
    assert "Test payment provider" in visitor.text
    visitor.send(number=number, expiry="12/34", code="123")
    assert visitor.path == "/forms/hosting/payment"
    return visitor.send()


def everything_kept(shop: Shop) -> str:
    """All that the tables hold."""
    tables = (shop.stack.order_table, shop.stack.record_table, guard_table(shop))
    pages = (page for name in tables for page in shop.dynamodb.get_paginator("scan").paginate(TableName=name))
    return "\n".join(str(page["Items"]) for page in pages)


def guard_table(shop: Shop) -> str:
    resources = shop.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    return next(
        str(found["PhysicalResourceId"])
        for found in resources
        if found["LogicalResourceId"].startswith("StorageGuardTable")
    )


def test_a_card_is_declined_on_the_provider_s_page_and_another_one_pays(shop: Shop, visitors: list[Visitor]) -> None:
    visitor = pays_with(visitors[0].to_payment(), DECLINED)
    assert visitor.path == "/forms/hosting/payment"
    assert "the card was declined by its bank" in visitor.text

    order = shop.until_step(order_id_of(shop, pays_with(visitor, APPROVED)), "complete")
    assert (order["info"]["cc_num"], order["info"]["cc_type"], order["info"]["cc_expire"]) == ("4242", "Visa", "1234")
    entered = SandboxTokens(shop.records).find(order["info"]["cc_token"])
    assert entered is not None
    assert (entered.last_four, len(entered.fingerprint)) == ("4242", 32)
    told = "\n".join(said_in_logs(shop))
    for number in (APPROVED, DECLINED):
        assert number not in everything_kept(shop)
        assert number not in told


def test_a_holder_who_is_asked_approves_and_the_order_goes_on(shop: Shop, visitors: list[Visitor]) -> None:
    visitor = pays_with(visitors[0].to_payment(), ASKING)
    assert visitor.path.startswith("/sandbox/challenge/")
    assert "Do you pay 99.00 USD?" in visitor.text
    status = visitor.send(answer="approve")

    order = shop.until_step(order_id_of(shop, status), "complete")
    payment = shop.gateway.find(shop.hold_key(order["order_id"]))
    assert payment is not None
    assert payment.state is TransactionState.CAPTURED


def test_a_holder_who_refuses_comes_back_and_pays_otherwise(shop: Shop, visitors: list[Visitor]) -> None:
    visitor = pays_with(visitors[0].to_payment(), ASKING).send(answer="refuse")
    assert visitor.path == "/forms/hosting/payment"
    assert "could not confirm that its holder pays" in visitor.text

    order = shop.until_step(order_id_of(shop, pays_with(visitor, APPROVED)), "complete")
    payments = [shop.gateway.find(shop.hold_key(order["order_id"], number)) for number in (1, 2)]
    assert [payment.state for payment in payments if payment] == [TransactionState.VOIDED, TransactionState.CAPTURED]


def test_a_client_signs_in_and_pays_with_the_card_they_have_stored(shop: Shop, visitors: list[Visitor]) -> None:
    client_id = shop.clients.new_client_id()
    known: dict[str, Any] = {
        "first": "Grace",
        "last": "Hopper",
        "address": "1 Navy Yard",
        "city": "Bath",
        "country": "GB",
    }
    login, password = f"grace{client_id}", "correct horse battery staple"
    secret = hash_password(password)
    shop.clients.add(
        Client(client_id=client_id, brand_id=1, created_at=1, uber_login=login, password_hash=secret, **known)
    )
    card = PaymentMethod(kind=MethodKind.CARD, token="tok_approve", brand="Visa", last_four="1111")
    number = PaymentMethodRecords(shop.records).add(client_id, card, is_default=True)
    visitor = (
        visitors[0].open("/forms/hosting").send(plan="1:12", email="grace@example.com").send(site="www.example.com")
    )
    visitor.open("/forms/hosting/sign-in").send(login=login, password="wrong")
    assert "The login name or password is wrong" in visitor.text
    visitor.send(login=login, password=password)
    if visitor.path == "/forms/hosting/contact":
        visitor.send(orders_as="person")

    assert "Visa ending in 1111" in visitor.text
    order = shop.until_step(order_id_of(shop, visitor.send(**AGREED, payment=f"stored:{number}")), "complete")
    assert order["client_id"] == client_id
    invoice = shop.invoices.of_order(order["order_id"])
    assert invoice is not None
    assert (invoice.client_id, invoice.status) == (client_id, "paid")


def test_after_too_many_declines_of_one_order_no_card_is_tried(shop: Shop) -> None:
    order_id = shop.done("order.create", new_client_order(cc_token="tok_decline"))["order_id"]
    answers = [shop.call("order.submit", {"order_id": order_id}) for _ in range(9)]
    shop.done("order.update", {"order_id": order_id, "info": {"cc_token": "tok_approve"}})
    last = shop.call("order.submit", {"order_id": order_id})

    assert [answer.status_code for answer in (*answers, last)] == [402] * 10
    assert ["too many payments failed" in answer.json()["detail"] for answer in answers] == [False] * 8 + [True]
    assert "too many payments failed" in last.json()["detail"]
    assert shop.gateway.find(shop.hold_key(order_id, 9)) is None


@pytest.fixture
def _turned(shop: Shop) -> Iterator[None]:
    """The queue of the form is turned to review, as its declines would do it, and back."""
    table, name = guard_table(shop), "payments#1"
    rule = BreakerRule(limits=(Limit(most=1, seconds=600),), quiet_seconds=600)
    assert Breaker(table, lambda: int(time.time()), shop.dynamodb).on_failure(name, rule)
    yield
    shop.dynamodb.delete_item(TableName=table, Key={"pk": {"S": f"breaker#{name}"}, "sk": {"S": "breaker"}})


@pytest.mark.usefixtures("_turned")
def test_a_queue_under_review_holds_orders_for_a_person_who_submits_them(shop: Shop, visitors: list[Visitor]) -> None:
    visitor = pays_with(visitors[0].to_payment(), APPROVED)
    assert visitor.path == "/forms/hosting/review"
    assert "We have your order. We review it and then contact you." in visitor.text
    order_id = order_id_of(shop, visitor)

    order = shop.order(order_id)
    assert order["step"]["status"] == "leads"
    assert "many payments of this queue were declined" in order["review_because"]
    assert shop.gateway.find(shop.hold_key(order_id)) is None
    shop.done("order.submit", {"order_id": order_id, "reviewed": True})
    assert shop.until_step(order_id, "complete")["review_because"] is None
    assert visitor.open("/forms/hosting/review").path.startswith("/orders/")
