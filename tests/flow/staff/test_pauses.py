"""A pause on the whole system: what would start waits, says why, and continues when the pause is over."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from infra.local.panel.process import LocalPanel
from tests.flow.conftest import Shop, new_client_order, until
from tests.flow.server_orders import CALL_BACK, RACK, asked_of_panel, hold, in_build, process, release, submitted

pytestmark = pytest.mark.engine

MODULE, GATEWAY, OUTSIDE = {"module": "provision_client"}, {"gateway": "sandbox"}, {"module": "call_webhook"}
WHY = {"reason": "the panel is down"}


@pytest.fixture(autouse=True)
def _all_resumed(shop: Shop) -> Iterator[None]:
    """The engine is shared: no pause outlives its test."""
    yield
    for what in (MODULE, GATEWAY, OUTSIDE):
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


def test_what_the_outside_answers_during_a_pause_is_kept_and_asked_for_once(shop: Shop, panel: LocalPanel) -> None:
    order_id = in_build(shop)
    hold(panel, order_id)
    process(shop, order_id, RACK)
    shop.until_action(order_id, "Install OS", "waiting")
    asked = asked_of_panel(panel, order_id)
    shop.done("order.pause", {**OUTSIDE, **WHY, "minutes": 60})
    until("the function of the module notices the pause", lambda: waits_for_the_pause(shop))

    release(panel, order_id)

    until("the answer waits for the end of the pause", lambda: is_paused(shop, order_id, "Install OS") or None)
    assert asked_of_panel(panel, order_id) == asked
    shop.done("order.resume", OUTSIDE)
    shop.until_action(order_id, "Install OS", "done")
    shop.until_action(order_id, "Burn-in Test", "done")
    assert asked_of_panel(panel, order_id) == [*asked, "/burn-in"]


def waits_for_the_pause(shop: Shop) -> bool | None:
    """Whether an order that comes to the module now waits."""
    order_id = submitted(shop)
    shop.until_action(order_id, "Identity Call-back", "waiting")
    process(shop, order_id, CALL_BACK, skip=True, reason="known to us")

    def ask() -> str | None:
        action = action_named(shop, order_id, "Reserve Server")
        return str(action["state"]) if action["state"] in ("waiting", "done") else None

    until("its first call is made or waits", ask)
    return is_paused(shop, order_id, "Reserve Server") or None


def is_paused(shop: Shop, order_id: str, name: str) -> bool:
    return "call_webhook is paused until" in action_named(shop, order_id, name)["reason"]


def action_named(shop: Shop, order_id: str, name: str) -> dict[str, Any]:
    return next(dict(each) for each in shop.order(order_id)["actions"] if each["name"] == name)
