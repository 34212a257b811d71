"""Asking for a link by e-mail address: the answer tells nobody who has an order here."""

import json

from lambdas.forms.pages.link_request import OF_ADDRESS, OF_SOURCE
from lambdas.forms.shop import Shop
from lambdas.records.links.unfinished_orders import digest_of
from tests.support.build import Clock
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import KeptLinkRequests, to_contact

PATH = "/forms/hosting/resume"


def ask(browser: Browser, email: str, **typed: str) -> Page:
    browser.open(PATH)
    return browser.send(email=email, **typed)


def test_the_wish_is_put_where_mails_are_made_without_the_address(
    browser: Browser, link_requests: KeptLinkRequests
) -> None:
    page = ask(browser, "Ada@example.com")

    assert (page.status, browser.went[-1]) == (200, PATH)
    assert "a link to it is on its way" in page.text
    (body,) = link_requests.bodies
    assert json.loads(body) == {"resume_wanted": {"form": "hosting", "digest": digest_of("hosting", "ada@example.com")}}


def test_the_answer_is_the_same_with_and_without_an_order(browser: Browser, shop: Shop) -> None:
    to_contact(browser)

    assert ask(Browser(shop), "ada@example.com").body == ask(Browser(shop), "nobody@example.com").body


def test_what_is_no_address_is_said_beside_the_field(browser: Browser, link_requests: KeptLinkRequests) -> None:
    page = ask(browser, "ada at home")

    assert (page.status, page.inputs["email"]) == (422, "ada at home")
    assert "Enter an email address" in page.text
    assert link_requests.bodies == []


def test_who_asks_again_and_again_gets_the_same_answer_and_no_more_mails(
    browser: Browser, link_requests: KeptLinkRequests, clock: Clock
) -> None:
    answers = {ask(browser, "ada@example.com").body for _ in range(OF_ADDRESS + 3)}
    assert (len(answers), len(link_requests.bodies)) == (1, OF_ADDRESS)

    clock.time += 3_600
    ask(browser, "ada@example.com")
    assert len(link_requests.bodies) == OF_ADDRESS + 1


def test_one_source_can_try_few_addresses(shop: Shop, link_requests: KeptLinkRequests) -> None:
    statuses = [ask(Browser(shop), f"person{number}@example.com").status for number in range(OF_SOURCE + 2)]

    assert statuses == [200] * OF_SOURCE + [429] * 2
    assert len(link_requests.bodies) == OF_SOURCE
    assert ask(Browser(shop, source="192.0.2.99"), "ada@example.com").status == 200


def test_programs_and_other_sites_ask_for_nothing(
    browser: Browser, shop: Shop, link_requests: KeptLinkRequests
) -> None:
    ask(browser, "ada@example.com", website="https://spam.example")
    page = browser.open(PATH)
    foreign = browser.post(PATH, {**page.inputs, "email": "ada@example.com"}, origin="https://evil.example")
    other = Browser(shop).post(PATH, {**page.inputs, "email": "ada@example.com"})

    assert (foreign.status, other.status, link_requests.bodies) == (403, 403, [])
