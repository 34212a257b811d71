"""`make bench`: what an order costs and how fast functions start, against the budgets of docs/decisions.md.

Times are ratios measured side by side in one run; nothing here is a test, and a slow machine fails nothing.
"""

import ast
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from rich.console import Console
from rich.table import Table

from infra.layer import bundle_layer
from infra.local_engine import LocalEngine
from infra.local_order import NEW_CLIENT_ORDER, call, client_of, follow
from infra.local_stack import LocalStack, connect, deploy
from infra.settings import settings_of

ROOT = Path(__file__).resolve().parent.parent
IMPORT_RUNS = 9
CALLS = 2  # of the API: order.create and order.submit; looking at the order is not part of it
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Row:
    what: str
    measured: str
    budget: str
    kept: bool


def main() -> None:
    console = Console(width=118)
    with console.status("measuring start times"):
        rows = list(import_ratios())
    with console.status("bundling the dependency layer"):
        rows += [layer_size()]
    with console.status("deploying to an engine and sending orders"):
        rows += one_order()
    rows += lengths()
    table = Table("what", "measured", "budget", "")
    for row in rows:
        table.add_row(row.what, row.measured, row.budget, "[green]kept[/]" if row.kept else "[red]over[/]")
    console.print(table)


def import_ratios() -> Iterator[Row]:
    """Each start is a fresh interpreter; the variants take turns, so that a busy moment hits all of them."""
    variants = {
        "bare": "pass",
        "boto3": "import boto3; boto3.client('dynamodb')",
        "api": "import lambdas.api.handler as h; h._api()",
        "action": "import lambdas.actions.generate_invoice, lambdas.actions._action as a; a.tools()",
    }
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(IMPORT_RUNS):
        for name, code in variants.items():
            seconds[name].append(start_seconds(code))
    median = {name: statistics.median(times) for name, times in seconds.items()}
    unit = median["boto3"] - median["bare"]
    for name, what, budget in (("api", "API handler", 1.7), ("action", "action handler", 1.4)):
        ratio = (median[name] - median["bare"]) / unit
        yield Row(
            f"start of the {what}, against boto3 and one client", f"{ratio:.2f}x", f"<= {budget}x", ratio <= budget
        )


def start_seconds(code: str) -> float:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": "us-east-1",
        "ORDER_TABLE": "orders",
        "RECORD_TABLE": "records",
        "MACHINES": "{}",
        "FUNCTIONS": "{}",
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
        "EVENT_BUS": "orders",
    }
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, check=True)
    return time.perf_counter() - began


def layer_size() -> Row:
    layer = bundle_layer(settings_of("dev"), root=ROOT)
    with tempfile.TemporaryDirectory() as folder:
        size = Path(shutil.make_archive(f"{folder}/layer", "zip", layer)).stat().st_size
    return Row("dependency layer, zipped", f"{size / MEGABYTE:.2f} MB", "<= 4 MB", size <= 4 * MEGABYTE)


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


def lengths() -> list[Row]:
    """The longest file and function of the product."""
    files = [file for folder in ("lambdas", "statemachines", "infra") for file in (ROOT / folder).rglob("*.py")]
    longest_file = max(files, key=lambda file: len(file.read_text().splitlines()))
    functions = [(length, f"{file.stem}.{name}") for file in files for length, name in function_lengths(file)]
    function_length, function_name = max(functions)
    over = sum(length > 30 for length, _ in functions)
    lines = len(longest_file.read_text().splitlines())
    return [
        Row("longest file", f"{lines} lines, {longest_file.relative_to(ROOT)}", "200, or a reason", lines <= 200),
        Row(
            "longest function",
            f"{function_length} lines, {function_name} ({over} over 30)",
            "30, or a reason",
            over == 0,
        ),
    ]


def function_lengths(file: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1, node.name


if __name__ == "__main__":
    main()
