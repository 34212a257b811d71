"""Orders of the dedicated server, brought to where a test wants them, and what is asked about them."""

from typing import Any

import httpx

from infra.local.panel.process import LocalPanel
from lambdas.payments.gateway import TransactionState
from tests.flow.conftest import Shop, new_client_order

QUEUE, VERIFICATION, BUILD, QA, HANDOVER, COMPLETE = 3, 302, 304, 305, 307, 308
CALL_BACK, RACK, NETWORK, INSTALL, CHECKLIST, CONFIRMS = 3202, 3401, 3402, 3403, 3501, 3702
SERVER = {"plan_id": "2", "period": 1, "options": {"31": "101"}}


def process(shop: Shop, order_id: str, action_id: int, **more: Any) -> dict[str, Any]:
    return shop.done("order.process", {"order_id": order_id, "order_action_id": action_id, **more})


def refused(shop: Shop, method: str, order_id: str, **parameters: Any) -> str:
    """What the refusal says."""
    answer = shop.call(method, {"order_id": order_id, **parameters})
    assert answer.status_code == 409, answer.text
    return str(answer.json()["detail"])


def action_of(order: dict[str, Any], action_id: int) -> dict[str, Any]:
    return next(dict(action) for action in order["actions"] if action["order_action_id"] == action_id)


def asked_of_panel(panel: LocalPanel, order_id: str) -> list[str]:
    calls = httpx.get(f"{panel.url}/_calls", params={"order_id": order_id}).json()
    return [str(call["path"]) for call in calls]


def refuse_once(panel: LocalPanel, order_id: str, path: str, reason: str) -> None:
    """The next call of this order to this path is refused."""
    failure = {"order_id": order_id, "path": path, "reason": reason}
    httpx.post(f"{panel.url}/_fail", json=failure).raise_for_status()


def hold(panel: LocalPanel, order_id: str) -> None:
    """What the panel does for this order takes until `release`."""
    httpx.post(f"{panel.url}/_hold", json={"order_id": order_id}).raise_for_status()


def release(panel: LocalPanel, order_id: str) -> None:
    httpx.post(f"{panel.url}/_release", json={"order_id": order_id}).raise_for_status()


def money_of(shop: Shop, order_id: str) -> TransactionState:
    held = shop.gateway.find(shop.hold_key(order_id))
    assert held is not None
    return held.state


def submitted(shop: Shop, **details: Any) -> str:
    order_id = str(
        shop.done("order.create", {**new_client_order(pack1=SERVER), "order_queue_id": QUEUE, **details})["order_id"]
    )
    shop.done("order.submit", {"order_id": order_id})
    return order_id


def in_build(shop: Shop, **details: Any) -> str:
    """An order that waits to be racked."""
    order_id = submitted(shop, **details)
    shop.until_action(order_id, "Identity Call-back", "waiting")
    process(shop, order_id, CALL_BACK, skip=True, reason="known to us")
    shop.until_action(order_id, "Rack and Cable", "waiting")
    return order_id


def handed_over(shop: Shop, second: httpx.Client, order_id: str) -> dict[str, Any]:
    """The order, which waits for QA, checked and confirmed."""
    second.post("/order.process", json={"order_id": order_id, "order_action_id": CHECKLIST}).raise_for_status()
    shop.until_action(order_id, "Client Confirms", "waiting")
    process(shop, order_id, CONFIRMS, input={"answers": ["yes"]})
    return shop.until_step(order_id, "complete")
