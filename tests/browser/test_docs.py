"""The page that shows the API: every operation is on it, one can be tried out, and no other host is asked."""

import json
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from infra.generate.openapi.__main__ import FILE
from tests.browser.walk import Walk
from tests.flow.conftest import Shop


def log_in(page: Page, user: str, token: str) -> None:
    page.locator(".scheme-container button.authorize").click()
    page.locator(".auth-container input:not([type=password])").fill(user)
    page.locator(".auth-container input[type=password]").fill(token)
    page.locator(".auth-btn-wrapper button.authorize").click()
    page.locator(".auth-btn-wrapper button.btn-done").click()


def expect_status(page: Page, operation: str, status: int) -> None:
    """Sends the example of an operation from the page."""
    section = page.locator(f"[id$=-{operation}]")
    section.locator(".opblock-summary-control").click()
    section.locator(".try-out__btn").click()
    section.locator("button.execute").click()
    answer = section.locator(".live-responses-table tbody .response-col_status").first
    expect(answer).to_contain_text(str(status), timeout=60_000)


@pytest.mark.slow
def test_every_operation_is_shown_and_can_be_tried_out(walk: Walk, url: str, shop: Shop) -> None:
    asked: set[str] = set()
    walk.page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))

    walk.page.goto(f"{url}/docs")
    paths = json.loads(FILE.read_text("utf-8"))["paths"].values()
    expect(walk.page.locator(".opblock")).to_have_count(sum(len(item.keys() & {"get", "post"}) for item in paths))

    expect_status(walk.page, "uber_system_info", 401)
    log_in(walk.page, shop.stack.user, shop.stack.token)
    expect_status(walk.page, "order_create", 201)
    expect_status(walk.page, "order_queue_list", 200)
    assert asked == {urlsplit(url).netloc}
