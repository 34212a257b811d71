"""Everything on one machine: `make run` brings it up and plays an order through it, `make stop` ends it.

`make run QUEUE=dedicated_server` plays an order of another queue with its people, and a second one that is canceled.
"""

import argparse
import shlex
import sys
import time
from collections.abc import Iterable
from typing import Any

from rich.console import Console

from infra.cdk import CdkMissingError
from infra.local.deployment import DeployError, deploy, is_deployed
from infra.local.engine_process import REPOSITORY, LocalEngine
from infra.local.panel.process import LocalPanel
from infra.local.play.order import OrderStuckError, play, show_made
from infra.local.play.people import People
from infra.local.play.scenes import SCENES, Scene
from infra.local.process import ProcessError
from infra.local.stack import LocalStack, connect, dynamodb_of
from lambdas.orders.model.queue import Queue, load_queues
from lambdas.records.table import RecordTable
from lambdas.records.users.api_user import ApiUserRecords
from lambdas.records.users.sign_in_links import SignInLinks

ROOT = REPOSITORY / ".local"
ENGINE_ROOT = ROOT / "engine"
PANEL_ROOT = ROOT / "panel"
STACK_FILE = ROOT / "stack.json"
DEFAULT_QUEUE = "new_accounts"


class UnknownQueueError(ValueError):
    """There is no such queue to play."""


def run(console: Console, queue_name: str = DEFAULT_QUEUE) -> None:
    """Start or reuse the engine and the stand-in panel, deploy what changed, send an order and follow it."""
    queue = _queue(queue_name)
    engine = _engine(console)
    panel = LocalPanel.attach(PANEL_ROOT) or LocalPanel.start(PANEL_ROOT, STACK_FILE)
    console.print(f"stand-in panel at {panel.url}, process {panel.pid}")
    if is_deployed(engine, panel.url):
        console.print("deployment reused, nothing changed since")
    else:
        _with_progress(console, deploy(engine, panel.url))
    stack = connect(engine, LocalStack.load(STACK_FILE))
    stack.save(STACK_FILE)
    records = RecordTable(stack.record_table, dynamodb_of(engine))
    if queue.key == DEFAULT_QUEUE:
        order = play(stack, console)
        show_made(console, order, records)
    else:
        order = _with_people(console, stack, panel, queue, records)
    _say_where(console, stack, panel, str(order["order_id"]), _sign_in_link(stack, records))


def _queue(name: str) -> Queue:
    queues = {queue.key: queue for queue in load_queues().values()}
    if name not in queues:
        raise UnknownQueueError(f"there is no queue {name}; there are {', '.join(sorted(queues))}")
    return queues[name]


def _engine(console: Console) -> LocalEngine:
    engine = LocalEngine.attach(ENGINE_ROOT)
    if engine is None:
        with console.status("starting the engine"):
            engine = LocalEngine.start(ENGINE_ROOT)
        console.print(f"engine started, process {engine.pid}")
    else:
        console.print(f"engine reused, process {engine.pid}")
    return engine


def _with_people(
    console: Console, stack: LocalStack, panel: LocalPanel, queue: Queue, records: RecordTable
) -> dict[str, Any]:
    """An order to Complete, and another one that is canceled on its way; returns the first."""
    with People(stack, panel.url, SCENES.get(queue.key, Scene()), console) as people:
        console.print(f"\n[bold]{queue.name}[/]: an order, with the people it waits for", highlight=False)
        order = people.complete(queue.order_queue_id)
        show_made(console, order, records)
        console.print(f"\n[bold]{queue.name}[/]: a second order, which is canceled on its way", highlight=False)
        canceled = people.canceled(queue.order_queue_id)
        if canceled["client_id"]:
            show_made(console, canceled, records)
    return order


def stop(console: Console) -> None:
    """End the engine and the stand-in panel. All orders are gone with them."""
    panel = LocalPanel.attach(PANEL_ROOT)
    if panel is not None:
        panel.stop()
        console.print("stand-in panel stopped")
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


def _sign_in_link(stack: LocalStack, records: RecordTable) -> str:
    """The path of a link to the desk that signs in once, as the user of this machine."""
    now = int(time.time())
    user = ApiUserRecords(records).verified(stack.user, stack.token, now)
    return SignInLinks(records).make(user, stack.token, now) if user else "/desk"


def _say_where(console: Console, stack: LocalStack, panel: LocalPanel, order_id: str, desk_path: str) -> None:
    login = shlex.quote(f"{stack.user}:{stack.token}")
    console.print(
        f"""
order desk   {stack.api_url}{desk_path}?to=/desk/orders/{order_id}
             (signs you in once, and shows the order; later {stack.api_url}/desk with user and token)
API          {stack.api_url}/order.create  (one path per method)
API 2.0      {stack.api_url}/api/2.0/
try it out   {stack.api_url}/docs  (every method, in a browser)
AWS APIs     {stack.endpoint_url}  (region {stack.region})
user, token  {stack.user}  {stack.token}
outside      {panel.url}  (the stand-in panel, log {panel.log_file.relative_to(REPOSITORY)})
for programs {STACK_FILE.relative_to(REPOSITORY)}

curl -u {login} '{stack.api_url}/order.get?order_id={order_id}'
curl -u {login} {stack.api_url}/order.create -H 'Content-Type: application/json' \\
  -d '{{"order_queue_id": 1, "info": {{"first": "Grace", "email": "grace@example.com", "pack1": {{"plan_id": "1"}}}}}}'

The engine keeps running; end it with: make stop. Other queues: make run QUEUE=dedicated_server""",
        soft_wrap=True,
        markup=False,
        highlight=False,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["run", "stop"])
    parser.add_argument("--queue", default=DEFAULT_QUEUE, help="which queue to play, by its folder's name")
    arguments = parser.parse_args()
    console = Console()
    try:
        if arguments.command == "run":
            run(console, arguments.queue)
        else:
            stop(console)
    except (CdkMissingError, DeployError, OrderStuckError, ProcessError, UnknownQueueError) as error:
        console.print(f"[bold red]{type(error).__name__}[/]: ", end="")
        console.print(str(error), markup=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
