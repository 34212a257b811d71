"""The dedicated server moved by hand, canceled, and found again in lists."""

from typing import Any

import httpx
import pytest

from infra.local.panel.process import LocalPanel
from lambdas.payments.gateway import TransactionState
from tests.flow.conftest import Shop, new_client_order
from tests.flow.server_orders import (
    BUILD,
    COMPLETE,
    QA,
    QUEUE,
    RACK,
    VERIFICATION,
    asked_of_panel,
    handed_over,
    in_build,
    money_of,
    process,
    refused,
    submitted,
)

pytestmark = pytest.mark.engine


def test_an_order_is_moved_forth_and_back_and_what_it_passed_counts_again(shop: Shop, second: httpx.Client) -> None:
    order_id = in_build(shop)

    forth = shop.done("order.update", {"order_id": order_id, "step_name": "qa", "reason": "built last week"})
    assert forth["step"]["name"] == "QA"
    passed = [action for action in forth["actions"] if action["order_step_id"] == BUILD]
    assert {action["state"] for action in passed} == {"skipped"}
    assert {action["reason"] for action in passed} == {"passed over: local moved the order to QA: built last week"}
    shop.until_action(order_id, "QA Checklist", "waiting")

    back = shop.done("order.update", {"order_id": order_id, "step_id": BUILD})
    assert {action["state"] for action in back["actions"] if action["order_step_id"] == BUILD} == {"pending"}
    assert shop.until_action(order_id, "Rack and Cable", "waiting")["reason"] == "local moved the order back to Build"

    process(shop, order_id, RACK)
    shop.until_action(order_id, "QA Checklist", "waiting")
    order = handed_over(shop, second, order_id)
    assert {action["state"] for action in order["actions"] if not action["optional"]} == {"done", "skipped"}


def test_no_order_is_moved_where_it_does_not_belong(shop: Shop) -> None:
    order_id = in_build(shop)
    before = shop.order(order_id)

    assert refused(shop, "order.update", order_id, step_id=COMPLETE) == (
        f"order {order_id} enters Complete automatically when every required action is done or skipped; still open: "
        "Rack and Cable (3401), Assign Network (3402), Install OS (3403), Burn-in Test (3404), QA Checklist (3501), "
        "Generate Invoice (3602), Await Payment (3603), Activate Services (3601), Send Access Link (3701), Client Confirms (3702)"
    )
    assert refused(shop, "order.update", order_id, step_id=VERIFICATION) == (
        f"order {order_id} has nothing left to do there: every action of Verification is done or skipped; undo a skip, or"
        " process one of its actions again while the order is there"
    )
    assert refused(shop, "order.update", order_id, step_name="Leads") == (
        f"order {order_id} was submitted and does not become a lead again"
    )
    assert refused(shop, "order.update", order_id, step_name="Canceled") == (
        f"order {order_id} goes to Canceled by order.cancel only"
    )
    assert refused(shop, "order.update", order_id, step_name="Limbo").startswith(
        f"order {order_id} has no such step; its steps are 301 Leads, 302 Verification, 303 Stock, 304 Build"
    )
    assert shop.order(order_id) == before


def test_a_cancel_in_the_middle_of_build_leaves_nothing_behind(shop: Shop, panel: LocalPanel) -> None:
    order_id = in_build(shop)
    process(shop, order_id, RACK)
    assert shop.until_action(order_id, "Install OS", "waiting")["reason"] == (
        "the receiver is at work: the installer has booted"
    )

    canceled = shop.done("order.cancel", {"order_id": order_id, "reason": "changed their mind"})
    assert canceled["step"]["name"] == "Canceled"
    shop.until_unwound(order_id)

    order = shop.order(order_id)
    assert (order["canceled_because"], order["canceled_by"], order["waits"]) == ("changed their mind", "local", [])
    assert shop.services.of_order(order["client_id"], order_id) == ()
    assert money_of(shop, order_id) is TransactionState.VOIDED
    undone = {action["name"]: action["reason"] for action in order["actions"] if action["state"] == "undone"}
    assert undone == {
        "Generate Invoice": "payment returned",
        "Install OS": "taken back by the receiver",
        "Assign Network": "taken back by the receiver",
        "Reserve Server": "taken back by the receiver",
        "Add Services": "1 service canceled",
    }
    assert asked_of_panel(panel, order_id)[-3:] == ["/wipe", "/network/release", "/servers/release"]


def test_a_canceled_order_is_final(shop: Shop) -> None:
    order_id = in_build(shop)
    shop.done("order.cancel", {"order_id": order_id, "reason": "changed their mind"})
    shop.until_unwound(order_id)
    order = shop.order(order_id)

    final = f"order {order_id} is in Canceled, which is final: it cannot be"
    assert refused(shop, "order.process", order_id, order_action_id=RACK).startswith(f"{final} processed")
    assert refused(shop, "order.update", order_id, step_id=QA).startswith(f"{final} moved")
    assert refused(shop, "order.submit", order_id).startswith(f"{final} submitted")
    again = shop.done("order.cancel", {"order_id": order_id, "reason": "another reason"})
    assert again == order  # canceled already: nothing is done twice, and the first reason stays


def test_a_complete_order_is_final_too(shop: Shop) -> None:
    order_id = str(shop.done("order.create", new_client_order())["order_id"])
    shop.done("order.submit", {"order_id": order_id})
    shop.until_step(order_id, "complete")

    final = f"order {order_id} is in Complete, which is final: it cannot be"
    assert refused(shop, "order.cancel", order_id) == f"{final} canceled; make a new order instead"
    assert refused(shop, "order.process", order_id, order_action_id=101).startswith(f"{final} processed")
    assert refused(shop, "order.update", order_id, step_id=12).startswith(f"{final} moved")


def test_the_list_finds_an_order_by_where_whose_and_when(shop: Shop) -> None:
    when = 1_500_000_000
    order_id = in_build(shop, ts=when)
    client_id = shop.order(order_id)["client_id"]
    later = submitted(shop, ts=when + 10)

    def found(**wanted: Any) -> list[str]:
        window = {"min_ts": when, "max_ts": when + 10}  # nobody else's orders are of then
        return [order["order_id"] for order in shop.done("order.list", {**window, **wanted})["orders"]]

    assert found(order_step_id=BUILD) == [order_id]
    assert found(order_queue_id=QUEUE) == [order_id, later]
    assert found(order_queue_id=QUEUE, direction="desc") == [later, order_id]
    assert found(order_queue_id=QUEUE, step_name="build") == [order_id]
    assert found(client_id=client_id) == [order_id]
    assert found(min_ts=when + 1) == [later]
    assert found(min_ts=when, max_ts=when + 9) == [order_id]
    assert found(step_status=0) == [order_id, later]
    assert found(step_status=3) == []
    shop.done("order.cancel", {"order_id": order_id})
    assert found(step_status=3) == [order_id]
    assert found(client_id=client_id, step_status=3) == [order_id]
