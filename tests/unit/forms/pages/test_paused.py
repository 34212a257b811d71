"""Orders are not taken for a while: the form says so and until when, and keeps everything."""

import re
from dataclasses import replace

import pytest

from lambdas.forms.shop import Shop
from lambdas.orders.pauses import PauseKind
from lambdas.payments.hosted_pages import SandboxPages
from lambdas.payments.paused_gateway import PausableGateway
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.sandbox import SandboxGateway
from lambdas.payments.several.choice import GatewayChoice
from lambdas.payments.several.pages import PagesOfStage
from lambdas.records.clients.payment_method import MethodKind
from lambdas.records.pauses.pause import PauseRecords
from lambdas.records.table import RecordTable
from tests.support.build import Clock, hold_key
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id, to_payment, with_card

HOUR = 3_600


@pytest.fixture
def pauses(records: RecordTable, clock: Clock) -> PauseRecords:
    return PauseRecords(records, clock)


@pytest.fixture
def browser(shop: Shop, gateway: SandboxGateway, pauses: PauseRecords, clock: Clock) -> Browser:
    payments = PreAuthorization(PausableGateway(gateway, pauses, "sandbox"), shop.clients, clock)
    return Browser(replace(shop, service=replace(shop.service, pauses=pauses, payments=payments)))


@pytest.mark.parametrize("paused", [(PauseKind.QUEUE, ""), (PauseKind.GATEWAY, "sandbox")])
def test_the_buyer_reads_when_to_come_again_and_goes_on_then_without_typing_it_again(
    browser: Browser, pauses: PauseRecords, clock: Clock, gateway: SandboxGateway, paused: tuple[PauseKind, str]
) -> None:
    kind, name = paused
    to_payment(browser)
    with_card(browser)
    order_id = the_order_id(browser, browser.shop)
    queue = browser.shop.service.get(order_id=order_id).order_queue_id
    pauses.start(kind, name or str(queue), reason="<b>the boss is on holiday</b>", by="ada", ends_at=clock() + HOUR)

    page = browser.send()

    assert (page.status, page.path) == (200, "/forms/hosting/payment")
    assert "nothing was charged. Everything you entered is saved." in page.text
    assert "Come back after" in page.text
    assert "holiday" not in page.text
    order = browser.shop.service.get(order_id=order_id)
    assert order.is_lead
    assert gateway.find(hold_key(order)) is None

    clock.time += HOUR
    assert browser.send().path.startswith("/orders/")


BESIDE = GatewayChoice(default="sandbox", methods={MethodKind.PAYPAL: "paypal"})


def by_card_and_paypal(browser: Browser, choice: GatewayChoice = BESIDE) -> Browser:
    """The form offers cards and the account, and PayPal where it is taken; `choice`: of the stage."""
    return Browser(replace(browser.shop, hosted=PagesOfStage(choice, lambda _: SandboxPages())))


def test_a_way_to_pay_whose_provider_is_paused_is_not_offered_and_the_page_says_until_when(
    browser: Browser, pauses: PauseRecords, clock: Clock
) -> None:
    browser = by_card_and_paypal(browser)
    assert {"Pay by card", "Pay by PayPal"} <= offered(to_payment(browser))
    pauses.start(PauseKind.GATEWAY, "paypal", reason="down", by="ada", ends_at=clock() + HOUR)

    page = browser.open("/forms/hosting/payment")
    assert "Pay by card" in offered(page)
    assert "Pay by PayPal" not in offered(page)
    assert "Not possible before 2027-01-15 09:00 UTC: PayPal." in page.text

    clock.time += HOUR
    again = browser.open("/forms/hosting/payment")
    assert "Pay by PayPal" in offered(again)
    assert "Not possible" not in again.text


def test_who_has_the_page_open_when_its_way_is_paused_reads_that_and_is_led_nowhere(
    browser: Browser, pauses: PauseRecords, clock: Clock
) -> None:
    browser = by_card_and_paypal(browser)
    to_payment(browser)
    pauses.start(PauseKind.GATEWAY, "sandbox", reason="down", by="ada", ends_at=clock() + HOUR)
    page = browser.send(terms="1", terms_signature="Ada Lovelace", payment="enter:card")

    assert (page.status, page.path) == (422, "/forms/hosting/payment")
    assert "Not possible before 2027-01-15 09:00 UTC: Card." in page.text
    assert "Pay by card" not in offered(page)


def test_where_all_ways_are_paused_the_page_says_when_to_come_again(
    browser: Browser, pauses: PauseRecords, clock: Clock
) -> None:
    browser = by_card_and_paypal(browser, GatewayChoice(default="sandbox"))
    to_payment(browser)
    pauses.start(PauseKind.GATEWAY, "sandbox", reason="down", by="ada", ends_at=clock() + HOUR)
    page = browser.open("/forms/hosting/payment")

    assert offered(page) == set()
    assert "We cannot take payments at the moment. Everything you entered is saved." in page.text


def test_what_no_provider_of_the_brand_takes_is_not_offered(browser: Browser) -> None:
    browser = by_card_and_paypal(browser, GatewayChoice(default="stripe"))

    found = offered(to_payment(browser))
    assert "Pay by card" in found
    assert "Pay by PayPal" not in found


def offered(page: Page) -> set[str]:
    return set(re.findall(r'name="payment".*?class="what">([^<]+)', page.body, re.DOTALL))
