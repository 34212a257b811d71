"""Links: an order goes on elsewhere, is looked at, and is counted; closed links open nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.forms.counts import RECOVERED, RETURNED, STARTED, SUBMITTED
from lambdas.forms.pages.amounts import day_of
from lambdas.forms.shop import Shop
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.records.links.link import DAY, LinkPurpose, new_token, path_of
from tests.support.build import Clock
from tests.unit.forms.browser import Browser
from tests.unit.forms.conftest import the_order_id, to_contact, to_payment, with_card

PERSON = {
    "orders_as": "person",
    "first": "Ada",
    "last": "Lovelace",
    "address": "12 Square",
    "city": "London",
    "country": "GB",
}


def a_link(shop: Shop, order_id: str, purpose: LinkPurpose = LinkPurpose.RESUME, **more: Any) -> str:
    token = new_token()
    link = shop.links.make(token, purpose, order_id, now=shop.now(), form="hosting", **more)
    return path_of(link, token)


COUNTED = {STARTED, RETURNED, SUBMITTED, RECOVERED}
Counted = Callable[[], list[str]]


@pytest.fixture
def counted(capsys: pytest.CaptureFixture[str]) -> Counted:
    """The metrics of forms since it was asked last, as they were written (embedded metric format)."""

    def read() -> list[str]:
        written = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"CloudWatchMetrics"' in line]
        said = [row["_aws"]["CloudWatchMetrics"][0] for row in written]
        of_form = [each for each in said if each["Metrics"][0]["Name"] in COUNTED]
        assert all(each["Dimensions"] == [["service"]] for each in of_form), "or each form would be a metric more"
        return [each["Metrics"][0]["Name"] for each in of_form]

    return read


def order_of(browser: Browser, shop: Shop) -> Order:
    return shop.service.get(order_id=the_order_id(browser, shop))


def test_a_resume_link_goes_on_where_the_order_stood_on_another_device(
    browser: Browser, shop: Shop, counted: Counted
) -> None:
    to_contact(browser)
    order_id = the_order_id(browser, shop)
    phone = Browser(shop)
    page = phone.resume(a_link(shop, order_id))

    assert page.path == "/forms/hosting/contact"
    assert phone.cookies != browser.cookies
    phone.send(**PERSON)
    with_card(phone)
    phone.send()
    assert order_of(phone, shop).order_id == order_id
    assert order_of(phone, shop).step_status is StepStatus.ORDINARY
    assert counted() == [
        "FormStarted",
        "FormReturned",
        "FormSubmitted",
        "FormRecovered",
    ]


def test_each_is_counted_once_for_an_order(browser: Browser, shop: Shop, counted: Counted) -> None:
    to_payment(browser)
    link = a_link(shop, the_order_id(browser, shop))
    for _ in range(2):
        Browser(shop).resume(link)
        browser.resume(link)
    review = with_card(browser)
    for _ in range(2):
        browser.post("/forms/hosting/payment", review.inputs)

    assert sorted(counted()) == [
        "FormRecovered",
        "FormReturned",
        "FormStarted",
        "FormSubmitted",
    ]


def test_an_order_that_nobody_came_back_to_is_not_recovered(browser: Browser, shop: Shop, counted: Counted) -> None:
    to_payment(browser)
    with_card(browser)
    browser.send()

    assert counted() == ["FormStarted", "FormSubmitted"]


def test_a_resume_link_of_a_submitted_order_shows_its_status(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    with_card(browser)
    browser.send()
    phone = Browser(shop)

    assert phone.resume(a_link(shop, the_order_id(browser, shop))).path.startswith("/orders/")


def test_a_closed_link_opens_nothing(browser: Browser, shop: Shop, clock: Clock) -> None:
    to_contact(browser)
    order_id = the_order_id(browser, shop)
    links = {purpose: a_link(shop, order_id, purpose, days=3) for purpose in (LinkPurpose.RESUME, LinkPurpose.STATUS)}
    assert [Browser(shop).open(path).status for path in links.values()] == [200, 200]

    clock.time += 3 * DAY
    assert [Browser(shop).open(path).status for path in links.values()] == [410, 410]
    again = a_link(shop, order_id)
    shop.links.revoke(order_id, None, shop.now())
    assert Browser(shop).open(again).status == 410
    assert browser.open("/forms/hosting/contact").path == "/forms/hosting/plan"  # its session was closed as well


def test_what_was_opened_through_a_link_closes_with_it(browser: Browser, shop: Shop) -> None:
    to_contact(browser)
    order_id = the_order_id(browser, shop)
    link, phone = a_link(shop, order_id), Browser(shop)
    phone.resume(link)
    phone.send(**PERSON)
    with_card(phone)
    status = phone.send().path
    assert Browser(shop).open(status).status == 200

    made = shop.links.find(link.rpartition("/")[2], LinkPurpose.RESUME)
    assert made is not None
    shop.links.revoke(order_id, made.link_id, shop.now())
    assert Browser(shop).open(status).status == 410
    assert phone.open("/forms/hosting/payment").path == "/forms/hosting/plan"


def test_what_was_opened_through_a_link_never_outlives_it(browser: Browser, shop: Shop, clock: Clock) -> None:
    to_contact(browser)
    phone = Browser(shop)
    phone.resume(a_link(shop, the_order_id(browser, shop), days=1))
    phone.send(**PERSON)
    with_card(phone)
    page = phone.send()
    assert f"This page shows the progress of your order until {day_of(clock.time + DAY)}" in page.text

    clock.time += DAY
    assert phone.open(page.path).status == 410
    assert phone.open("/forms/hosting/payment").path == "/forms/hosting/plan"


def test_a_link_opens_only_what_it_is_for(browser: Browser, shop: Shop) -> None:
    to_contact(browser)
    order_id = the_order_id(browser, shop)
    resume, status = (
        a_link(shop, order_id, purpose).rpartition("/")[2] for purpose in (LinkPurpose.RESUME, LinkPurpose.STATUS)
    )

    for path in (
        f"/orders/{resume}",
        f"/forms/hosting/resume/{status}",
        f"/forms/dedicated-server/resume/{resume}",
        f"/forms/hosting/resume/{new_token()}",
        f"/orders/{order_id}",
        "/orders/" + "x" * 5_000,
    ):
        assert Browser(shop).open(path).status == 410, path


def test_the_status_page_shows_what_the_queue_lets_clients_see(shop: Shop) -> None:
    lead = shop.service.create(_draft(3))
    page = Browser(shop).open(a_link(shop, lead.order_id, LinkPurpose.STATUS))
    assert ("Not sent yet" in page.text, "Install OS to come" in page.text) == (True, True)
    assert "Check Card Address" not in page.text

    shown = next(action for action in lead.actions.values() if action.name == "Order Hardware")
    done = lead.with_action(shown.changed(state=ActionState.DONE, reason="ordered at the factory"))
    here = done.changed(step_id=shown.step_id, step_status=StepStatus.ORDINARY, submitted_at=1)
    here = shop.service.store.save(here)
    page = Browser(shop).open(a_link(shop, lead.order_id, LinkPurpose.STATUS))
    assert "Order Hardware done ordered at the factory" in page.text

    later = next(step for step in reversed(here.checklist_steps) if step.status is StepStatus.ORDINARY)
    shop.service.store.save(here.changed(step_id=later.step_id))
    page = Browser(shop).open(a_link(shop, lead.order_id, LinkPurpose.STATUS))
    assert "Order Hardware done" in page.text
    assert ("ordered at the factory" in page.text) is _is_persistent(shop, shown.action_id)


def test_why_an_action_failed_is_not_for_clients(shop: Shop) -> None:
    order = shop.service.create(_draft(3))
    shown = next(action for action in order.actions.values() if action.name == "Order Hardware")
    failed = order.with_action(shown.changed(state=ActionState.FAILED, reason="supplier wants cash"))
    shop.service.store.save(failed.changed(step_id=shown.step_id, step_status=StepStatus.ORDINARY, submitted_at=1))
    page = Browser(shop).open(a_link(shop, order.order_id, LinkPurpose.STATUS))

    assert "Order Hardware in progress" in page.text
    assert "wants cash" not in page.body


def test_what_was_skipped_is_not_called_done(shop: Shop) -> None:
    """Of a payment, say, that nobody waited for."""
    order = shop.service.create(_draft(3))
    shown = next(action for action in order.actions.values() if action.name == "Await Payment")
    skipped = order.with_action(shown.changed(state=ActionState.SKIPPED, reason="skipped by ann: known to us"))
    shop.service.store.save(skipped.changed(step_id=shown.step_id, step_status=StepStatus.ORDINARY, submitted_at=1))
    page = Browser(shop).open(a_link(shop, order.order_id, LinkPurpose.STATUS))

    assert "Await Payment left out" in page.text
    assert "known to us" not in page.body


def test_a_lead_is_not_thanked_for_and_of_a_canceled_order_nothing_is_to_come(shop: Shop) -> None:
    lead = shop.service.create(_draft(3))
    shop.links.remember_form(lead.order_id, "dedicated-server")
    link = a_link(shop, lead.order_id, LinkPurpose.STATUS)
    page = Browser(shop).open(link)
    assert ("Thank you" in page.text, "Install OS to come" in page.text) == (False, True)

    shop.service.cancel(lead)
    page = Browser(shop).open(link)
    assert ("Canceled" in page.text, "to come" in page.text, "Install OS" in page.text) == (True, False, False)


def _is_persistent(shop: Shop, action_id: int) -> bool:
    actions = (action for queue in shop.service.queues.values() for action in queue.actions)
    return next(action for action in actions if action.id == action_id).persistent_display


def _draft(order_queue_id: int) -> Any:
    from lambdas.orders.decisions.lead.draft import OrderDraft

    return OrderDraft(order_queue_id=order_queue_id, info={"email": "ada@example.com", "pack1": {"plan_id": "2"}})
