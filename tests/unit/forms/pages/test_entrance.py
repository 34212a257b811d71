"""Whoever knows the host only finds the forms; programs that look through it are told what is not for them."""

import pytest

from lambdas.forms.shop import Shop
from tests.unit.forms.browser import Browser


@pytest.mark.parametrize("path", ["/", "/forms", "/forms/"])
def test_the_forms_are_found_by_the_host_alone(browser: Browser, shop: Shop, path: str) -> None:
    page = browser.ask("GET", path)

    assert page.status == 200
    assert all(f'href="/forms/{name}"' in page.body for name in shop.forms)
    assert page.set_cookies == []


def test_a_form_that_takes_no_orders_is_not_offered(browser: Browser, shop: Shop) -> None:
    closed = next(iter(shop.forms.values()))
    number = shop.order_queue_id(closed)
    shop.service.queues[number] = shop.service.queues[number].model_copy(update={"active": False})  # type: ignore[index]

    assert f'href="/forms/{closed.name}"' not in browser.ask("GET", "/").body


def test_robots_are_told_where_not_to_look(browser: Browser) -> None:
    page = browser.ask("GET", "/robots.txt")

    assert (page.status, page.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert "Disallow: /orders/" in page.body.splitlines()


@pytest.mark.parametrize(
    "path", ["/", "/forms/hosting", "/forms/hosting/", "/robots.txt", "/orders/nothing", "/forms/nothing"]
)
def test_by_head_a_page_is_the_same_without_its_content(browser: Browser, path: str) -> None:
    got, looked_at = browser.ask("GET", path), browser.ask("HEAD", path)

    assert looked_at.status == got.status
    assert looked_at.headers["Content-Type"] == got.headers["Content-Type"]
    assert looked_at.body == ""
