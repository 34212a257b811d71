"""What no page foresaw is said as it is: nobody is told to send again what would be refused for ever."""

from http import HTTPStatus

import pytest

from lambdas.forms.door import Door
from lambdas.forms.pages.refusals import refused_page
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
        (OrderNotFoundError("the id 1001"), HTTPStatus.GONE, "nobody sent it in time"),
        (OrderUnreadableError("1001", "x"), HTTPStatus.INTERNAL_SERVER_ERROR, "not lost"),
        (CardDataError("info.note"), HTTPStatus.UNPROCESSABLE_ENTITY, "looks like a card number"),
        (InvalidOrderError((Problem("info", "is too large"),)), HTTPStatus.UNPROCESSABLE_ENTITY, "is too large"),
        (QueueNotFoundError(9, [1]), HTTPStatus.CONFLICT, "cannot be changed so"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, OrderError) else None,
)
def test_each_refusal_says_what_is_so(door: Door, error: OrderError, status: HTTPStatus, said: str) -> None:
    page = refused_page(door, error)

    assert page.status == status
    assert said in str(page.body)
    assert (AGAIN in str(page.body)) is isinstance(error, OrderChangedError)


def erase(door: Door, order_id: str) -> None:
    """As time to live does with a lead that came to nothing."""
    store = door.service.store
    key = {"pk": {"S": order_id}, "sk": {"S": "order"}}
    store._client.delete_item(TableName="orders", Key=key)  # type: ignore[attr-defined]


def test_a_browser_whose_order_was_erased_begins_anew(browser: Browser, door: Door) -> None:
    to_payment(browser)
    erase(door, the_order_id(browser, door))
    page = browser.open("/forms/hosting/payment")

    assert (page.status, page.path) == (200, "/forms/hosting/plan")
    browser.send(plan="1:12", email="ada@example.com")
    assert browser.shown.path == "/forms/hosting/extras"


def test_a_link_to_an_order_that_was_erased_says_so(browser: Browser, door: Door) -> None:
    to_payment(browser)
    order_id, token = the_order_id(browser, door), new_token()
    door.links.make(token, LinkPurpose.STATUS, order_id, now=door.now())
    erase(door, order_id)
    page = browser.ask("GET", f"/orders/{token}")

    assert (page.status, "This order is not here any more" in page.text) == (410, True)
