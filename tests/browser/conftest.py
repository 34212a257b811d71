"""One Chromium for the folder; each test has a browser of its own in it, which must not complain about any page."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, expect

from infra.local.engine_process import LocalEngine
from infra.local.stack import LocalStack
from tests.browser.chromium import chromium
from tests.browser.walk import Walk
from tests.flow.conftest import second, shop

__all__ = ["second", "shop"]

NewWalk = Callable[..., Walk]
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"

expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.engine)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def url(stack: LocalStack, deployed_engine: LocalEngine) -> str:
    return stack.api_url


@pytest.fixture
def new_walk(browser: Browser, url: str) -> Iterator[NewWalk]:
    """Makes people with a browser, or another device, each. `**options` are Playwright's of a context."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def complained(message: ConsoleMessage) -> None:
        # A page with errors in it is answered with 422, a closed link with 410: the browser notes that, and it is meant.
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            complaints.append(message.text)

    def walk(**options: Any) -> Walk:
        context = browser.new_context(locale="en-GB", **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", complained)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return Walk(page, url)

    yield walk
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def walk(new_walk: NewWalk) -> Walk:
    return new_walk()
