"""Buyers who leave and come back, and clients who order as if they were none: one order, and one client where that is proved."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.actions._frame.module import Tools
from lambdas.actions._frame.run import run_action
from lambdas.actions.provision_client import module
from lambdas.forms.shop import Shop
from lambdas.mail import sending
from lambdas.mail.sender import Sender
from lambdas.notices.notices import Notices
from lambdas.orders.decisions.lead.draft import OrderDraft
from lambdas.orders.decisions.open_work import WorkKind, open_work
from lambdas.orders.model.order import Order
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.clients.client import Client
from lambdas.records.table import RecordTable
from tests.support.build import CARD, CONTACT, Clock
from tests.unit.actions.conftest import CLIENT, Context
from tests.unit.api.posts.conftest import Ses
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id, to_contact, to_payment, with_card
from tests.unit.forms.pages.test_ordering import orders_written

EMAIL = "ada@example.com"


@dataclass
class Scene:
    """A shop whose mails are read and whose orders are provisioned. `tools`: those of actions."""

    shop: Shop
    notices: Notices
    ses: Ses
    tools: Tools

    def order(self, order_id: str) -> Order:
        return self.shop.service.get(order_id=order_id)

    def provision(self, order_id: str) -> Order:
        """Provision Client runs, as a machine has it run; the order after it."""
        run_action(module, order_id, CLIENT, Context("request-1"), self.tools)
        return self.order(order_id)

    def remind(self, order_id: str) -> str:
        """The path of the link in the reminder."""
        assert self.notices.remind(order_id, self.shop.forms["hosting"], 4) == "sent"
        return self.link("/resume/")

    def confirm(self, order_id: str) -> str:
        """The path of the link in the confirmation."""
        assert self.notices.confirm(order_id, on_doubt="skip") == "sent"
        return self.link("/orders/")

    def link(self, part: str) -> str:
        text = self.ses.sent[-1]["Content"]["Simple"]["Body"]["Text"]["Data"]
        found = re.findall(r"https://orders\.example\.com(\S+)", text)
        (path,) = (path for path in found if part in path and not path.endswith("/invoices"))
        return str(path)

    def clients(self) -> list[str]:
        return [client.client_id for client in self.shop.clients.by_email(EMAIL)]


@pytest.fixture
def scene(
    shop: Shop, records: RecordTable, gateway: SandboxGateway, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Scene:
    ses = Ses()
    monkeypatch.setattr(sending, "ses", lambda: ses)
    notices = Notices(
        store=shop.service.store, records=records, queues=shop.service.queues, forms=shop.forms,
        sender=Sender(mail_from="orders@example.com", company="Example Hosting"), public_url="https://orders.example.com",
        now=clock, windows=shop.windows,
    )  # fmt: skip
    return Scene(shop, notices, ses, Tools(shop.service.store, records, gateway, clock))


@pytest.fixture
def account(shop: Shop) -> Client:
    client = Client(client_id="100", brand_id=1, created_at=1, email=EMAIL, first="Ada", last="Lovelace", country="GB")
    shop.clients.add(client)
    return client


def work_of(order: Order) -> list[WorkKind]:
    return [work.kind for work in open_work(order)]


def begin(browser: Browser) -> None:
    browser.open("/forms/hosting")
    browser.send(plan="1:12", email=EMAIL)


def to_card(browser: Browser) -> None:
    to_payment(browser)
    with_card(browser)


ENTRIES = {
    "plan": {"plan": "1:12", "email": EMAIL},
    "extras": {"site": "www.example.com"},
    "contact": {
        "orders_as": "person", "first": "Ada", "last": "Lovelace", "address": "12 Square", "city": "London", "country": "GB",
    },
}  # fmt: skip
LEFT: tuple[Callable[[Browser], Any], ...] = (begin, to_contact, to_payment, to_card)


def finish(browser: Browser) -> Page:
    """From the page that the form continues with to the order's status page."""
    while browser.page and (name := browser.page.read.action.rpartition("/")[2]) in ENTRIES:
        browser.send(**ENTRIES[name])
    with_card(browser)
    page = browser.send()
    assert browser.went[-1].startswith("/orders/"), page.text
    return page


def ordered(scene: Scene, browser: Browser) -> tuple[Page, str]:
    to_card(browser)
    return browser.send(), the_order_id(browser, scene.shop)


def come_back(scene: Scene, browser: Browser, back: str) -> Browser:
    """The browser in which the order continues."""
    if back == "browser":
        browser.open("/forms/hosting")
        return browser
    link = scene.remind(the_order_id(browser, scene.shop))
    returning = browser if back == "mail in the same browser" else Browser(scene.shop)
    returning.open(link)
    if returning is not browser:
        returning.send()
    return returning


MAILED = ("mail in the same browser", "mail on another device")


@pytest.mark.parametrize("leave", LEFT)
@pytest.mark.parametrize("back", ["browser", *MAILED])
def test_who_leaves_on_any_page_and_returns_in_any_way_makes_one_order_and_one_client(
    scene: Scene, browser: Browser, dynamodb: DynamoDBClient, leave: Callable[[Browser], Any], back: str
) -> None:
    leave(browser)
    order_id = the_order_id(browser, scene.shop)
    finish(come_back(scene, browser, back))
    order = scene.provision(order_id)

    assert orders_written(dynamodb) == 1
    assert scene.clients() == [order.client_id]
    assert work_of(order) == []


@pytest.mark.parametrize("leave", LEFT)
@pytest.mark.parametrize("back", MAILED)
def test_a_client_who_returns_by_mail_stays_one_client(
    scene: Scene, browser: Browser, account: Client, leave: Callable[[Browser], Any], back: str
) -> None:
    leave(browser)
    order_id = the_order_id(browser, scene.shop)
    finish(come_back(scene, browser, back))
    order = scene.provision(order_id)

    assert (order.client_id, scene.clients()) == (account.client_id, [account.client_id])
    assert order.actions[str(CLIENT)].result == {"client_id": "100", "made": False}
    assert work_of(order) == []


def test_pages_are_the_same_whether_the_address_is_a_client_s_or_not(
    scene: Scene, request: pytest.FixtureRequest
) -> None:
    seen = []
    for fixtures in ((), ("account",)):
        for name in fixtures:
            request.getfixturevalue(name)
        browser = Browser(scene.shop)
        begin(browser)
        pages = [to_payment(browser), with_card(browser), browser.send()]
        order = scene.provision(the_order_id(browser, scene.shop))
        pages.append(browser.open(browser.went[-1]))
        pages.append(browser.open(f"{browser.went[-1]}?account=1"))  # a link that was not mailed asks nothing
        seen.append([page.text.replace(order.reference, "") for page in pages])

    assert seen[0] == seen[1]


def test_who_ignores_every_mail_gets_a_new_client_and_staff_hear_of_it(
    scene: Scene, browser: Browser, account: Client
) -> None:
    _, order_id = ordered(scene, browser)
    order = scene.provision(order_id)

    assert scene.clients() == [account.client_id, order.client_id]
    assert order.actions[str(CLIENT)].result["same_address"] == account.client_id
    assert account.client_id not in order.actions[str(CLIENT)].reason  # which its client may read
    assert work_of(order) == [WorkKind.SAME_ADDRESS]
    resolved = scene.shop.service.resolve_address(order, by="kim", why="one person; 100 stays")
    assert work_of(resolved) == []


def test_the_confirmation_asks_the_client_s_mailbox_and_the_order_joins_them(
    scene: Scene, browser: Browser, account: Client
) -> None:
    _, order_id = ordered(scene, browser)
    reader = Browser(scene.shop)
    assert "Is this order yours?" in reader.open(scene.confirm(order_id)).text
    assert not scene.order(order_id).proved_address  # mail scanners look, too
    assert "You confirmed that this order is yours" in reader.send(account="yes").text
    order = scene.provision(order_id)

    assert (order.client_id, scene.clients()) == (account.client_id, [account.client_id])


@pytest.mark.usefixtures("account")
def test_who_confirms_after_a_client_was_made_is_handed_to_staff_with_the_proof(scene: Scene, browser: Browser) -> None:
    _, order_id = ordered(scene, browser)
    scene.provision(order_id)
    reader = Browser(scene.shop)
    reader.open(scene.confirm(order_id))
    reader.send(account="yes")

    order = scene.order(order_id)
    assert work_of(order) == [WorkKind.SAME_ADDRESS]
    assert order.proved_address


def test_a_new_buyer_is_asked_nothing(scene: Scene, browser: Browser) -> None:
    _, order_id = ordered(scene, browser)
    scene.confirm(order_id)

    assert "You have an account" not in json.dumps(scene.ses.sent)


def test_an_address_that_was_proved_is_no_proof_of_another_one(scene: Scene, browser: Browser, account: Client) -> None:
    """A stranger proves their own address, and types the client's one after that."""
    browser.open("/forms/hosting")
    browser.send(plan="1:12", email="mallory@example.com")
    order_id = the_order_id(browser, scene.shop)
    stranger = come_back(scene, browser, "mail on another device")
    assert scene.order(order_id).proved_address
    stranger.open("/forms/hosting/plan")
    stranger.send(**ENTRIES["plan"])
    status = finish(stranger)
    assert "Is this order yours?" not in stranger.open(f"{status.path}?account=1").text
    stranger.post(status.path, {**status.inputs, "account": "yes"})

    assert scene.provision(order_id).client_id != account.client_id


@pytest.mark.usefixtures("account")
def test_an_order_of_a_program_makes_the_client_that_it_states(scene: Scene) -> None:
    content = {**CONTACT, **CARD, "email": EMAIL, "pack1": {"plan_id": "1"}}
    lead = scene.shop.service.create(OrderDraft(order_queue_id=1, info=content))
    order = scene.provision(scene.shop.service.submit(lead).order_id)

    assert order.actions[str(CLIENT)].result == {"client_id": order.client_id, "made": True}
    assert work_of(order) == []
