"""A pause on the whole system: what would start waits, says why, and continues when the pause is over."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.flow.conftest import Shop, new_client_order, until

pytestmark = pytest.mark.engine

MODULE, GATEWAY = {"module": "provision_client"}, {"gateway": "sandbox"}
WHY = {"reason": "the panel is down"}


@pytest.fixture(autouse=True)
def _all_resumed(shop: Shop) -> Iterator[None]:
    """The engine is shared: no pause outlives its test."""
    yield
    for what in (MODULE, GATEWAY):
        shop.call("order.resume", what)


def paused_order(shop: Shop) -> str:
    """An order that waits for the end of the pause: the first after its function noticed, which takes seconds."""

    def ask() -> str | None:
        order_id = str(shop.done("order.create", new_client_order())["order_id"])
        shop.done("order.submit", {"order_id": order_id})
        order = until("the order is past its first action", lambda: begun(shop, order_id))
        return order_id if order["step"]["status"] != "complete" else None

    order_id = until("a process notices the pause", ask)
    action = shop.until_action(order_id, "Provision Client", "waiting")
    assert "provision_client is paused until" in action["reason"]
    assert "the panel is down" in action["reason"]
    (wait,) = [each for each in shop.order(order_id)["waits"] if each["for"] == str(action["order_action_id"])]
    assert wait["due_at"]
    assert wait["owner"]
    return order_id


def begun(shop: Shop, order_id: str) -> dict[str, Any] | None:
    """The order, once it is complete or its first action waits."""
    order = shop.order(order_id)
    return order if order["step"]["status"] == "complete" or order["waits"] else None


def test_an_order_waits_for_a_paused_module_and_completes_after_it_is_resumed(shop: Shop) -> None:
    shop.done("order.pause", {**MODULE, **WHY, "minutes": 60})
    order_id = paused_order(shop)

    shop.done("order.resume", MODULE)
    assert shop.until_step(order_id, "complete")["client_id"]


def test_an_order_continues_when_a_pause_ends_by_itself(shop: Shop) -> None:
    shop.done("order.pause", {**MODULE, **WHY, "until": int(time.time()) + 20})
    order_id = paused_order(shop)

    until("the sweeper wakes it", lambda: shop.sweep()["resumed"] or None)
    shop.until_step(order_id, "complete")


def test_nothing_is_submitted_for_money_while_the_gateway_is_paused(shop: Shop) -> None:
    shop.done("order.pause", {**GATEWAY, **WHY, "minutes": 60})

    def ask() -> tuple[str, httpx.Response] | None:
        order_id = str(shop.done("order.create", new_client_order())["order_id"])
        answer = shop.call("order.submit", {"order_id": order_id})
        return None if answer.is_success else (order_id, answer)

    order_id, refused = until("the API notices the pause", ask)
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:order-queues:problem:submits_paused")
    assert 3_000 < int(refused.headers["Retry-After"]) <= 3_600
    assert "the panel is down" not in refused.text
    assert shop.order(order_id)["step"]["status"] == "leads"

    shop.done("order.resume", GATEWAY)
    shop.done("order.submit", {"order_id": order_id})
    shop.until_step(order_id, "complete")
