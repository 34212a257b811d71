"""A wait past its deadline is found by the sweeper and told once."""

import time

import pytest

from tests.flow.conftest import Shop, new_client_order, until

pytestmark = pytest.mark.engine


def test_an_action_nobody_acts_on_is_told_as_overdue_once(shop: Shop) -> None:
    order_id = shop.done("order.create", new_client_order(cc_token="tok_capture_fails"))["order_id"]
    shop.done("order.submit", {"order_id": order_id})
    shop.until_action(order_id, "Generate Invoice", "waiting")
    past = {"N": str(int(time.time()) - 60)}
    shop.dynamodb.update_item(
        TableName=shop.stack.order_table,
        Key={"pk": {"S": order_id}, "sk": {"S": "order"}},
        UpdateExpression="SET waits.#key.due_at = :past, due_at = :past, revision = revision + :one",
        ConditionExpression="attribute_exists(waits.#key)",
        ExpressionAttributeNames={"#key": "103"},
        ExpressionAttributeValues={":past": past, ":one": {"N": "1"}},
    )

    until("the sweeper finds it", lambda: shop.sweep()["overdue"] or None)

    (wait,) = shop.order(order_id)["waits"]
    assert (wait["for"], wait["overdue"]) == ("103", True)
    assert shop.sweep()["overdue"] == 0
    shop.done("order.cancel", {"order_id": order_id})
    shop.until_unwound(order_id)
