"""Form, errors, review, status and refusals can be read in each language, from the left and from the right."""

from base64 import b64decode
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Route

from lambdas.forms.shop import Shop
from tests.browser.measured import enlarge, wide_of
from tests.browser.pages import problems_of
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import with_card
from tests.unit.languages.pseudo import TAG

PERSON = {"orders_as": "person", "first": "Ada", "last": "Lovelace", "address": "12 Square", "city": "London"}
HOST = "http://orders.example.com"


def pages_of(browser: Browser) -> Iterator[tuple[str, Page]]:
    """As one person comes to them."""
    yield "form", browser.open("/forms/hosting")
    browser.send(plan="1:12", email="ada@example.com")
    browser.send(site="www.example.com")
    yield "errors", browser.send()
    yield "review", browser.send(**PERSON, country="GB")
    with_card(browser)
    yield "status", browser.send()
    yield "refusal", browser.open("/forms/nowhere")
    yield "another brand", browser.open("/forms/domains")


@pytest.mark.parametrize(("tag", "direction"), [("en", "ltr"), ("de", "ltr"), (TAG, "rtl")])
def test_every_kind_of_page_is_for_everybody(forms: Shop, browser: Chromium, tag: str, direction: str) -> None:
    """Axe finds nothing serious, nothing is cut off: at 320 pixels and with texts twice as large (WCAG 2.2, 1.4.4, 1.4.10)."""
    visitor, shown = Browser(forms, scheme="http", cookies={"lang": tag}), list[Page]()

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path
        page = shown[-1] if route.request.resource_type == "document" else Browser(forms).ask("GET", path)
        route.fulfill(
            status=page.status, headers=page.headers, body=b64decode(page.body) if path.endswith(".png") else page.body
        )

    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    context.route("**/*", serve)
    window = context.new_page()
    for name, page in pages_of(visitor):
        shown.append(page)
        window.set_viewport_size({"width": 320, "height": 640})
        window.goto(HOST + page.path)
        assert window.evaluate("() => [document.dir, document.documentElement.lang]") == [direction, tag], name
        assert (wide_of(window) <= 320, problems_of(window)) == (True, []), f"{name} at 320 pixels"
        window.set_viewport_size({"width": 640, "height": 720})
        enlarge(window, 200)
        assert (wide_of(window) <= 640, problems_of(window)) == (True, []), f"{name} enlarged"
    context.close()
    assert len(shown) == 6
