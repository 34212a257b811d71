"""Going back keeps what was typed, steps are ticked when they were done, and all errors of a page are said at once."""

import re

import pytest

from lambdas.forms.shop import Shop
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id, to_contact, to_payment

SECRET = "4111 1111 1111 1111"


def order_of(browser: Browser, shop: Shop) -> Order:
    return shop.service.get(order_id=the_order_id(browser, shop))


def states(page: Page) -> list[str]:
    return re.findall(r'<li class="(\w+)"', page.body.partition("</ol>")[0])


def test_back_saves_what_was_typed_and_complains_of_nothing(browser: Browser, shop: Shop) -> None:
    to_contact(browser)
    page = browser.send(go="extras", first="Ada", city="London", country="GB", zip="no such code")

    assert (page.status, page.path) == (200, "/forms/hosting/extras")
    info = order_of(browser, shop).info
    assert [text(info, key) for key in ("first", "city", "country", "last")] == ["Ada", "London", "GB", ""]
    assert browser.open("/forms/hosting/contact").inputs["first"] == "Ada"


def test_back_agrees_to_nothing_and_saves_no_card_number(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    browser.send(go="contact", terms="1", terms_signature="Ada Lovelace", coupon=SECRET)

    info = order_of(browser, shop).info
    assert ("msa" in info, text(info, "coupon")) == (False, "")


def test_back_is_not_a_way_around_the_count_of_coupon_codes(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    shown = browser.shown
    for number in range(61):
        last = browser.post(shown.read.action, {**shown.inputs, "go": "contact", "coupon": f"guess{number}"})

    assert last.status == 429


@pytest.mark.parametrize("go", ["", "nowhere", "//evil.example"])
def test_a_button_leads_to_no_page_that_the_form_does_not_have(browser: Browser, go: str) -> None:
    to_contact(browser)

    assert browser.send(go=go).status == 422


def test_back_from_another_site_saves_nothing(browser: Browser, shop: Shop) -> None:
    to_contact(browser)
    typed = {**browser.shown.inputs, "go": "extras", "first": "Eve"}
    assert browser.post("/forms/hosting/contact", typed, **{"sec-fetch-site": "cross-site"}).status == 403

    assert not text(order_of(browser, shop).info, "first")


def test_steps_are_ticked_when_they_were_done(browser: Browser) -> None:
    browser.open("/forms/hosting")
    assert states(browser.shown) == ["here", "later", "later", "later"]
    browser.send(plan="1:12", email="ada@example.com")
    assert states(browser.shown) == ["done", "here", "open", "later"]
    browser.open("/forms/hosting/plan")
    assert states(browser.shown) == ["here", "open", "open", "later"]  # the web site asks for nothing that must be said
    browser.open("/forms/hosting/extras")
    browser.send()
    assert states(browser.shown) == ["done", "done", "here", "later"]


def test_a_missing_signature_does_not_hide_behind_unticked_terms(browser: Browser) -> None:
    to_payment(browser)
    page = browser.send(payment="enter:card", terms_signature="")

    assert page.status == 422
    assert [f'href="#{name}"' in page.body for name in ("terms", "terms_signature")] == [True, True]
