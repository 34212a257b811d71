"""Clients we have sign in on the form, pay with what they have stored, and leave nothing behind when they sign out."""

from dataclasses import dataclass

import pytest

from lambdas.forms.pages.sign_in import OF_LOGIN, OF_SOURCE
from lambdas.forms.shop import Shop
from lambdas.orders.model.order import Order
from lambdas.records.clients.client import Client
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.runtime.passwords import hash_password
from tests.support.build import Clock
from tests.support.logs import logged
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id, to_contact, to_payment

AGREED = {"terms": "1", "terms_signature": "Ada Lovelace"}
PASSWORD = "correct horse battery staple"
SIGN_IN = "/forms/hosting/sign-in"


@dataclass
class Member:
    """A client with a stored card."""

    client_id: str
    stored: str


@pytest.fixture(scope="module")
def hashed() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def member(shop: Shop, hashed: str) -> Member:
    contact = {"first": "Grace", "last": "Hopper", "address": "1 Navy Yard", "city": "Arlington", "country": "GB"}
    known = {**contact, "phone": "+44 20 7946 0000", "email": "grace@example.com"}
    client = Client(client_id="100", brand_id=1, created_at=1, uber_login="grace", password_hash=hashed, **known)
    shop.clients.add(client)
    card = PaymentMethod(kind=MethodKind.CARD, token="tok_approve", brand="Visa", last_four="1111", expiry="1230")
    return Member("100", shop.methods.add("100", card, is_default=True))


def signs_in(browser: Browser, login: str = "grace", password: str = PASSWORD) -> Page:
    browser.open(SIGN_IN)
    return browser.send(login=login, password=password)


def order_of(browser: Browser, shop: Shop) -> Order:
    return shop.service.get(order_id=the_order_id(browser, shop))


@pytest.mark.parametrize("login", ["grace", "GRACE", "100"])
def test_who_signs_in_need_not_say_who_they_are_and_pays_with_what_is_stored(
    browser: Browser, shop: Shop, member: Member, login: str
) -> None:
    page = to_contact(browser)
    assert SIGN_IN in page.read.links
    page = signs_in(browser, login)
    if page.path != "/forms/hosting/payment":  # what no record of a client says is still asked for
        page = browser.send(orders_as="person")
    assert page.path == "/forms/hosting/payment"
    assert "You are signed in." in page.text
    assert "Visa ending in 1111, expires 12/30" in page.text

    page = browser.send(**AGREED, payment=f"stored:{member.stored}")
    assert page.path.startswith("/orders/")
    order = order_of(browser, shop)
    assert (order.client_id, order.info["billing_info_id"], order.info["first"]) == ("100", member.stored, "Grace")
    assert order.hold is not None


def test_what_was_typed_stays_as_it_was_typed(browser: Browser, shop: Shop, member: Member) -> None:
    to_payment(browser)
    signs_in(browser)

    assert order_of(browser, shop).info["first"] == "Ada"


@pytest.mark.parametrize(
    ("login", "password"), [("grace", "wrong"), ("nobody", PASSWORD), ("grace", ""), ("", PASSWORD), ("", "")]
)
def test_a_wrong_login_says_the_same_whatever_is_wrong_and_shows_no_password(
    browser: Browser, shop: Shop, member: Member, login: str, password: str
) -> None:
    to_contact(browser)
    page = signs_in(browser, login, password)

    assert page.status == 422
    assert "The login name or password is wrong." in page.text
    assert page.inputs["password"] == ""
    assert order_of(browser, shop).client_id is None


def test_a_client_of_another_brand_is_not_known_here(browser: Browser, shop: Shop, hashed: str) -> None:
    shop.clients.add(Client(client_id="200", brand_id=2, created_at=1, uber_login="eve", password_hash=hashed))
    to_contact(browser)

    assert [signs_in(browser, login).status for login in ("eve", "200")] == [422, 422]


def test_a_client_who_may_not_sign_in_cannot(browser: Browser, shop: Shop, hashed: str) -> None:
    closed = Client(
        client_id="300", brand_id=1, created_at=1, uber_login="mallory", password_hash=hashed, login_enabled=False
    )
    shop.clients.add(closed)
    to_contact(browser)

    assert signs_in(browser, "mallory").status == 422


def test_too_many_wrong_logins_are_not_looked_at_but_only_from_that_source(
    browser: Browser, shop: Shop, member: Member, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(type(shop.clients), "verified", lambda self, login, *more: asked.append(login))
    to_contact(browser)
    pages = [signs_in(browser, password="wrong") for _ in range(OF_LOGIN.most + 2)]

    assert [page.status for page in pages] == [422] * OF_LOGIN.most + [429] * 2
    assert "Too many sign-ins failed" in pages[-1].text
    assert len(asked) == OF_LOGIN.most
    elsewhere = Browser(shop, source="203.0.113.5")
    to_contact(elsewhere)
    assert signs_in(elsewhere, password="wrong").status == 422
    clock.time += OF_LOGIN.seconds
    assert signs_in(browser, password="wrong").status == 422


def test_one_source_does_not_go_through_all_names(
    browser: Browser, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(shop.clients), "verified", lambda self, *named: None)
    to_contact(browser)
    browser.open(SIGN_IN)

    statuses = [browser.send(login=f"name{number}", password="x").status for number in range(OF_SOURCE.most + 1)]
    assert (statuses[-2], statuses[-1]) == (422, 429)


def test_a_sign_in_that_another_site_sends_is_refused(browser: Browser, member: Member) -> None:
    to_contact(browser)
    page = browser.open(SIGN_IN)
    typed = {**page.inputs, "login": "grace", "password": PASSWORD}

    assert browser.post(SIGN_IN, {**typed, "csrf": "forged"}).status == 403
    assert browser.post(SIGN_IN, typed, **{"sec-fetch-site": "cross-site"}).status == 403


def test_without_an_order_there_is_nothing_to_sign_in_for(browser: Browser, member: Member) -> None:
    assert browser.open(SIGN_IN).path == "/forms/hosting/plan"


def test_signing_out_shows_nothing_of_the_account_and_signing_in_again_goes_on(
    browser: Browser, shop: Shop, member: Member
) -> None:
    to_contact(browser)
    signs_in(browser)
    page = browser.post("/forms/hosting/sign-out", {"csrf": browser.shown.inputs["csrf"]})
    assert (page.status, "You are signed out" in page.text) == (200, True)

    for path in ("/forms/hosting", "/forms/hosting/contact", "/forms/hosting/payment", "/forms/hosting/wait"):
        page = browser.open(path)
        assert (page.status, "Sign in to continue this order" in page.text) == (403, True)
        assert ("Hopper" in page.body, "Navy Yard" in page.body) == (False, False)
    assert order_of(browser, shop).client_id == "100"
    assert "Hopper" in signs_in(browser).body


def test_who_signs_in_as_another_client_gets_that_one_s_account_only(
    browser: Browser, shop: Shop, member: Member, hashed: str
) -> None:
    shop.clients.add(
        Client(
            client_id="101",
            brand_id=1,
            created_at=1,
            uber_login="ida",
            password_hash=hashed,
            first="Ida",
            last="Rhodes",
        )
    )
    to_contact(browser)
    signs_in(browser)
    signs_in(browser, "ida")

    order = order_of(browser, shop)
    assert (order.client_id, order.info["first"], order.info["address"]) == ("101", "Ida", "")


def test_no_login_and_no_password_is_logged(browser: Browser, member: Member, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    to_contact(browser)
    signs_in(browser, "grace", "hunter2-wrong")
    signs_in(browser)

    said = logged(caplog)
    assert "sign-in failed" in said
    assert "hunter2-wrong" not in said
    assert "grace" not in said
    assert PASSWORD not in said
