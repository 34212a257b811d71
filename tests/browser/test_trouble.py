"""Two tabs, a double click, going back after the order, a link that is over: one order, and a page that says what is so."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import NewWalk
from tests.browser.walk import ORDER, Walk
from tests.flow.conftest import Shop


def test_two_tabs_fill_one_order_and_the_second_shows_what_was_ordered(walk: Walk, shop: Shop) -> None:
    other = Walk(walk.page.context.new_page(), walk.url).open().at("plan")
    walk.to_payment().with_card()
    reference = walk.order_reference()
    other.plan("other@example.com").at("extras")
    assert other.order_reference() == reference

    walk.order()  # the other tab has another address now: the page comes again and asks for the agreement once more
    expect(walk.page.get_by_role("alert")).to_be_visible()
    assert walk.agree().order().ordered() == reference
    other.go_on()
    assert other.ordered() == reference
    shop.until_step(shop.id_of(reference), "complete")


def test_a_double_click_orders_once(walk: Walk, shop: Shop) -> None:
    walk.to_payment().with_card()
    walk.page.get_by_role("button", name=ORDER).dblclick()
    order_id = shop.id_of(walk.ordered())

    shop.until_step(order_id, "complete")
    assert shop.gateway.find(shop.hold_key(order_id, 2)) is None


def test_going_back_after_the_order_was_sent_leads_to_it(walk: Walk) -> None:
    walk.to_payment().with_card()
    reference = walk.order().ordered()
    walk.page.go_back()
    if "/orders/" not in walk.page.url:  # Chromium may show the page as it lay in its memory
        walk.page.reload()
    assert walk.ordered() == reference
    walk.open()
    assert walk.ordered() == reference


def test_going_back_keeps_what_was_typed(walk: Walk) -> None:
    walk.to_payment()
    walk.page.get_by_role("button", name="Back").click()
    walk.at("contact")
    expect(walk.page.get_by_label("First name")).to_have_value("Ada")
    walk.page.get_by_label("First name").fill("Augusta")
    walk.page.get_by_role("button", name="Back").click()
    walk.at("extras").page.get_by_label("Host name of your web site").fill("ada.example.com")
    walk.page.get_by_role("link", name="Your details").click()  # a step saves too
    walk.at("contact")
    expect(walk.page.get_by_label("First name")).to_have_value("Augusta")
    walk.page.get_by_role("link", name="Your web site").click()
    expect(walk.page.get_by_label("Host name of your web site")).to_have_value("ada.example.com")
    walk.page.get_by_role("link", name="Choose your hosting").click()
    walk.at("plan")
    expect(walk.page.get_by_label(re.compile("a year"))).to_be_checked()


def test_a_link_that_is_over_says_so_and_offers_a_new_one(walk: Walk, new_walk: NewWalk, shop: Shop) -> None:
    order_id = shop.id_of(walk.open().plan().at("extras").order_reference())
    link = shop.done("order.link_create", {"order_id": order_id})["url"]
    shop.done("order.link_revoke", {"order_id": order_id})
    late = new_walk()
    late.page.goto(link)
    late.on("no longer works")
    late.page.get_by_role("link", name="Get a new link").click()
    late.on("Continue your order").page.get_by_label("Email address").fill("nobody@example.com")
    late.page.get_by_role("button", name="Send me the link").click()

    late.on("Check your email")


def test_an_order_that_is_over_says_so_and_a_new_one_begins(walk: Walk, shop: Shop) -> None:
    reference = walk.open().plan().at("extras").order_reference()
    shop.done("order.cancel", {"order_id": shop.id_of(reference), "reason": "the lead expired"})
    walk.go_on().on("This order is closed")
    expect(walk.page.get_by_text("Nothing was charged")).to_be_visible()
    walk.page.get_by_role("link", name="Begin a new order").click()

    walk.plan().at("extras")
    assert walk.order_reference() not in ("", reference)
