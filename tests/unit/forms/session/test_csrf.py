"""What keeps machines, other sites and card numbers out, and what every answer carries."""

import logging
from dataclasses import replace

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.forms.session.csrf import PAGE_SECONDS
from lambdas.forms.shop import Shop
from tests.support.build import Clock
from tests.support.logs import logged
from tests.unit.forms.browser import Browser
from tests.unit.forms.conftest import the_order_id, to_contact, to_payment, with_card

FIRST = {"plan": "1:12", "email": "ada@example.com"}


def leads(dynamodb: DynamoDBClient) -> int:
    found = dynamodb.scan(
        TableName="orders", FilterExpression="sk = :o", ExpressionAttributeValues={":o": {"S": "order"}}
    )
    return found["Count"]


@pytest.mark.parametrize(
    ("typed", "headers"),
    [
        ({"csrf": ""}, {}),
        ({"csrf": "x" * 43}, {}),
        ({"csrf": "é"}, {}),
        ({}, {"origin": "https://evil.example"}),
        ({}, {"origin": "http://orders.example.com"}),
        ({}, {"sec-fetch-site": "cross-site"}),
        ({}, {"sec-fetch-site": "same-site"}),
    ],
)
def test_another_site_s_form_is_refused(
    browser: Browser, dynamodb: DynamoDBClient, typed: dict[str, str], headers: dict[str, str]
) -> None:
    shown = browser.open("/forms/hosting")
    page = browser.post("/forms/hosting/plan", {**shown.inputs, **FIRST, **typed}, **headers)

    assert (page.status, "Load the form again" in page.text) == (403, True)
    assert leads(dynamodb) == 0


def test_another_browser_s_token_is_refused(shop: Shop, browser: Browser, dynamodb: DynamoDBClient) -> None:
    shown = browser.open("/forms/hosting")
    other = Browser(shop)
    other.open("/forms/hosting")

    assert other.post("/forms/hosting/plan", {**shown.inputs, **FIRST}).status == 403
    assert Browser(shop).post("/forms/hosting/plan", {**shown.inputs, **FIRST}).status == 403
    assert leads(dynamodb) == 0


@pytest.mark.parametrize(("seconds", "passes"), [(1, False), (3, True), (PAGE_SECONDS + 5, False)])
def test_who_is_too_quick_or_too_late_sends_the_first_page_again(
    shop: Shop, clock: Clock, dynamodb: DynamoDBClient, seconds: int, passes: bool
) -> None:
    browser = Browser(replace(shop, min_seconds=3))
    browser.open("/forms/hosting")
    clock.time += seconds
    page = browser.send(**FIRST)
    assert (page.path == "/forms/hosting/extras") is passes

    if not passes:
        assert (page.status, page.inputs["email"], leads(dynamodb)) == (422, "ada@example.com", 0)
        clock.time += 4
        assert browser.send().path == "/forms/hosting/extras"


def test_a_stamp_that_is_not_ours_is_no_way_round(shop: Shop, clock: Clock, dynamodb: DynamoDBClient) -> None:
    browser = Browser(replace(shop, min_seconds=3))
    browser.open("/forms/hosting")

    for shown in ("", "1.x", f"{clock.time - 60}.{'x' * 43}", "é", "²." + "x" * 43):
        assert browser.send(**FIRST, shown=shown).status == 422
    assert leads(dynamodb) == 0


def test_a_filled_honeypot_makes_no_order_and_a_person_gets_on(browser: Browser, dynamodb: DynamoDBClient) -> None:
    browser.open("/forms/hosting")
    page = browser.send(**FIRST, website="https://spam.example")

    assert (page.status, leads(dynamodb)) == (422, 0)
    assert page.inputs["website"] == ""
    assert browser.send().path == "/forms/hosting/extras"


def test_a_card_number_is_refused_beside_its_field_and_neither_kept_shown_nor_logged(
    browser: Browser, shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    to_contact(browser)
    page = browser.send(first="Ada", phone="4242 4242 4242 4242")

    assert (page.status, "looks like a card number" in page.text) == (422, True)
    assert "4242 4242" not in page.body
    assert (page.inputs["first"], page.inputs["phone"]) == ("Ada", "")
    info = shop.service.get(order_id=the_order_id(browser, shop)).info
    for text in (str(info), logged(caplog)):
        assert "4242424242" not in text.replace(" ", "")


def test_every_page_carries_the_security_headers(browser: Browser) -> None:
    to_payment(browser)
    for page in (browser.shown, browser.open("/forms/nothing"), browser.ask("GET", "/forms/hosting/payment")):
        headers = page.headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "form-action 'self'; frame-ancestors 'none'; base-uri 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Strict-Transport-Security"].startswith("max-age=")
        assert headers["Permissions-Policy"]


@pytest.mark.parametrize(
    ("scheme", "cookie"),
    [("https", "__Host-form-hosting="), ("http", "form-hosting=")],
)
def test_the_cookie_is_no_script_s_and_no_other_site_s(shop: Shop, scheme: str, cookie: str) -> None:
    (set_cookie,) = Browser(shop, scheme).open("/forms/hosting").set_cookies

    assert set_cookie.startswith(cookie)
    assert set_cookie.endswith("; HttpOnly; SameSite=Lax" + ("; Secure" if scheme == "https" else ""))


def test_no_token_path_or_typed_value_is_logged_or_kept_in_the_clear(
    browser: Browser, shop: Shop, dynamodb: DynamoDBClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    to_payment(browser)
    with_card(browser)
    browser.send()
    (token,) = browser.cookies.values()
    secrets = [token, browser.went[-1].rpartition("/")[2]]

    said = logged(caplog)
    assert "page answered" in said
    for secret in (*secrets, "/forms/hosting/", "ada@example.com", "Lovelace"):
        assert secret not in said
    kept = str(dynamodb.scan(TableName="records")["Items"]) + str(dynamodb.scan(TableName="orders")["Items"])
    assert not [secret for secret in secrets if secret in kept]


@pytest.mark.parametrize("path", ["/forms/none", "/forms/hosting/none", "/orders", "/forms/static/form.css", "/x"])
def test_what_is_not_there_is_a_page_that_says_so(browser: Browser, path: str) -> None:
    assert browser.open(path).status == 404


def test_too_much_is_refused(browser: Browser) -> None:
    browser.open("/forms/hosting")

    assert browser.send(email="x" * 100_001).status == 413
    assert browser.post("/forms/hosting/plan", {f"f{number}": "" for number in range(400)}).status == 400


def test_what_nobody_thought_of_is_a_page_that_tells_nothing(
    shop: Shop, browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("ada@example.com")

    monkeypatch.setattr("lambdas.forms.handler.route", fails)
    page = browser.open("/forms/hosting")

    assert (page.status, "do not pay again" in page.text) == (500, True)
    assert "r-1" in page.text
    assert "ada@example.com" not in page.body + logged(caplog)
