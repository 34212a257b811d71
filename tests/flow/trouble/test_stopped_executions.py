"""What operators do to executions in the AWS console is noticed, shown, and mended with nothing done twice."""

import pytest

from lambdas.payments.gateway import TransactionState
from tests.flow.conftest import Shop, new_client_order, order_whose_login_is_taken, until

pytestmark = pytest.mark.engine


def a_waiting_order(shop: Shop) -> str:
    """Its capture was refused, so it waits for somebody at Generate Invoice."""
    order_id = str(shop.done("order.create", new_client_order(cc_token="tok_capture_fails"))["order_id"])
    shop.done("order.submit", {"order_id": order_id})
    shop.until_action(order_id, "Generate Invoice", "waiting")
    return order_id


def test_an_order_whose_execution_was_stopped_shows_it_and_completes_after_a_restart(shop: Shop) -> None:
    order_id = a_waiting_order(shop)
    arn = shop.execution_arn(order_id)
    shop.step_functions.stop_execution(executionArn=arn, error="Operator", cause="the rack burns")

    stopped = until("the stop is noticed", lambda: _stopped(shop, order_id))
    assert stopped == "the machine was stopped in the console: Operator: the rack burns"

    restarted = shop.done("order.restart", {"order_id": order_id})
    assert restarted["machine_stopped_at"] is None
    shop.until_action(order_id, "Generate Invoice", "waiting")
    shop.done("order.process", {"order_id": order_id, "order_action_id": 103, "skip": 1, "reason": "paid in cash"})
    complete = shop.until_step(order_id, "complete")

    assert [action["attempts"] for action in complete["actions"]][:2] == [1, 1]
    again = shop.call("order.restart", {"order_id": order_id})
    assert (again.status_code, "which is final" in again.json()["detail"]) == (409, True)


def test_a_running_order_is_not_restarted(shop: Shop) -> None:
    order_id = a_waiting_order(shop)

    refused = shop.call("order.restart", {"order_id": order_id})

    assert (refused.status_code, "its machine is running" in refused.json()["detail"]) == (409, True)
    shop.done("order.cancel", {"order_id": order_id})


def test_a_lead_has_no_execution_says_until_when_it_is_kept_and_is_canceled_without_one(shop: Shop) -> None:
    order_id = shop.done("order.create", new_client_order())["order_id"]
    (wait,) = shop.order(order_id)["waits"]
    refused = shop.call("order.restart", {"order_id": order_id})
    canceled = shop.done("order.cancel", {"order_id": order_id})

    assert (wait["for"], wait["owner"], wait["overdue"]) == ("leads", "sales", False)
    assert (refused.status_code, "it is a lead" in refused.json()["detail"]) == (409, True)
    assert canceled["unwound_at"] == canceled["canceled_at"]
    with pytest.raises(shop.step_functions.exceptions.ExecutionDoesNotExist):
        shop.step_functions.describe_execution(executionArn=shop.execution_arn(order_id))


def test_a_failed_action_is_mended_by_update_and_process(shop: Shop) -> None:
    second = order_whose_login_is_taken(shop, "mended-login")
    assert "login name is taken" in shop.until_action(second, "Provision Client", "waiting")["reason"]

    shop.done("order.update", {"order_id": second, "info": {"uber_login": "mended-login-free"}})
    shop.done("order.process", {"order_id": second, "order_action_id": 101})

    complete = shop.until_step(second, "complete")
    assert (complete["actions"][0]["attempts"], complete["actions"][0]["by"]) == (2, "local")


def test_a_failed_action_can_be_skipped_and_counts_as_done(shop: Shop) -> None:
    order_id = shop.done("order.create", new_client_order(cc_token="tok_capture_fails"))["order_id"]
    shop.done("order.submit", {"order_id": order_id})
    shop.until_action(order_id, "Generate Invoice", "waiting")

    shop.done("order.process", {"order_id": order_id, "order_action_id": 103, "skip": 1, "reason": "paid in cash"})

    complete = shop.until_step(order_id, "complete")
    assert complete["actions"][2]["reason"] == "skipped by local: paid in cash"
    held = shop.gateway.find(shop.hold_key(order_id))
    assert held is not None
    assert held.state is TransactionState.VOIDED
    assert shop.execution_ended(order_id)["status"] == "SUCCEEDED"


def test_orders_are_listed_by_step_queue_client_and_time(shop: Shop) -> None:
    order_id = shop.done("order.create", new_client_order())["order_id"]
    shop.done("order.submit", {"order_id": order_id})
    complete = shop.until_step(order_id, "complete")

    for wanted in (
        {"order_step_id": 13, "direction": "desc"},
        {"order_queue_id": 1, "step_status": 2, "direction": "desc"},
        {"client_id": complete["client_id"]},
        {"step_name": "Complete", "direction": "desc", "limit": 5},
    ):
        found = until("listed", lambda wanted=wanted: _found(shop, wanted, order_id))  # type: ignore[misc]
        assert found["step"]["name"] == "Complete"


def _found(shop: Shop, wanted: dict[str, object], order_id: str) -> dict[str, dict[str, str]] | None:
    orders = shop.done("order.list", wanted)["orders"]
    return next((order for order in orders if order["order_id"] == order_id), None)


def _stopped(shop: Shop, order_id: str) -> str | None:
    reason = shop.order(order_id)["machine_stopped_because"]
    return str(reason) if reason else None
