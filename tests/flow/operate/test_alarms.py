"""Failures that are made on the engine set off the alarms that speak of them, and no others do."""

import json
import time
from typing import Any

import pytest

from tests.flow.conftest import Shop, new_client_order, until
from tests.support.alarm_states import counted, goes_off, rule_of

pytestmark = pytest.mark.engine


def rings(shop: Shop, name: str, since: float) -> bool | None:
    """Whether the alarm goes off over what functions counted. None: not yet, for `until`."""
    return goes_off(rule_of(name), list(counted(shop.client("logs"), rule_of(name), since=since))) or None


def write(shop: Shop, order_id: str, update: str, names: dict[str, str], values: dict[str, Any]) -> None:
    shop.dynamodb.update_item(
        TableName=shop.stack.order_table,
        Key={"pk": {"S": order_id}, "sk": {"S": "order"}},
        UpdateExpression=update,
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
    )


def test_a_deadline_that_passed_sets_off_orders_overdue(shop: Shop) -> None:
    since = time.time()
    order_id = shop.done("order.create", new_client_order(cc_token="tok_capture_fails"))["order_id"]
    shop.done("order.submit", {"order_id": order_id})
    shop.until_action(order_id, "Generate Invoice", "waiting")
    past = {":past": {"N": str(int(since) - 60)}, ":one": {"N": "1"}}
    write(
        shop,
        order_id,
        "SET waits.#key.due_at = :past, due_at = :past, revision = revision + :one",
        {"#key": "103"},
        past,
    )

    until("the sweeper finds it", lambda: shop.sweep()["overdue"] or None)

    assert until("the alarm goes off", lambda: rings(shop, "OrdersOverdue", since))
    shop.done("order.cancel", {"order_id": order_id})
    shop.until_unwound(order_id)


def test_declines_set_off_declines_rise_and_a_few_do_not(shop: Shop) -> None:
    def decline(number: int) -> None:
        order = new_client_order(cc_token="tok_decline")
        order_id = shop.done("order.create", order)["order_id"]
        assert shop.call("order.submit", {"order_id": order_id}).status_code == 402, number

    rule, logs = rule_of("DeclinesRise"), shop.client("logs")
    while time.time() % 60 > 30:  # all of them within one minute, as CloudWatch counts
        time.sleep(0.2)
    since = time.time()
    for number in range(int(rule.threshold) - 1):
        decline(number)
    until("they are counted", lambda: sum(value for _, value in counted(logs, rule, since=since)) == 9 or None)
    assert not rings(shop, "DeclinesRise", since)
    decline(9)

    assert until("the alarm goes off", lambda: rings(shop, "DeclinesRise", since))


def test_an_unreadable_order_sets_off_records_parked_and_api_fails(shop: Shop) -> None:
    order_id = shop.done("order.create", new_client_order())["order_id"]
    key = {"pk": {"S": order_id}, "sk": {"S": "order"}}
    row = shop.dynamodb.get_item(TableName=shop.stack.order_table, Key=key, ConsistentRead=True)["Item"]
    since = time.time()
    write(shop, order_id, "SET #actions = :broken, revision = revision + :one", {"#actions": "actions"}, BROKEN)

    sqs = shop.client("sqs")
    url = next(url for url in sqs.list_queues()["QueueUrls"] if "OutboxDeadLetters" in url)
    depth = until("the readers give up", lambda: waiting(sqs, url) or None)
    assert goes_off(rule_of("RecordsParked"), [(since, depth)])
    answers = [shop.call("order.get", {"order_id": order_id}) for _ in range(int(rule_of("ApiFails").threshold))]
    failures = [(since, 1.0) for answer in answers if answer.status_code >= 500]
    assert goes_off(rule_of("ApiFails"), failures)  # API Gateway's metric counts the answers; the engine has no metrics
    assert not goes_off(rule_of("ApiFails"), failures[1:])

    shop.dynamodb.put_item(TableName=shop.stack.order_table, Item={**row, "revision": {"N": "9"}})
    sqs.purge_queue(QueueUrl=url)
    shop.done("order.cancel", {"order_id": order_id})


BROKEN = {":broken": {"S": "not a checklist"}, ":one": {"N": "1"}}


def waiting(sqs: Any, url: str) -> int:
    name = "ApproximateNumberOfMessages"
    return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])


def test_an_execution_that_fails_sets_off_machines_failed_and_one_that_is_stopped_machines_aborted(shop: Shop) -> None:
    lead = shop.done("order.create", new_client_order())["order_id"]
    machine = shop.stack.machines["new_accounts"]
    since = time.time()
    failing = shop.step_functions.start_execution(
        stateMachineArn=machine, name=f"no-order-{lead}", input=json.dumps({"order_id": lead, "step_id": 1})
    )["executionArn"]
    until("it fails", lambda: ended(shop, failing) == "FAILED" or None)
    order_id = shop.done("order.create", new_client_order(cc_token="tok_capture_fails"))["order_id"]
    shop.done("order.submit", {"order_id": order_id})
    shop.until_action(order_id, "Generate Invoice", "waiting")
    running = next(
        each["executionArn"]
        for each in shop.step_functions.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]
        if each["name"].startswith(f"order-{order_id}-")
    )
    shop.step_functions.stop_execution(executionArn=running)

    for alarm, status in (("MachinesFailed", "FAILED"), ("MachinesAborted", "ABORTED")):
        found = shop.step_functions.list_executions(stateMachineArn=machine, statusFilter=status)["executions"]
        points = [(each["stopDate"].timestamp(), 1.0) for each in found if each["stopDate"].timestamp() >= since - 1]
        assert goes_off(rule_of(alarm), points), alarm
    assert until("the stop is counted", lambda: rings(shop, "MachinesStopped", since))
    shop.done("order.cancel", {"order_id": order_id})
    shop.until_unwound(order_id)
    shop.done("order.cancel", {"order_id": lead})


def ended(shop: Shop, arn: str) -> str:
    return str(shop.step_functions.describe_execution(executionArn=arn)["status"])
