"""Every page there is, one after the other, as one person comes to them."""

import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Page

from lambdas.records.clients.client import Client
from lambdas.records.links.link import new_token
from lambdas.records.links.reminder_stop import ReminderStops, address_digest, stop_path
from lambdas.runtime.passwords import hash_password
from tests.browser.walk import ASKS_HOLDER, DECLINED, Walk
from tests.flow.conftest import Shop

PAGES = (
    "first-page", "web-site", "sign-in", "who-orders", "errors", "payment", "card", "declined", "confirm",
    "status", "resume", "resume-asked", "no-more-reminders", "continue", "begin-anew", "signed-out", "sign-in-needed",
    "link-over", "nothing-here", "equipment", "domains",
)  # fmt: skip
_AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def shown(walk: Walk, shop: Shop) -> Iterator[str]:
    """The name of each page of PAGES, while it is shown."""
    yield from _form(walk)
    yield from _payment(walk)
    yield from _order(walk, shop)
    yield from _links(walk, shop)
    yield from _whose(walk, shop)
    yield from _nothing(walk)
    yield from _domains(walk)


def _form(walk: Walk) -> Iterator[str]:
    page = walk.open().at("plan").page
    page.get_by_text("a year").first.click()
    page.locator(".total dd", has_text="$99.00").wait_for()
    yield "first-page"
    walk.plan().at("extras")
    yield "web-site"
    page.get_by_role("link", name="Sign in").click()
    walk.on("Sign in")
    yield "sign-in"
    page.get_by_role("link", name="Back to your order").click()
    walk.open("/forms/hosting/extras").extras().at("contact")
    yield "who-orders"
    walk.go_on()
    page.get_by_role("alert").wait_for()
    yield "errors"


def _payment(walk: Walk) -> Iterator[str]:
    walk.contact()
    yield "payment"
    walk.agree().page.get_by_label("Pay by card").check()
    walk.page.get_by_role("button", name="Continue to enter your card").click()
    walk.on("Enter your card")
    yield "card"
    walk.page.go_back()
    walk.at("payment").with_card(DECLINED).order().page.get_by_role("alert").wait_for()
    yield "declined"


def _order(walk: Walk, shop: Shop) -> Iterator[str]:
    walk.with_card(ASKS_HOLDER).order().on("Do you pay")
    yield "confirm"
    walk.page.get_by_role("button", name="Approve").click()
    order_id = shop.id_of(walk.ordered())
    shop.until_step(order_id, "complete")
    shop.done("order.respond", {"order_id": order_id, "subject": "Your order", "followup": "Your web space is ready."})
    walk.page.reload()
    walk.page.get_by_label("Write to us").fill("Thank you. How do I move my old site?")
    walk.page.get_by_role("button", name="Send").click()
    walk.page.locator(".posts", has_text="my old site").wait_for()
    yield "status"


def _links(walk: Walk, shop: Shop) -> Iterator[str]:
    walk.open("/forms/hosting/resume").on("Continue your order")
    yield "resume"
    walk.page.get_by_label("Email address").fill(f"nobody-{uuid4().hex[:8]}@example.com")
    walk.page.get_by_role("button", name="Send me the link").click()
    walk.on("Check your email")
    yield "resume-asked"
    token = new_token()
    ReminderStops(shop.records).offer(token, "1001", address_digest(1, "nobody@example.com"), now=int(time.time()))
    walk.open(stop_path(token)).on("Stop reminders")
    yield "no-more-reminders"


def _whose(walk: Walk, shop: Shop) -> Iterator[str]:
    client = Client(
        client_id=shop.clients.new_client_id(), brand_id=1, created_at=1, uber_login=f"ada-{uuid4().hex[:8]}",
        password_hash=hash_password("horse battery"), first="Ada", last="Lovelace",
    )  # fmt: skip
    shop.clients.add(client)
    page = walk.page
    page.context.clear_cookies()
    order_id = shop.id_of(walk.open().plan().at("extras").order_reference())
    page.context.clear_cookies()
    page.goto(shop.done("order.link_create", {"order_id": order_id})["url"])
    walk.on("Continue order")
    yield "continue"
    page.get_by_role("button", name="Continue").click()
    walk.at("contact").open("/forms/hosting/new").on("Begin a new order")
    yield "begin-anew"
    walk.open("/forms/hosting/sign-in").page.get_by_label("Login name").fill(client.uber_login)
    page.get_by_label("Password").fill("horse battery")
    page.get_by_role("button", name="Sign in").click()
    walk.at("contact").page.get_by_role("button", name="Sign out").click()
    walk.on("You are signed out")
    yield "signed-out"
    walk.open("/forms/hosting/contact").on("Sign in to continue this order")
    yield "sign-in-needed"
    page.context.clear_cookies()


def _nothing(walk: Walk) -> Iterator[str]:
    walk.open("/forms/hosting/resume/0000").on("no longer works")
    yield "link-over"
    walk.open("/forms/nowhere").on("Page not found")
    yield "nothing-here"
    walk.open("/forms/dedicated-server").at("server")
    walk.page.get_by_label("Email address").fill("ada@example.com")
    walk.page.get_by_role("radio").first.check()
    walk.go_on().at("equipment")
    yield "equipment"


def _domains(walk: Walk) -> Iterator[str]:
    """Each way in which a name can stand, but for the one that takes its time."""
    page = walk.open("/forms/domains").at("domain").page
    page.get_by_label("Domain names").fill(
        "https://www.bücher.com/, taken.com\npremium.org unknown.net shop.museum under_score.de"
    )
    page.get_by_role("button", name="Check these names").click()
    page.get_by_text("Select the names to order").wait_for()
    page.get_by_role("checkbox", name="transfer").first.check()
    yield "domains"


def problems_of(page: Page) -> list[str]:
    """What axe calls serious or critical: the rule, the element, and how to mend it."""
    if not page.evaluate("() => 'axe' in window"):
        page.add_script_tag(path=str(_AXE))
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
