"""The guard table throttles or is silent, or what only counts cannot be written: whoever orders, or wants their link, goes on."""

from dataclasses import replace
from typing import Any

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.forms.counts import FormCounts
from lambdas.forms.shop import Shop
from lambdas.rate_limits.windows import Windows
from lambdas.records.table import RecordTable
from tests.unit.forms.browser import Browser
from tests.unit.forms.conftest import the_order_id, to_payment, with_card
from tests.unit.forms.pages.test_sign_in import hashed, member, signs_in
from tests.unit.rate_limits.failing import each_way, failing

__all__ = ["hashed", "member"]


@pytest.fixture
def browser(shop: Shop, dynamodb: DynamoDBClient, error: Exception) -> Browser:
    return Browser(replace(shop, windows=Windows("guards", failing(dynamodb, error))))


@each_way
def test_an_order_is_placed(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    with_card(browser)
    browser.send()

    assert not shop.service.get(order_id=the_order_id(browser, shop)).is_lead


@each_way
def test_a_link_is_wished_for(browser: Browser) -> None:
    browser.open("/forms/hosting/resume")

    assert browser.send(email="ada@example.com").status == 200


@each_way
def test_a_client_signs_in(browser: Browser, member: Any) -> None:
    browser.open("/forms/hosting")
    browser.send(plan="1:12", email="ada@example.com")
    browser.send(site="www.example.com")

    assert signs_in(browser).status == 200


@each_way
def test_what_cannot_be_counted_holds_up_nobody(shop: Shop, records: RecordTable, error: Exception) -> None:
    uncounted = replace(shop, counts=FormCounts(RecordTable(records.name, failing(records.client, error))))
    browser = Browser(uncounted)
    to_payment(browser)
    with_card(browser)
    browser.send()

    assert not shop.service.get(order_id=the_order_id(browser, shop)).is_lead
