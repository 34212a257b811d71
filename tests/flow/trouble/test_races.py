"""Many callers at once, and processes that die in between: one order, one machine, one payment."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from lambdas.orders.model.executions import order_id_in
from tests.flow.conftest import Shop, new_client_order, until

pytestmark = pytest.mark.engine


def test_fifty_identical_requests_make_one_order_and_get_one_answer(shop: Shop) -> None:
    order = new_client_order(uber_login="one-of-fifty")

    with ThreadPoolExecutor(16) as pool:
        answers = list(
            pool.map(lambda _: shop.call("order.create", order, **{"Idempotency-Key": "cart-50"}), range(50))
        )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    other = shop.call("order.create", {**order, "priority": 2}, **{"Idempotency-Key": "cart-50"})
    assert (other.status_code, other.json()["order_id"]) == (409, answers[0].json()["order_id"])


def test_two_submits_at_once_hold_once_and_start_one_machine(shop: Shop) -> None:
    order_id = shop.done("order.create", new_client_order())["order_id"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: shop.call("order.submit", {"order_id": order_id}), range(8)))

    assert {answer.status_code for answer in answers} <= {200, 409}
    assert any(answer.status_code == 200 for answer in answers)
    assert all("ask for it again" in answer.json()["detail"] for answer in answers if answer.status_code == 409)
    shop.until_step(order_id, "complete")
    assert shop.gateway.find(shop.hold_key(order_id)) is not None
    assert shop.gateway.find(shop.hold_key(order_id, 2)) is None
    executions = shop.step_functions.list_executions(
        stateMachineArn=shop.stack.machines["new_accounts"], maxResults=1000
    )
    assert [order_id_in(found["name"]) for found in executions["executions"]].count(order_id) == 1


def test_an_order_whose_door_died_after_the_write_is_started_once_by_the_relay(shop: Shop) -> None:
    """No door starts machines: with the relay held back, the order stands written and unstarted; then it catches up."""
    functions = shop.client("lambda")
    mapping = next(
        found
        for found in functions.list_event_source_mappings()["EventSourceMappings"]
        if "relay" in found["FunctionArn"].lower()
    )
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        order_id = shop.done("order.create", new_client_order())["order_id"]
        shop.done("order.submit", {"order_id": order_id})
        assert shop.order(order_id)["step"]["name"] == "Processing"
        with pytest.raises(shop.step_functions.exceptions.ExecutionDoesNotExist):
            shop.step_functions.describe_execution(executionArn=shop.execution_arn(order_id))
    finally:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)

    assert shop.until_step(order_id, "complete")["client_id"]
    assert shop.execution_ended(order_id)["status"] == "SUCCEEDED"


def test_a_stream_record_that_comes_again_changes_nothing(shop: Shop) -> None:
    order_id = shop.done("order.create", new_client_order())["order_id"]
    shop.done("order.submit", {"order_id": order_id})
    complete = shop.until_step(order_id, "complete")
    shop.execution_ended(order_id)
    item = shop.dynamodb.get_item(TableName=shop.stack.order_table, Key={"pk": {"S": order_id}, "sk": {"S": "order"}})[
        "Item"
    ]
    functions = shop.client("lambda")
    relay = next(
        found["FunctionName"] for found in functions.list_functions()["Functions"] if "relay" in found["Handler"]
    )

    keys = {name: item[name] for name in ("pk", "sk")}
    record = {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "1", "Keys": keys, "NewImage": item}}
    answer = functions.invoke(FunctionName=relay, Payload=json.dumps({"Records": [record, record]}))

    assert json.loads(answer["Payload"].read()) == {"batchItemFailures": []}
    assert shop.order(order_id) == complete
    executions = shop.step_functions.list_executions(
        stateMachineArn=shop.stack.machines["new_accounts"], maxResults=1000
    )
    assert [order_id_in(found["name"]) for found in executions["executions"]].count(order_id) == 1


def test_events_leave_in_order_with_ids_only(shop: Shop) -> None:
    sqs, events = shop.client("sqs"), shop.client("events")
    queue = sqs.create_queue(QueueName="watch-orders")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="watch", EventBusName=shop.stack.event_bus, EventPattern='{"source": ["order-queues"]}')
    events.put_targets(Rule="watch", EventBusName=shop.stack.event_bus, Targets=[{"Id": "1", "Arn": arn}])
    order_id = shop.done("order.create", new_client_order(first="Canary-Event"))["order_id"]
    shop.done("order.submit", {"order_id": order_id})
    seen: list[str] = []

    def completed() -> list[str] | None:
        messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            assert "Canary-Event" not in message["Body"]
            if f'"order_id":"{order_id}"' in message["Body"].replace(" ", ""):
                seen.append(json_name(message["Body"]))
        return seen if "OrderCompleted" in seen else None

    def json_name(body: str) -> str:
        return str(json.loads(body)["detail-type"])

    until("OrderCompleted on the bus", completed)
    assert set(seen) == {
        "OrderCreated",
        "OrderSubmitted",
        "OrderStepEntered",
        "OrderActionStarted",
        "OrderActionDone",
        "OrderCompleted",
    }
    assert len(seen) == 10
