"""What one order of the default queue uses and costs, counted on an engine with a meter on its tables."""

import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3

from infra.local_engine import LocalEngine
from infra.local_order import NEW_CLIENT_ORDER, call, client_of
from infra.local_stack import LocalStack, connect, deploy
from tests.bench import prices
from tests.bench.metered import Metered
from tests.bench.row import Row

GIVE_UP_SECONDS = 60
CALLS = 2  # of the API: order.create and order.submit; looking at the order is not part of it
_READERS = ("Outbox", "Watch")  # of the stream and of executions: they are counted apart
_REPORT = re.compile(r"REPORT .*Billed Duration: (\d+) ms\s+Memory Size: (\d+) MB")


def one_order() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        meter = Path(folder) / "meter.jsonl"
        with LocalEngine.start(Path(folder), settings={"ORDERQ_METER_FILE": str(meter)}) as engine:
            for _ in deploy(engine):
                pass
            stack = connect(engine, None)
            complete(engine, stack)  # the first order starts the workers
            meter.write_text("")
            before = runs(engine)
            order_id = complete(engine, stack)
            used, after = Metered.of(meter), runs(engine)
            entered, told = transitions(engine, stack), events_told(engine, stack, order_id)
    return _rows(used, entered, told, {name: times[len(before.get(name, [])) :] for name, times in after.items()})


def _rows(used: Metered, entered: int, told: int, ran: dict[str, list[tuple[int, int]]]) -> list[Row]:
    of_order = sum(len(times) for name, times in ran.items() if not any(reader in name for reader in _READERS))
    gigabyte_seconds = sum(ms * megabytes for times in ran.values() for ms, megabytes in times) / 1000 / 1024
    invoked = sum(len(times) for times in ran.values())
    spent = {
        "DynamoDB, write units": (used.write_units, prices.WRITE_UNIT),
        "DynamoDB, read units": (used.read_units, prices.READ_UNIT),
        "Step Functions, transitions": (entered, prices.TRANSITION),
        "Lambda, invocations": (invoked, prices.INVOCATION),
        "Lambda, GB-seconds": (gigabyte_seconds, prices.GIGABYTE_SECOND),
        "API Gateway, calls": (CALLS, prices.API_CALL),
        "EventBridge, events": (told, prices.EVENT),
    }
    price = sum(units * each for units, each in spent.values())
    writes = f"{used.write_units:g} ({used.table_units:g} tables, {used.index_units:g} indexes)"
    return [
        Row("state transitions, default order, submit to Complete", str(entered), "<= 5", entered <= 5),
        Row("Lambda invocations, create to Complete, readers of the stream apart", str(of_order), "<= 6", of_order <= 6),
        Row("write units, default order", writes, "<= 70", used.write_units <= 70),
        Row("read units, default order", f"{used.read_units:g}", "<= 12", used.read_units <= 12),
        *(Row(f"  {what}", f"{units:.4g} = ${units * each * 1e6:.2f} a million orders", "", True)
          for what, (units, each) in spent.items()),
        Row("list price of a default order", f"${price:.6f}", "<= $0.0002", price <= 0.0002),
    ]  # fmt: skip


def complete(engine: LocalEngine, stack: LocalStack) -> str:
    """The id of an order that has come to Complete. It is looked for without reading the tables, which have a meter."""
    step_functions: Any = boto3.client("stepfunctions", **engine.client_options())
    arn = stack.machines["new_accounts"]

    def ended() -> int:
        return len(step_functions.list_executions(stateMachineArn=arn, statusFilter="SUCCEEDED")["executions"])

    before = ended()
    with client_of(stack) as client:
        order_id = str(call(client, "order.create", NEW_CLIENT_ORDER)["order_id"])
        call(client, "order.submit", {"order_id": order_id})
    _until(lambda: ended() > before)
    _settle(engine)
    return order_id


def _settle(engine: LocalEngine) -> None:
    """Until the relay has told of everything: nothing ran for a second."""
    last, since = -1, time.monotonic()
    while time.monotonic() - since < 1:
        count = sum(map(len, runs(engine).values()))
        if count != last:
            last, since = count, time.monotonic()
        time.sleep(0.1)


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "the order did not come to its end"
        time.sleep(0.05)


def runs(engine: LocalEngine) -> dict[str, list[tuple[int, int]]]:
    """Of each function: billed milliseconds and memory in MB of every run so far."""
    logs = boto3.client("logs", **engine.client_options())
    found: dict[str, list[tuple[int, int]]] = {}
    for group in logs.describe_log_groups()["logGroups"]:
        messages = (event["message"] for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"])
        reports = [match for message in messages if (match := _REPORT.search(message))]
        if reports:
            found[group["logGroupName"]] = [(int(match[1]), int(match[2])) for match in reports]
    return found


def transitions(engine: LocalEngine, stack: LocalStack) -> int:
    """States entered by the execution that ended last."""
    step_functions: Any = boto3.client("stepfunctions", **engine.client_options())
    ended = step_functions.list_executions(stateMachineArn=stack.machines["new_accounts"])["executions"]
    last = max(ended, key=lambda execution: execution["startDate"])["executionArn"]
    history = step_functions.get_execution_history(executionArn=last, maxResults=1000)["events"]
    return sum(event["type"].endswith("StateEntered") for event in history)


def events_told(engine: LocalEngine, stack: LocalStack, order_id: str) -> int:
    """Events on the bus, as many as the order's story has: the engine keeps none that could be counted."""
    order = boto3.client("dynamodb", **engine.client_options()).get_item(
        TableName=stack.order_table, Key={"pk": {"S": order_id}, "sk": {"S": "order"}}
    )["Item"]
    done = sum("at" in action["M"] for action in order["actions"]["M"].values())
    return 3 + done + 1  # created, submitted, step entered; each action; completed
