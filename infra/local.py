"""Everything on one machine: `make run` brings it up and plays an order through it, `make stop` ends it."""

import argparse
import shlex
import sys
import time
from collections.abc import Callable, Iterable

from rich.console import Console

from infra.cdk import CdkMissingError
from infra.local_engine import REPOSITORY, EngineError, LocalEngine
from infra.local_order import OrderStuckError, play, show_made
from infra.local_stack import DeployError, LocalStack, connect, deploy, dynamodb_of, is_deployed
from lambdas.records.table import RecordTable

ROOT = REPOSITORY / ".local"
ENGINE_ROOT = ROOT / "engine"
STACK_FILE = ROOT / "stack.json"


def run(console: Console) -> None:
    """Start or reuse the engine, deploy what changed, send an order and follow it."""
    engine = LocalEngine.attach(ENGINE_ROOT)
    if engine is None:
        with console.status("starting the engine"):
            engine = LocalEngine.start(ENGINE_ROOT)
        console.print(f"engine started, process {engine.pid}")
    else:
        console.print(f"engine reused, process {engine.pid}")
    if is_deployed(engine):
        console.print("deployment reused, nothing changed since")
    else:
        _with_progress(console, deploy(engine))
    stack = connect(engine, LocalStack.load(STACK_FILE))
    stack.save(STACK_FILE)
    order = play(stack, console)
    show_made(console, order, RecordTable(stack.record_table, dynamodb_of(engine)))
    _say_where(console, stack, str(order["order_id"]))


def stop(console: Console) -> None:
    """End the engine. All its orders are gone with it."""
    engine = LocalEngine.attach(ENGINE_ROOT)
    STACK_FILE.unlink(missing_ok=True)
    if engine is None:
        console.print("nothing is running")
        return
    engine.stop()
    console.print("engine stopped")


def _with_progress(console: Console, stages: Iterable[str]) -> None:
    began = time.monotonic()
    with console.status("") as status:
        for stage in stages:
            status.update(f"{stage} ...")
            console.print(f"{time.monotonic() - began:5.1f} s  {stage}")
    console.print(f"{time.monotonic() - began:5.1f} s  deployed")


def _say_where(console: Console, stack: LocalStack, order_id: str) -> None:
    login = shlex.quote(f"{stack.user}:{stack.token}")
    console.print(
        f"""
API          {stack.api_url}/order.create  (one path per method)
API 2.0      {stack.api_url}/api/2.0/
AWS APIs     {stack.endpoint_url}  (region {stack.region})
user, token  {stack.user}  {stack.token}
for programs {STACK_FILE.relative_to(REPOSITORY)}

curl -u {login} '{stack.api_url}/order.get?order_id={order_id}'
curl -u {login} {stack.api_url}/order.create -H 'Content-Type: application/json' \\
  -d '{{"order_queue_id": 1, "info": {{"first": "Grace", "email": "grace@example.com", "pack1": {{"plan_id": "1"}}}}}}'

The engine keeps running; end it with: make stop""",
        soft_wrap=True,
        markup=False,
        highlight=False,
    )


COMMANDS: dict[str, Callable[[Console], None]] = {"run": run, "stop": stop}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    console = Console()
    try:
        COMMANDS[parser.parse_args().command](console)
    except (CdkMissingError, EngineError, DeployError, OrderStuckError) as error:
        console.print(f"[bold red]{type(error).__name__}[/]: ", end="")
        console.print(str(error), markup=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
