"""A queue that was turned to review: its form says that people look at the order, and tries no card."""

from dataclasses import replace

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.forms.shop import Shop
from lambdas.orders.model.steps import StepStatus
from lambdas.payments.sandbox import SandboxGateway
from lambdas.payments.screen import PaymentLimits, screening
from lambdas.rate_limits.breaker import BreakerRule
from lambdas.rate_limits.failures import Limit
from tests.support.build import Clock, hold_key
from tests.unit.forms.browser import Browser
from tests.unit.forms.conftest import the_order_id, to_payment, with_card

LOOSE = Limit(most=100, seconds=3_600)
QUIET_SECONDS = 1_800


def screened(shop: Shop, dynamodb: DynamoDBClient, gateway: SandboxGateway, clock: Clock, **limits: object) -> Shop:
    loose = PaymentLimits(order=LOOSE, source=LOOSE, email=LOOSE, card=LOOSE)
    changed = loose.model_copy(update=limits)
    screen = screening("guards", limits=changed, gateway=gateway, clients=shop.clients, now=clock, client=dynamodb)
    return replace(shop, service=replace(shop.service, screen=screen))


@pytest.fixture
def browser(shop: Shop, dynamodb: DynamoDBClient, gateway: SandboxGateway, clock: Clock) -> Browser:
    """At a shop whose queue turns to review at the second decline."""
    rule = BreakerRule(limits=(Limit(most=2, seconds=600),), quiet_seconds=QUIET_SECONDS)
    return Browser(screened(shop, dynamodb, gateway, clock, queue=rule))


def turn(browser: Browser) -> None:
    for number in range(2):
        carder = Browser(browser.shop, source=f"203.0.113.{number}")
        to_payment(carder)
        with_card(carder, "tok_decline")
        assert "declined" in carder.send().text


def test_the_client_is_told_that_people_look_at_the_order(browser: Browser, gateway: SandboxGateway) -> None:
    turn(browser)
    to_payment(browser)
    with_card(browser)
    page = browser.send()

    assert (page.status, page.path) == (200, "/forms/hosting/review")
    assert "review it and then contact you. Nothing was charged" in page.text
    order = browser.shop.service.get(order_id=the_order_id(browser, browser.shop))
    assert (order.step_status, order.review_at is not None) == (StepStatus.LEADS, True)
    assert gateway.find(hold_key(order)) is None
    assert "you need not send it again" in browser.open("/forms/hosting/payment").text


def test_after_a_person_submitted_it_the_client_sees_its_status(browser: Browser) -> None:
    turn(browser)
    to_payment(browser)
    with_card(browser)
    browser.send()
    service = browser.shop.service
    service.submit(service.get(order_id=the_order_id(browser, browser.shop)), by="operator", reviewed=True)

    assert browser.open("/forms/hosting/review").path.startswith("/orders/")


def test_when_it_is_quiet_again_orders_go_through(browser: Browser, clock: Clock) -> None:
    turn(browser)
    clock.time += QUIET_SECONDS
    to_payment(browser)
    with_card(browser)

    assert browser.send().path.startswith("/orders/")


def test_there_is_no_such_page_for_an_order_that_needs_no_review(browser: Browser) -> None:
    to_payment(browser)

    assert browser.open("/forms/hosting/review").path == "/forms/hosting/payment"


def test_whoever_failed_too_often_is_refused_politely_and_no_card_is_tried(
    shop: Shop, dynamodb: DynamoDBClient, gateway: SandboxGateway, clock: Clock
) -> None:
    one = Limit(most=1, seconds=3_600)
    browser = Browser(screened(shop, dynamodb, gateway, clock, source=one))
    to_payment(browser)
    with_card(browser, "tok_decline")
    browser.send()
    with_card(browser)
    page = browser.send()

    assert page.path == "/forms/hosting/payment"
    assert "too many payments failed before; try again in" in page.text
    assert "Nothing was charged" in page.text
    order_id = the_order_id(browser, browser.shop)
    assert [gateway.find(hold_key(browser.shop.service.get(order_id=order_id), number)) for number in (1, 2)] == [
        None,
        None,
    ]
    assert Browser(browser.shop, source="203.0.113.9").open("/forms/hosting").status == 200
