"""The status page says when a message is answered, names invoices, and its parts say which version of the order they show."""

import re

import pytest

from lambdas.forms.shop import Shop
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.records.posts.post import Post, PostKind
from tests.support.build import NOW
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id, to_payment, with_card


@pytest.fixture
def order(browser: Browser, shop: Shop) -> Order:
    """An order that this browser sent, by card; it is on its status page."""
    to_payment(browser)
    with_card(browser)
    browser.send()
    return shop.service.get(order_id=the_order_id(browser, shop))


def versions(page: Page) -> dict[str, str]:
    return dict(re.findall(r'data-live="(\w+)" data-version="([^"]+)"', page.body))


def test_a_message_says_by_when_it_is_answered_until_it_was(browser: Browser, shop: Shop, order: Order) -> None:
    path = browser.shown.path
    assert "answer by" not in browser.shown.text
    page = browser.send(body="When?")
    assert "We have your message and answer by 16 January 2027, 08:00 UTC, here and by email." in page.text
    answer = Post(
        post_id=shop.posts.new_id(), order_id=order.order_id, kind=PostKind.RESPONSE, author="g@shop.test", by="g",
        subject="s", body="Soon.", posted_at=NOW,
    )  # fmt: skip
    shop.posts.add(answer, None)
    shop.service.mark_answered(shop.service.get(order_id=order.order_id), answer.post_id, by="g")

    assert "answer by" not in browser.open(path).text


def test_invoices_are_named_once_they_are_issued(browser: Browser, shop: Shop, order: Order) -> None:
    path = browser.shown.path
    assert "Invoice number" not in browser.shown.text
    assert f"{path}/invoices" not in browser.shown.read.links
    invoicing = next(each for each in order.actions.values() if each.module == "generate_invoice")
    done = invoicing.changed(state=ActionState.DONE, result={"invoice_number": 7, "document_number": "INV-2027-00001"})
    shop.service.store.save(order.with_action(done))

    assert "Invoice number: INV-2027-00001" in browser.open(path).text
    assert f"{path}/invoices" in browser.shown.read.links
    before = done.changed(result={"invoice_number": 7})  # as an earlier release named it
    order = shop.service.get(order_id=order.order_id)
    shop.service.store.save(order.with_action(before))
    assert "Invoice number: 7" in browser.open(path).text


def test_parts_have_another_version_only_when_something_is_new(browser: Browser, shop: Shop, order: Order) -> None:
    path = browser.shown.path
    first, again = versions(browser.open(path)), versions(browser.open(path))
    assert first == again
    assert set(first) == {"headline", "state", "paid", "posts"}
    shop.service.cancel(order)
    canceled = versions(browser.open(path))
    browser.send(body="Why?")

    assert len({first["state"], canceled["state"], versions(browser.open(path))["posts"]}) == 3


def test_the_page_can_be_loaded_again_without_javascript(browser: Browser, order: Order) -> None:
    page = browser.open(browser.shown.path)

    assert page.path in page.read.links
    assert "/forms/static/live" in page.body
