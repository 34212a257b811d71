"""What no page foresaw is said as it is: nobody is told to send again what would be refused for ever."""

from http import HTTPStatus

import pytest

from lambdas.forms.pages.refusals import refusal_page
from lambdas.forms.shop import Shop
from lambdas.orders.errors import (
    CardDataError,
    InvalidOrderError,
    OrderChangedError,
    OrderError,
    OrderNotFoundError,
    OrderUnreadableError,
    Problem,
    QueueNotFoundError,
)
from lambdas.records.links.link import LinkPurpose, new_token
from tests.unit.forms.browser import Browser
from tests.unit.forms.conftest import the_order_id, to_payment

AGAIN = "send the page again"


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (OrderChangedError("1001"), HTTPStatus.CONFLICT, AGAIN),
        (OrderNotFoundError("the id 1001"), HTTPStatus.GONE, "was not sent in time"),
        (OrderUnreadableError("1001", "x"), HTTPStatus.INTERNAL_SERVER_ERROR, "not lost"),
        (CardDataError("info.note"), HTTPStatus.UNPROCESSABLE_ENTITY, "looks like a card number"),
        (InvalidOrderError((Problem("info", "is too large"),)), HTTPStatus.UNPROCESSABLE_ENTITY, "is too large"),
        (QueueNotFoundError(9, [1]), HTTPStatus.CONFLICT, "change is not possible"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, OrderError) else None,
)
def test_each_refusal_says_what_is_so(shop: Shop, error: OrderError, status: HTTPStatus, said: str) -> None:
    page = refusal_page(shop, error)

    assert page.status == status
    assert said in str(page.body)
    assert (AGAIN in str(page.body)) is isinstance(error, OrderChangedError)


def erase(shop: Shop, order_id: str) -> None:
    """As time to live does with a lead that came to nothing."""
    store = shop.service.store
    key = {"pk": {"S": order_id}, "sk": {"S": "order"}}
    store._client.delete_item(TableName="orders", Key=key)  # type: ignore[attr-defined]


def test_a_browser_whose_order_was_erased_begins_anew(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    erase(shop, the_order_id(browser, shop))
    page = browser.open("/forms/hosting/payment")

    assert (page.status, page.path) == (200, "/forms/hosting/plan")
    browser.send(plan="1:12", email="ada@example.com")
    assert browser.shown.path == "/forms/hosting/extras"


def test_a_link_to_an_order_that_was_erased_says_so(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    order_id, token = the_order_id(browser, shop), new_token()
    shop.links.make(token, LinkPurpose.STATUS, order_id, now=shop.now())
    erase(shop, order_id)
    page = browser.ask("GET", f"/orders/{token}")

    assert (page.status, "This order was deleted" in page.text) == (410, True)
