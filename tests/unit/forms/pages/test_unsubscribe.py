"""No more reminders: only sending stops them, the address alone is enough to send, and it opens nothing."""

import pytest

from lambdas.forms.door import Door
from lambdas.records.links.link import DAY, new_token
from lambdas.records.links.reminder_stop import LINK_DAYS, address_digest, stop_path
from tests.support.build import Clock
from tests.support.logs import logged
from tests.unit.forms.browser import HOST, Browser, Page

ADA = address_digest(1, "ada@example.com")
ONE_CLICK = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def token(door: Door) -> str:
    """Of a reminder of order 1001, sent to Ada."""
    token = new_token()
    door.stops.offer(token, "1001", ADA, now=door.now())
    return token


def one_click(door: Door, token: str) -> Page:
    """What a mail program sends: no cookie, no origin, no page of ours before."""
    return Browser(door).ask("POST", stop_path(token), "List-Unsubscribe=One-Click", **ONE_CLICK)


def test_looking_at_it_stops_nothing(browser: Browser, door: Door, token: str) -> None:
    page = browser.open(stop_path(token))

    assert (page.status, page.set_cookies) == (200, [])
    assert "No more reminders of this order?" in page.text
    assert page.read.action == stop_path(token)
    assert page.body.count("<button") == 1
    assert not door.stops.is_stopped("1001", ADA)


def test_the_button_stops_them_for_the_order_and_the_address(browser: Browser, door: Door, token: str) -> None:
    browser.open(stop_path(token))
    page = browser.send()

    assert (page.status, page.set_cookies) == (200, [])
    assert "You get no more reminders" in page.text
    assert door.stops.is_stopped("1001", "another address")
    assert door.stops.is_stopped("1002", ADA)
    assert not door.stops.is_stopped("1002", address_digest(1, "eve@example.com"))
    assert not door.stops.is_stopped("1002", address_digest(2, "ada@example.com"))


def test_a_mail_program_s_button_stops_them_without_a_cookie(door: Door, token: str) -> None:
    page = one_click(door, token)

    assert (page.status, page.headers.get("Location")) == (200, None)
    assert door.stops.is_stopped("1002", ADA)


def test_mail_programs_may_send_it_as_multipart_too(door: Door, token: str) -> None:
    body = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    page = Browser(door).ask("POST", stop_path(token), body, **{"content-type": "multipart/form-data; boundary=x"})

    assert page.status == 200
    assert door.stops.is_stopped("1002", ADA)


def test_sending_it_again_answers_the_same(door: Door, token: str) -> None:
    assert len({one_click(door, token).body for _ in range(3)}) == 1


@pytest.mark.parametrize("wrong", ["unknown", "x", "x" * 5_000])
def test_an_unknown_link_says_so(door: Door, wrong: str) -> None:
    path = stop_path(new_token() if wrong == "unknown" else wrong)

    for page in (Browser(door).open(path), Browser(door).ask("POST", path)):
        assert page.status == 410
        assert "This link does not stop reminders any more" in page.text


def test_an_expired_link_says_so_and_stops_nothing(door: Door, token: str, clock: Clock) -> None:
    clock.time += LINK_DAYS * DAY

    assert (Browser(door).open(stop_path(token)).status, one_click(door, token).status) == (410, 410)
    assert not door.stops.is_stopped("1001", ADA)


def test_its_token_opens_no_order(door: Door, token: str) -> None:
    for path in (f"/orders/{token}", f"/forms/hosting/resume/{token}"):
        assert Browser(door).open(path).status == 410, path
    with_cookie = Browser(door, cookies={"__Host-form-hosting": token}).open("/forms/hosting/contact")
    assert with_cookie.path == "/forms/hosting/plan"


def test_neither_token_nor_address_is_logged(door: Door, token: str, caplog: pytest.LogCaptureFixture) -> None:
    one_click(door, token)

    said = logged(caplog)
    assert "reminders stopped" in said
    assert (token in said, ADA in said, HOST in said) == (False, False, False)
