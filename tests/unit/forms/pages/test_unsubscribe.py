"""No more reminders: only sending stops them, the address alone is enough to send, and it opens nothing."""

import pytest

from lambdas.forms.shop import Shop
from lambdas.records.links.link import DAY, new_token
from lambdas.records.links.reminder_stop import LINK_DAYS, address_digest, stop_path
from tests.support.build import Clock
from tests.support.logs import logged
from tests.unit.forms.browser import HOST, Browser, Page

ADA = address_digest(1, "ada@example.com")
ONE_CLICK = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def token(shop: Shop) -> str:
    """Of a reminder of order 1001, sent to Ada."""
    token = new_token()
    shop.stops.offer(token, "1001", ADA, now=shop.now())
    return token


def one_click(shop: Shop, token: str) -> Page:
    """What a mail program sends: no cookie, no origin, no page of ours before."""
    return Browser(shop).ask("POST", stop_path(token), "List-Unsubscribe=One-Click", **ONE_CLICK)


def test_looking_at_it_stops_nothing(browser: Browser, shop: Shop, token: str) -> None:
    page = browser.open(stop_path(token))

    assert (page.status, page.set_cookies) == (200, [])
    assert "Stop reminders of this order" in page.text
    assert page.read.action == stop_path(token)
    assert page.body.count("<button") == 1
    assert not shop.stops.is_stopped("1001", ADA)


def test_the_button_stops_them_for_the_order_and_the_address(browser: Browser, shop: Shop, token: str) -> None:
    browser.open(stop_path(token))
    page = browser.send()

    assert (page.status, page.set_cookies) == (200, [])
    assert "We send you no more reminders" in page.text
    assert shop.stops.is_stopped("1001", "another address")
    assert shop.stops.is_stopped("1002", ADA)
    assert not shop.stops.is_stopped("1002", address_digest(1, "eve@example.com"))
    assert not shop.stops.is_stopped("1002", address_digest(2, "ada@example.com"))


def test_a_mail_program_s_button_stops_them_without_a_cookie(shop: Shop, token: str) -> None:
    page = one_click(shop, token)

    assert (page.status, page.headers.get("Location")) == (200, None)
    assert shop.stops.is_stopped("1002", ADA)


def test_mail_programs_may_send_it_as_multipart_too(shop: Shop, token: str) -> None:
    body = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    page = Browser(shop).ask("POST", stop_path(token), body, **{"content-type": "multipart/form-data; boundary=x"})

    assert page.status == 200
    assert shop.stops.is_stopped("1002", ADA)


def test_sending_it_again_answers_the_same(shop: Shop, token: str) -> None:
    assert len({one_click(shop, token).body for _ in range(3)}) == 1


@pytest.mark.parametrize("wrong", ["unknown", "x", "x" * 5_000])
def test_an_unknown_link_says_so(shop: Shop, wrong: str) -> None:
    path = stop_path(new_token() if wrong == "unknown" else wrong)

    for page in (Browser(shop).open(path), Browser(shop).ask("POST", path)):
        assert page.status == 410
        assert "This link no longer works" in page.text


def test_an_expired_link_says_so_and_stops_nothing(shop: Shop, token: str, clock: Clock) -> None:
    clock.time += LINK_DAYS * DAY

    assert (Browser(shop).open(stop_path(token)).status, one_click(shop, token).status) == (410, 410)
    assert not shop.stops.is_stopped("1001", ADA)


def test_its_token_opens_no_order(shop: Shop, token: str) -> None:
    for path in (f"/orders/{token}", f"/forms/hosting/resume/{token}"):
        assert Browser(shop).open(path).status == 410, path
    with_cookie = Browser(shop, cookies={"__Host-form-hosting": token}).open("/forms/hosting/contact")
    assert with_cookie.path == "/forms/hosting/plan"


def test_neither_token_nor_address_is_logged(shop: Shop, token: str, caplog: pytest.LogCaptureFixture) -> None:
    one_click(shop, token)

    said = logged(caplog)
    assert "reminders stopped" in said
    assert (token in said, ADA in said, HOST in said) == (False, False, False)
