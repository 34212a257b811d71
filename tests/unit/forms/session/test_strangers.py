"""An order that somebody begins in another one's name is no way to what is the other one's, and nor is a link to an order."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest

from lambdas.forms.shop import Shop
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import MayBeInvoiced
from lambdas.records.clients.client import Client
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.links.link import DAY, LinkPurpose, new_token, path_of
from lambdas.runtime.passwords import hash_password
from tests.support.build import Clock
from tests.unit.forms.browser import HOST, Browser, Page, provider_answers
from tests.unit.forms.conftest import CARD, to_payment, with_card

ADA, PASSWORD = "ada@example.com", "correct horse battery staple"
AGREED = {"terms": "1", "terms_signature": "Ada Lovelace"}
OF_THE_ACCOUNT = ("Byron", "12 St James", "ending in 1111", "London")
PAGES = ("", "/plan", "/extras", "/contact", "/payment", "/wait", "/review", "/return?state=x", "/price?page=contact")


@dataclass
class Scene:
    """A stranger began an order with Ada's address; a link to it was mailed to her. She is a client with a stored card."""

    shop: Shop
    stranger: Browser
    ada: Browser
    link: str
    order_id: str
    stored: str

    @property
    def order(self) -> Order:
        return self.shop.service.get(order_id=self.order_id)

    def mailed(self, email: str = ADA, **more: Any) -> str:
        """The way of another link that was mailed to this address."""
        token = new_token()
        made = self.shop.links.make(
            token, LinkPurpose.RESUME, self.order_id, now=self.shop.now(), form="hosting", email=email, **more
        )
        return path_of(made, token)

    def signs_in(self, browser: Browser, login: str = "ada") -> Page:
        browser.open("/forms/hosting/sign-in")
        return browser.send(login=login, password=PASSWORD)

    def ada_is_signed_in(self) -> "Scene":
        self.ada.resume(self.link)
        self.signs_in(self.ada)
        return self

    def seen(self, browser: Browser) -> str:
        """All that this browser gets to see of the form, by whatever way."""
        bodies = [browser.open(f"/forms/hosting{path}").body for path in PAGES]
        typed = {"csrf": self.csrf_of(browser), "page": "contact"}
        bodies += [browser.ask("POST", f"/forms/hosting{path}", _encoded(typed), **SAME).body for path in PAGES]
        return "\n".join(bodies)

    def csrf_of(self, browser: Browser) -> str:
        """As a program would keep it from the page it was on."""
        return browser.shown.inputs.get("csrf", "")


SAME = {"origin": "null", "sec-fetch-site": "same-origin"}


def _encoded(typed: dict[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in typed.items())


@pytest.fixture(scope="module")
def hashed() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def scene(shop: Shop, hashed: str) -> Iterator[Scene]:
    known = {"first": "Ada", "last": "Byron", "address": "12 St James", "city": "London", "country": "GB"}
    person = Client(
        client_id="100", brand_id=1, created_at=1, uber_login="ada", password_hash=hashed, email=ADA, **known
    )
    shop.clients.add(person)
    eve = Client(client_id="101", brand_id=1, created_at=1, uber_login="eve", password_hash=hashed, last="Moran")
    shop.clients.add(eve)
    card = PaymentMethod(kind=MethodKind.CARD, token="tok_approve", brand="Visa", last_four="1111", expiry="1230")
    stored = shop.methods.add("100", card, is_default=True)
    stranger = Browser(shop, source="203.0.113.66")
    stranger.open("/forms/hosting")
    stranger.send(plan="1:12", email=ADA)
    stranger.send(site="www.example.com")
    scene = Scene(shop, stranger, Browser(shop), "", "1001", stored)
    scene.link = scene.mailed()
    yield scene


def test_the_page_of_a_link_says_whose_order_it_is_and_a_look_at_it_changes_nothing(scene: Scene) -> None:
    page = scene.ada.open(scene.link)

    assert (page.status, "It was begun for ada@example.com" in page.text) == (200, True)
    assert "/forms/hosting/new" in page.read.links
    assert scene.stranger.open("/forms/hosting/contact").status == 200
    assert scene.shop.service.get(order_id="1001").revision == scene.order.revision
    assert [link.purpose for link in scene.shop.links.of_order("1001")].count(LinkPurpose.SESSION) == 1


def test_opening_a_mailed_link_closes_the_stranger_s_browser(scene: Scene) -> None:
    assert scene.ada.resume(scene.link).path == "/forms/hosting/contact"
    assert "This order is for ada@example.com" in scene.ada.shown.text

    before = scene.order
    page = scene.stranger.open("/forms/hosting/contact")
    assert (page.status, "This order was opened in another browser" in page.text) == (410, True)
    scene.stranger.post("/forms/hosting/contact", {"csrf": scene.csrf_of(scene.stranger), "first": "Eve"})
    assert scene.order == before


def test_nothing_of_the_account_is_seen_or_used_by_who_began_the_order(scene: Scene) -> None:
    """The stranger's browser and whatever link they still have; the order becomes hers, and stays it."""
    own = scene.mailed("")
    scene.ada_is_signed_in()
    assert scene.order.info["last"] == "Byron"
    for stranger in (scene.stranger, Browser(scene.shop)):
        stranger.resume(own)
        seen = scene.seen(stranger)
        assert [word for word in OF_THE_ACCOUNT if word in seen] == []
        assert "Sign in to continue this order" in seen
        typed = {**AGREED, "csrf": scene.csrf_of(stranger)}
        for payment in ("account", f"stored:{scene.stored}", "entered"):
            assert stranger.post("/forms/hosting/payment", {**typed, "payment": payment}).status == 403
    assert scene.order.is_lead
    assert "Byron" in scene.ada.open("/forms/hosting/contact").body  # who signed in is not put out by that


def test_a_session_that_was_opened_before_the_sign_in_is_over_even_if_the_client_is_taken_off_again(
    scene: Scene,
) -> None:
    """Begun on Ada's own link, so that she is not asked to close anything."""
    scene.stranger.resume(scene.mailed(""))
    scene.shop.service.update(scene.order, {"info": {"email": ADA}})
    scene.ada.cookies.update(scene.stranger.cookies)
    scene.signs_in(scene.ada)
    assert scene.ada.cookies != scene.stranger.cookies
    assert [word for word in OF_THE_ACCOUNT if word in scene.seen(scene.stranger)] == []


def test_whoever_knew_the_cookie_before_the_sign_in_is_not_signed_in_with_it(scene: Scene) -> None:
    """A browser that others used before her: they kept what it held."""
    scene.ada.cookies.update(scene.stranger.cookies)
    scene.signs_in(scene.ada)
    assert "Byron" in scene.ada.open("/forms/hosting/contact").body

    assert [word for word in OF_THE_ACCOUNT if word in scene.seen(scene.stranger)] == []
    csrf = scene.csrf_of(scene.stranger)
    assert scene.ada.post("/forms/hosting/contact", {"csrf": csrf, "first": "Eve"}).status == 403


def test_another_client_does_not_take_the_order_over(scene: Scene) -> None:
    scene.ada_is_signed_in()
    eve = Browser(scene.shop)
    eve.resume(scene.mailed(""))
    page = scene.signs_in(eve, "eve")

    assert (page.status, "belongs to another client's account" in page.text) == (409, True)
    assert "/forms/hosting/new" in page.read.links
    assert scene.order.client_id == "100"
    assert scene.ada.open("/forms/hosting/contact").status == 200


def test_an_order_that_staff_gave_to_a_client_is_locked_too(scene: Scene) -> None:
    scene.shop.service.update(scene.order, {"client_id": "100", "info": {"last": "Byron"}})

    assert [word for word in OF_THE_ACCOUNT if word in scene.seen(scene.stranger)] == []
    page = scene.stranger.open("/forms/hosting/sign-in")
    assert "Begin a new order" in page.text
    assert "Sign in to continue this order" in scene.stranger.open("/forms/hosting/payment").text


def test_a_mailed_link_does_not_open_an_order_with_another_address(scene: Scene) -> None:
    """The stranger begins in Ada's name, has a link mailed to her, and makes the order their own before she reads it."""
    scene.shop.service.update(scene.order, {"info": {"email": "eve@example.com"}})

    assert scene.ada.open(scene.link).status == 410
    assert scene.stranger.open("/forms/hosting/contact").status == 200


def test_an_address_that_changes_while_the_link_is_opened_closes_what_it_opened(scene: Scene) -> None:
    scene.ada.resume(scene.link)
    scene.shop.service.update(scene.order, {"info": {"email": "eve@example.com"}})  # a page that was on its way

    page = scene.ada.open("/forms/hosting/contact")
    assert (page.path, "Eve" in page.body) == ("/forms/hosting/plan", False)


def test_who_came_by_a_mailed_link_may_correct_the_address(scene: Scene) -> None:
    scene.ada.resume(scene.link)
    scene.ada.open("/forms/hosting/plan")
    scene.ada.send(email="ada@home.example")

    assert "This order is for ada@home.example" in scene.ada.open("/forms/hosting/contact").text
    assert Browser(scene.shop).open(scene.link).status == 410


def test_a_page_that_was_on_its_way_when_the_client_signed_in_changes_and_sends_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was let in as the order was nobody's, and writes when it is Ada's."""
    queues = scene.shop.service.queues
    trusting = {
        key: each.model_copy(update={"may_be_invoiced": MayBeInvoiced.EVERYBODY}) for key, each in queues.items()
    }
    object.__setattr__(scene.shop.service, "queues", trusting)
    contact = {
        "csrf": scene.csrf_of(scene.stranger),
        "orders_as": "person",
        "first": "Eve",
        "last": "Moran",
        "address": "x",
        "city": "x",
        "country": "GB",
    }
    scene.stranger.post("/forms/hosting/contact", contact)
    service = type(scene.shop.service)
    update = service.update
    for verb, payment in (("update", "enter:card"), ("submit", "account")):
        typed = {**scene.stranger.open("/forms/hosting/payment").inputs, **AGREED, "payment": payment}
        real = getattr(service, verb)

        def late(self: Any, order: Order, *given: Any, real: Any = real, **more: Any) -> Order:
            monkeypatch.undo()
            update(self, order, {"client_id": "100", "info": {"last": "Byron"}})
            return cast("Order", real(self, order, *given, **more))

        monkeypatch.setattr(service, verb, late)
        page = scene.stranger.post("/forms/hosting/payment", typed)
        assert page.status in (403, 409)  # told to sign in, or to look again
        assert "Byron" not in page.body
        assert (scene.order.is_lead, scene.order.attempt) == (True, None)
        update(scene.shop.service, scene.order, {"client_id": "", "info": {"last": "Moran"}})


def test_a_card_that_was_entered_elsewhere_is_neither_shown_nor_charged_through_a_link(scene: Scene) -> None:
    """The other way round: a link to the stranger's own order, sent to somebody who fills it and enters a card."""
    link = scene.mailed("")
    victim = Browser(scene.shop)
    victim.resume(link)
    to_payment_from_contact(victim)
    with_card(victim)
    assert "ending in 4242" in victim.open("/forms/hosting/payment").text

    back = Browser(scene.shop)
    back.resume(link)
    assert "ending in 4242" not in back.open("/forms/hosting/payment").text
    assert back.send(**AGREED, payment="entered").status == 422
    assert scene.order.is_lead


def to_payment_from_contact(browser: Browser) -> None:
    person = {
        "orders_as": "person",
        "first": "Vic",
        "last": "Tim",
        "address": "1 Road",
        "city": "Leeds",
        "country": "GB",
    }
    browser.open("/forms/hosting/contact")
    browser.send(**person)


def test_one_person_goes_on_on_one_device_and_then_on_the_other(browser: Browser, shop: Shop, clock: Clock) -> None:
    to_payment(browser)
    (order_id,) = {link.order_id for link in shop.links.of_order("1001")}
    token = new_token()
    made = shop.links.make(token, LinkPurpose.RESUME, order_id, now=shop.now(), form="hosting", email=ADA)
    link, phone = path_of(made, token), Browser(shop)
    assert phone.resume(link).path == "/forms/hosting/payment"
    assert browser.open("/forms/hosting").status == 410
    assert "Get a link by email" in browser.shown.text

    clock.time += DAY
    assert browser.resume(link).path == "/forms/hosting/payment"
    with_card(browser)
    assert browser.send().path.startswith("/orders/")
    assert phone.open("/forms/hosting/payment").status == 410


def test_a_second_press_of_the_button_leaves_one_session_open(scene: Scene) -> None:
    shown = scene.ada.open(scene.link)
    pressed = [scene.ada.ask("POST", scene.link, _encoded(shown.inputs), **SAME) for _ in range(2)]

    assert [page.status for page in pressed] == [303, 303]
    assert scene.ada.open("/forms/hosting/contact").status == 200


@pytest.mark.parametrize("path", ["/forms/hosting/new", "link"])
def test_another_site_makes_a_browser_neither_leave_its_order_nor_open_another(scene: Scene, path: str) -> None:
    """Being led into a stranger's order is the first half of typing one's data into it."""
    foreign = {"origin": f"https://{HOST}.evil.example", "sec-fetch-site": "cross-site"}
    to_payment(scene.ada)
    mine = dict(scene.ada.cookies)
    way = scene.link if path == "link" else path
    shown = scene.ada.open(way)
    assert shown.status == 200
    assert scene.ada.cookies == mine

    for typed, headers in ((shown.inputs, foreign), ({"csrf": "forged"}, SAME), ({}, SAME)):
        assert scene.ada.ask("POST", way, _encoded(typed), **headers).status == 403
    assert scene.ada.cookies == mine
    assert scene.ada.open("/forms/hosting/payment").status == 200


def test_the_provider_s_answer_for_a_client_s_order_is_not_taken_from_another_browser(scene: Scene) -> None:
    scene.ada_is_signed_in()
    scene.ada.open("/forms/hosting/contact")
    scene.ada.send(orders_as="person")
    led = scene.ada.send(**AGREED, payment="enter:card")
    back = provider_answers(led, token="tok_approve", **CARD)

    other = Browser(scene.shop)
    other.resume(scene.mailed())
    assert other.open(back).status == 403
    assert "cc_token" not in scene.order.info
    assert "ending in 4242" in scene.ada.open(back).text
