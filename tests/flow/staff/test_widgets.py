"""The desk's widgets as deployed: the console invokes one function to show an order, and another one to process what waits."""

import json
from typing import Any

from tests.flow.conftest import Shop, until
from tests.flow.server_orders import CALL_BACK, action_of, submitted
from tests.unit.desk.console import WidgetReader


def invoke(shop: Shop, part: str, event: dict[str, Any]) -> tuple[str, WidgetReader]:
    """What the function answers, as a viewer's browser gets it."""
    functions = shop.client("lambda")
    pages = functions.get_paginator("list_functions").paginate()
    (name,) = (
        found["FunctionName"]
        for page in pages
        for found in page["Functions"]
        if f"Widgets{part}" in found["FunctionName"]
    )
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event))
    assert "FunctionError" not in answer, answer["Payload"].read()
    html = str(json.loads(answer["Payload"].read()))
    read = WidgetReader()
    read.feed(html)
    return name, read


def test_staff_find_an_order_on_the_dashboard_and_process_what_waits(shop: Shop) -> None:
    order_id = submitted(shop)
    shop.until_action(order_id, "Identity Call-back", "waiting")

    _, board = invoke(shop, "Reader", {"widgetContext": {"params": {"show": "board"}}})
    assert "Dedicated server" in " ".join(board.text)
    reader, order = invoke(
        shop, "Reader", {"show": "find", "widgetContext": {"forms": {"all": {"desk.query": order_id}}}}
    )
    assert "Why it waits Identity Call-back" in " ".join(order.text)
    (process,) = (button for button in order.buttons if button.parameters.get("act") == "process")
    assert reader in order.buttons[0].endpoint

    typed = {name: "called back" for name in order.inputs if name.endswith(".reason")}
    actor, popup = invoke(shop, "Actor", {**process.parameters, "widgetContext": {"forms": {"all": typed}}})
    assert " ".join(popup.text).startswith("Done The action was processed.")
    assert actor in process.endpoint

    def passed() -> dict[str, Any] | None:
        action = action_of(shop.order(order_id), CALL_BACK)
        return action if action["state"] == "done" else None

    until("the call-back is done", passed)
    _, stale = invoke(shop, "Actor", {**process.parameters, "widgetContext": {"forms": {"all": typed}}})
    assert " ".join(stale.text).startswith("Nothing was done: the order changed")
    shop.done("order.cancel", {"order_id": order_id, "reason": "a test"})
