"""The check of promises on the stage that is deployed here: rows that are spoiled by hand are found until they are right."""

import json
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from infra.local.stack import STACK
from infra.operate.check_orders import check
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.several.choice import GatewayChoice
from lambdas.watch.check import stage_of
from tests.flow.conftest import Shop, new_client_order, until

pytestmark = pytest.mark.engine


def lines_of(shop: Shop, order_id: str) -> list[str]:
    """What the command says of this order. Other orders of this engine may be spoiled by other tests."""
    screen = StringIO()
    stage = stage_of(
        DynamoOrderStore(shop.stack.order_table, shop.dynamodb),
        shop.records,
        gateways=GatewayChoice(default="sandbox"),
        machines={"1": shop.stack.machines["new_accounts"]},
        client=shop.step_functions,
    )
    code = check(stage, Console(file=screen, width=300))
    lines = [line for line in screen.getvalue().splitlines() if line.startswith(f"{order_id}:")]
    assert code == 1 or not lines
    return lines


def write(shop: Shop, order_id: str, update: str, names: dict[str, str], values: dict[str, Any]) -> None:
    shop.dynamodb.update_item(
        TableName=shop.stack.order_table,
        Key={"pk": {"S": order_id}, "sk": {"S": "order"}},
        UpdateExpression=f"{update}, revision = revision + :one",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues={**values, ":one": {"N": "1"}},
    )


def test_a_wait_that_lost_its_owner_is_named_until_it_has_one(shop: Shop) -> None:
    order_id = shop.done("order.create", new_client_order(cc_token="tok_capture_fails"))["order_id"]
    shop.done("order.submit", {"order_id": order_id})
    shop.until_action(order_id, "Generate Invoice", "waiting")
    assert lines_of(shop, order_id) == []

    write(shop, order_id, "SET waits.#key.#owner = :owner", {"#key": "103", "#owner": "owner"}, {":owner": {"S": ""}})
    (line,) = lines_of(shop, order_id)
    assert "wait has an owner" in line and "103" in line
    write(
        shop,
        order_id,
        "SET waits.#key.#owner = :owner",
        {"#key": "103", "#owner": "owner"},
        {":owner": {"S": "billing"}},
    )

    assert lines_of(shop, order_id) == []
    shop.done("order.cancel", {"order_id": order_id})
    shop.until_unwound(order_id)


def test_a_live_service_of_a_canceled_order_is_named(shop: Shop) -> None:
    order_id = shop.done("order.create", new_client_order(cc_token="tok_capture_fails"))["order_id"]
    shop.done("order.submit", {"order_id": order_id})
    shop.until_action(order_id, "Generate Invoice", "waiting")
    shop.done("order.cancel", {"order_id": order_id})
    client_id = str(shop.until_unwound(order_id)["client_id"]["S"])
    assert lines_of(shop, order_id) == []
    (service,) = shop.services.of_order(client_id, order_id, also_canceled=True)

    revive(shop, client_id, service.service_id, "active")
    (line,) = lines_of(shop, order_id)
    assert "no live service" in line and service.service_id in line
    revive(shop, client_id, service.service_id, "canceled")

    assert lines_of(shop, order_id) == []


def revive(shop: Shop, client_id: str, service_id: str, status: str) -> None:
    shop.dynamodb.update_item(
        TableName=shop.stack.record_table,
        Key={"pk": {"S": f"services#{client_id}"}, "sk": {"S": f"service#{service_id}"}},
        UpdateExpression="SET #status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": {"S": status}},
    )


def run_deployed_check(shop: Shop) -> dict[str, Any]:
    """A whole pass, begun now."""
    functions = shop.client("lambda")
    name = next(
        each["FunctionName"] for each in functions.list_functions()["Functions"] if "watch.check" in each["Handler"]
    )

    def run() -> dict[str, Any] | None:
        answer = functions.invoke(FunctionName=name, Payload=json.dumps({"begin": True}).encode())
        said = dict(json.loads(answer["Payload"].read()))
        return said if said.get("is_over") else None

    assert STACK in name
    return until("the pass ends", run)


def broken(shop: Shop, order_id: str) -> list[str]:
    """Promises that this order breaks, as the worklist shows them."""
    found = shop.done("order.worklist", {"team": "operations"})["violations"]
    return [each["promise"] for each in found if each["place"] == order_id]


def test_what_the_deployed_check_finds_stands_on_the_worklist_until_it_is_mended(shop: Shop) -> None:
    order_id = shop.done("order.create", new_client_order(cc_token="tok_capture_fails"))["order_id"]
    shop.done("order.submit", {"order_id": order_id})
    shop.until_action(order_id, "Generate Invoice", "waiting")
    owner = {"#key": "103", "#owner": "owner"}
    write(shop, order_id, "SET waits.#key.#owner = :owner", owner, {":owner": {"S": ""}})

    assert run_deployed_check(shop)["found"] >= 1
    assert broken(shop, order_id) == ["wait has an owner"]
    run_deployed_check(shop)
    assert broken(shop, order_id) == ["wait has an owner"]
    write(shop, order_id, "SET waits.#key.#owner = :owner", owner, {":owner": {"S": "billing"}})
    run_deployed_check(shop)

    assert broken(shop, order_id) == []
    shop.done("order.cancel", {"order_id": order_id})
    shop.until_unwound(order_id)
