"""After an order, its pages say how it stands, and a new order is one click away."""

import pytest

from lambdas.forms.shop import Shop
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.records.links.link import LinkPurpose
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id, to_payment, with_card
from tests.unit.forms.pages.test_links import a_link


@pytest.fixture
def order(browser: Browser, shop: Shop) -> Order:
    """An order that this browser sent, by card."""
    to_payment(browser)
    with_card(browser)
    browser.send()
    return shop.service.get(order_id=the_order_id(browser, shop))


def ended(shop: Shop, order: Order) -> None:
    """Every action of it is done, and it is in its last step."""
    last = next(step for step in order.checklist_steps if step.status is StepStatus.COMPLETE)
    shop.service.store.save(order.changed(step_id=last.step_id, step_status=last.status))


def first_words(page: Page) -> str:
    """What the page says below its title."""
    return page.text.partition("Order ")[2][:250]


def test_the_form_leads_to_the_order_which_says_how_it_stands_and_to_a_new_one(
    browser: Browser, shop: Shop, order: Order
) -> None:
    page = browser.open("/forms/hosting")

    assert "In progress" in first_words(page)
    assert "You need do nothing" in first_words(page)
    assert "/forms/hosting/new" in page.read.links
    assert browser.open("/forms/hosting/new").path == "/forms/hosting/plan"
    browser.send(plan="1:12", email="ada@example.com")
    assert the_order_id(browser, shop) != order.order_id


def test_a_canceled_order_says_what_becomes_of_the_money_first(browser: Browser, shop: Shop, order: Order) -> None:
    shop.service.cancel(order)
    page = browser.open("/forms/hosting")

    assert "Canceled" in first_words(page)
    assert "The money held for it is released" in first_words(page)
    assert "/forms/hosting/new" in page.read.links


def test_a_complete_order_thanks_nobody_for_waiting_and_leads_to_a_new_one(
    browser: Browser, shop: Shop, order: Order
) -> None:
    ended(shop, order)
    page = browser.open("/forms/hosting")

    assert "Complete" in first_words(page)
    assert "setting up" not in page.text
    assert "/forms/hosting/new" in page.read.links


def test_an_order_that_is_not_sent_says_so_and_leads_back_to_it(shop: Shop, browser: Browser) -> None:
    to_payment(browser)
    page = Browser(shop).open(a_link(shop, the_order_id(browser, shop), LinkPurpose.STATUS))

    assert "Not sent yet" in first_words(page)
    assert "Nothing was ordered and nothing was charged" in first_words(page)
    assert "/forms/hosting/resume" in page.read.links


def test_a_form_that_takes_no_orders_is_not_offered(browser: Browser, shop: Shop, order: Order) -> None:
    queues = {key: each.model_copy(update={"active": False}) for key, each in shop.service.queues.items()}
    object.__setattr__(shop.service, "queues", queues)

    assert "/forms/hosting/new" not in browser.open("/forms/hosting").read.links


def test_an_unsent_order_of_this_browser_is_not_lost_by_that_click(browser: Browser, shop: Shop, order: Order) -> None:
    status = browser.open("/forms/hosting").path
    browser.open("/forms/hosting/new")
    browser.send(plan="1:12", email="ada@example.com")
    second = the_order_id(browser, shop)
    browser.open(status)
    page = browser.open("/forms/hosting/new")

    assert f"Order {shop.service.get(order_id=second).reference} is not sent yet" in page.text
    assert the_order_id(browser, shop) == second
