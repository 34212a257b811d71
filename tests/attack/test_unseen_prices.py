"""What somebody would want who lets others pay another price than the one they were shown."""

from typing import Any

from tests.flow.conftest import Shop, new_client_order


def test_an_order_made_dearer_behind_its_buyer_is_not_charged(shop: Shop) -> None:
    shown = shop.done("order.create", new_client_order())
    server: dict[str, Any] = {"plan_id": "2", "period": 12}
    shop.done("order.update", {"order_id": shown["order_id"], "info": {"pack1": server}})

    answer = shop.call("order.submit", {"order_id": shown["order_id"], "total": shown["total"]})

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "urn:order-queues:problem:total_differs")
    assert (problem["said_total"], problem["total"]) == (shown["total"], "1599.00")
    assert shop.gateway.find(shop.hold_key(shown["order_id"])) is None
    assert shop.order(shown["order_id"])["step"]["status"] == "leads"
