"""Orders are not taken for a while: the form says so and until when, and keeps everything."""

from dataclasses import replace

import pytest

from lambdas.forms.shop import Shop
from lambdas.orders.pauses import PauseKind
from lambdas.payments.paused_gateway import PausableGateway
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.pauses.pause import PauseRecords
from lambdas.records.table import RecordTable
from tests.support.build import Clock, hold_key
from tests.unit.forms.browser import Browser
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
