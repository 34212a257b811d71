"""What one order of the default queue costs, counted on an engine."""

import tempfile
from pathlib import Path
from typing import Any

import boto3

from infra.local_engine import LocalEngine
from infra.local_order import NEW_CLIENT_ORDER, call, client_of, follow
from infra.local_stack import LocalStack, connect, deploy
from tests.bench.row import Row

CALLS = 2  # of the API: order.create and order.submit; looking at the order is not part of it


def one_order() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, LocalEngine.start(Path(folder)) as engine:
        for _ in deploy(engine):
            pass
        stack = connect(engine, None)
        complete(stack)  # the first order starts the workers
        before = action_invocations(engine)
        order = complete(stack)
        entered = transitions(engine, stack, order["order_id"])
        invoked = action_invocations(engine) - before + CALLS
    # Each write of an order raises its revision by one; the order's number is one write more.
    writes = int(order["revision"]) + 1
    return [
        Row("state transitions, default order, Leads to Complete", str(entered), "<= 8", entered <= 8),
        Row("Lambda invocations, create to Complete, relay apart", str(invoked), "<= 6", invoked <= 6),
        Row("writes to the order table, default order", str(writes), "<= 12", writes <= 12),
    ]


def complete(stack: LocalStack) -> dict[str, Any]:
    with client_of(stack) as client:
        made = call(client, "order.create", NEW_CLIENT_ORDER)
        submitted = call(client, "order.submit", {"order_id": made["order_id"]})
        for *_, order in follow(client, submitted):
            submitted = order
    return submitted


def action_invocations(engine: LocalEngine) -> int:
    logs = boto3.client("logs", **engine.client_options())
    return sum(
        event["message"].startswith("START")
        for group in logs.describe_log_groups()["logGroups"]
        if "Actions" in group["logGroupName"]
        for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
    )


def transitions(engine: LocalEngine, stack: LocalStack, order_id: str) -> int:
    step_functions = boto3.client("stepfunctions", **engine.client_options())
    arn = stack.machines["new_accounts"].replace(":stateMachine:", ":execution:") + f":order-{order_id}"
    history = step_functions.get_execution_history(executionArn=arn, maxResults=1000)["events"]
    return sum(event["type"].endswith("StateEntered") for event in history)
