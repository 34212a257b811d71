"""Clients without a password sign in by a mailed link: once, soon, in the browser that asked. No page tells who is a client."""

import json

import pytest

from lambdas.forms.shop import Shop
from lambdas.orders.model.order import Order
from lambdas.records.clients.client import Client, ClientStatus, email_pk
from lambdas.records.links.client_sign_in import OPEN_SECONDS, SignInLinks
from lambdas.records.links.link import LinkPurpose, digest_of, new_token
from lambdas.records.table import RecordTable
from tests.support.build import Clock
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import KeptLinkRequests, the_order_id, to_contact

SIGN_IN = "/forms/hosting/sign-in"
EMAIL = "grace@example.com"


@pytest.fixture(autouse=True)
def client(shop: Shop) -> Client:
    """One that a form made: it has no login and no password."""
    client = Client(client_id="100", brand_id=1, created_at=1, email=EMAIL, first="Grace", last="Hopper", country="GB")
    shop.clients.add(client)
    return client


def asks(browser: Browser, email: str = EMAIL) -> Page:
    browser.open(SIGN_IN)
    return browser.send(email=email, by="link")


def mailed(shop: Shop, browser: Browser, records: RecordTable, client_id: str = "100", email: str = EMAIL) -> str:
    """The path of the link that the mail would have."""
    session = next(value for name, value in browser.cookies.items() if "Host-form-" in name)
    token = new_token()
    link = {"session": digest_of(session), "client_id": client_id, "address": email_pk(email)}
    SignInLinks(records).offer(token, **link, now=shop.now())
    return f"{SIGN_IN}?key={token}"


def order_of(browser: Browser, shop: Shop) -> Order:
    return shop.service.get(order_id=the_order_id(browser, shop))


def test_the_page_answers_the_same_for_every_address_and_queues_each_request(
    browser: Browser, link_requests: KeptLinkRequests
) -> None:
    to_contact(browser)
    known, unknown = asks(browser), asks(browser, "nobody@example.com")

    assert (known.status, known.body) == (unknown.status, unknown.body.replace("nobody@example.com", EMAIL))
    assert "If that address is a client's" in known.text
    assert [list(json.loads(body)) for body in link_requests.bodies] == [["sign_in_requested"]] * 2
    assert "grace" not in "".join(link_requests.bodies)


def test_the_link_asks_first_and_its_button_signs_in(browser: Browser, shop: Shop, records: RecordTable) -> None:
    to_contact(browser)
    link = mailed(shop, browser, records)
    assert "Sign in to this order?" in browser.open(link).text
    assert order_of(browser, shop).client_id is None
    page = browser.send()

    assert page.path == "/forms/hosting/contact"
    assert "You are signed in." in page.text
    assert (order_of(browser, shop).client_id, order_of(browser, shop).info["first"]) == ("100", "Grace")
    assert browser.open(link).status == 410


def test_it_works_in_no_other_browser_and_not_for_long(
    browser: Browser, shop: Shop, records: RecordTable, clock: Clock
) -> None:
    to_contact(browser)
    stranger = Browser(shop)
    to_contact(stranger)
    link = mailed(shop, browser, records)
    assert stranger.open(link).status == 410
    typed = {"csrf": stranger.open(SIGN_IN).inputs["csrf"], "key": link.partition("=")[2]}
    assert stranger.post(SIGN_IN, typed).status == 410
    assert browser.open(link).status == 200
    clock.time += OPEN_SECONDS

    assert browser.send().status == 410
    assert (order_of(browser, shop).client_id, order_of(stranger, shop).client_id) == (None, None)


def test_two_buttons_at_once_sign_in_once(browser: Browser, shop: Shop, records: RecordTable) -> None:
    to_contact(browser)
    token = mailed(shop, browser, records).partition("=")[2]
    session = shop.links.find(next(iter(browser.cookies.values())), LinkPurpose.SESSION)
    assert session is not None
    link = shop.sign_in_links.find(token, session.digest, shop.now())
    assert link is not None

    assert [shop.sign_in_links.use(link, shop.now()) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    "changes",
    [{"email": "other@example.com"}, {"login_enabled": False}, {"active": ClientStatus.LEAD}, {"brand_id": 2}],
)
def test_it_signs_in_nobody_who_may_not_any_more(
    browser: Browser, shop: Shop, records: RecordTable, client: Client, changes: dict[str, object]
) -> None:
    to_contact(browser)
    link = mailed(shop, browser, records)
    values = {**client.model_dump(exclude_none=True), **changes}
    assert records.put_if("attribute_exists(pk)", {"pk": "client#100", "sk": "client", **values})

    assert browser.open(link).status == 410


def test_requests_are_counted_by_address_and_source(
    browser: Browser, shop: Shop, link_requests: KeptLinkRequests
) -> None:
    to_contact(browser)
    for _ in range(5):
        assert asks(browser).status == 200
    assert len(link_requests.bodies) == 3
    for number in range(15):
        asks(browser, f"a{number}@example.com")

    assert asks(browser, "more@example.com").status == 429


def test_what_is_no_address_is_said_at_its_field(browser: Browser, link_requests: KeptLinkRequests) -> None:
    to_contact(browser)
    page = asks(browser, "nonsense")

    assert (page.status, "Enter an email address in the correct format" in page.text) == (422, True)
    assert link_requests.bodies == []


def test_a_mistyped_address_comes_back_as_it_was_typed(browser: Browser) -> None:
    to_contact(browser)
    page = asks(browser, "grace@example,com")

    assert (page.status, page.inputs["email"]) == (422, "grace@example,com")
