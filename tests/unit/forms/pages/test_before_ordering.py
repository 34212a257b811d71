"""The last page shows everything that is ordered, with the way to change it; its button says what it does."""

import re
from dataclasses import replace

import pytest

from lambdas.forms.shop import Shop
from lambdas.orders.model.steps import StepStatus
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id, to_contact, to_payment, with_card

AGREED = {"terms": "1", "terms_signature": "Ada Lovelace"}
BUTTON = re.compile(r'<button type="submit" name="act" value="(\w+)" data-button="([^"]*)">([^<]*)</button>')


def button_of(page: Page) -> tuple[str, str, str]:
    """What it does, the words that order, and the words it has now."""
    (found,) = BUTTON.findall(page.body)
    does, orders, now = found
    return does, orders, now


def in_country(browser: Browser, country: str, **more: str) -> Page:
    to_contact(browser)
    person = {"orders_as": "person", "first": "Ada", "last": "Lovelace", "address": "12 Square", "city": "London"}
    return browser.send(**{**person, "country": country, **more})


def test_everything_ordered_is_shown_with_the_way_to_change_it(browser: Browser) -> None:
    page = to_payment(browser)

    for wanted in (
        "Web Hosting Basic",
        "www.example.com",
        "A private person",
        "Lovelace",
        "12 Square",
        "United Kingdom",
    ):
        assert wanted in page.text
    assert [link for link in page.read.links if link.startswith("/forms/hosting/")][-3:] == [
        "/forms/hosting/plan",
        "/forms/hosting/extras",
        "/forms/hosting/contact",
    ]
    assert page.text.count("Change ") == 3
    assert "<dt>Country</dt><dd>United Kingdom</dd>" in page.body
    assert "12 Square" not in browser.open("/forms/hosting/extras").text


def test_what_was_typed_is_shown_as_text(browser: Browser) -> None:
    page = in_country(browser, "GB", first="<b>Ada", zip="SW1Y 4LE")

    assert "&lt;b&gt;Ada" in page.body
    assert "<b>Ada" not in page.body


@pytest.mark.parametrize(
    ("country", "state", "words"),
    [
        ("DE", "", "Order with obligation to pay"),
        ("NO", "", "Order with obligation to pay"),
        ("US", "CA", "Order and pay"),
    ],
)
def test_the_button_names_the_obligation_where_the_buyers_law_says_so(
    browser: Browser, country: str, state: str, words: str
) -> None:
    page = in_country(browser, country, state=state, zip={"US": "94103", "DE": "10115", "NO": "0150"}[country])

    assert button_of(page) == ("enter", words, "Continue to enter your card")
    assert button_of(with_card(browser)) == ("order", words, words)


def test_a_seller_under_such_a_law_names_it_to_everybody_and_in_its_own_words(browser: Browser, shop: Shop) -> None:
    form = shop.forms["hosting"].model_copy(
        update={"seller_country": "DE", "obliging_button": "Zahlungspflichtig bestellen"}
    )
    page = in_country(Browser(replace(shop, forms={**shop.forms, "hosting": form})), "US", state="CA", zip="94103")

    assert button_of(page)[1] == "Zahlungspflichtig bestellen"


def test_the_total_stands_above_the_button(browser: Browser) -> None:
    body = to_payment(browser).body

    assert body.index('<strong id="due">$99.00</strong>') < body.index('name="act"')
    assert body.index('<h2 id="review-1">') < body.index('id="due"')


def test_after_the_card_is_entered_the_page_says_that_nothing_is_charged(browser: Browser) -> None:
    to_payment(browser)
    page = with_card(browser)

    assert "Card saved, nothing charged yet." in page.text
    assert "Card saved" not in browser.open("/forms/hosting/contact").text


def test_a_button_that_leads_to_the_provider_orders_nothing_whatever_is_chosen_beside_it(
    browser: Browser, shop: Shop
) -> None:
    """Without JavaScript its words stay when another way to pay is chosen."""
    to_payment(browser)
    with_card(browser)
    page = browser.send(act="enter", payment="entered")

    assert (page.status, page.path) == (200, "/forms/hosting/payment")
    assert shop.service.get(order_id=the_order_id(browser, shop)).is_lead
    assert button_of(page)[0] == "order"
    assert browser.send(act="order").path.startswith("/orders/")


def test_a_declined_card_is_not_chosen_again(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    with_card(browser, "tok_decline")
    page = browser.send()

    assert page.inputs.get("payment") is None
    assert "declined by its bank" in page.text
    assert "Card saved" not in page.text
    again = browser.send()
    assert (again.status, "Select how you want to pay" in again.text) == (422, True)
    page = with_card(browser)
    assert page.inputs["payment"] == "entered"
    assert "declined by its bank" not in page.text
    assert browser.send().path.startswith("/orders/")
    order = shop.service.get(order_id=the_order_id(browser, shop))
    assert (order.step_status, order.declines) == (StepStatus.ORDINARY, 1)


def test_a_card_that_no_bank_was_asked_about_stays_chosen(browser: Browser) -> None:
    to_payment(browser)
    with_card(browser, "tok_unavailable")
    page = browser.send()

    assert page.inputs["payment"] == "entered"
    assert "declined by its bank" not in page.text
