"""`make impact STAGE=dev`: shows what the queues of the working tree would do to the orders of a stage.

It compares with the deployed stage and only reads. `make deploy` runs it first. Exits with 1 if an order in progress still needs
a step, action, queue or module that you removed.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.account import reason_of
from infra.actions import ACTIONS
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import client_options
from infra.operate.impact.consequences import Failure, NewQueue, QueueImpact, impact_of
from infra.operate.impact.definition import UnreadableDefinitionError, facts_of
from infra.operate.impact.deployed import Deployed
from infra.operate.output import say
from infra.operate.stack_state import forget_judged, keep_judged, refuse_busy, state_of
from infra.stages.errors import StageError
from infra.stages.owned_files import OwnedFiles, owned_files
from infra.stages.settings import stack_name_of
from lambdas.orders.model.modules import load_modules
from lambdas.orders.model.queue import load_queues
from statemachines.compiler import compile_queue, to_json

MAX_ORDERS_SHOWN = 20


class StaleMachineError(ValueError):
    """The machine that would be deployed does not match its queue."""


def queues_of(root: Path) -> dict[str, NewQueue]:
    """The working tree's queues by folder. Raises StaleMachineError if a checked-in machine does not match its queue."""
    undoing = frozenset(name for name, facts in load_modules().items() if facts.undoes)
    found = {}
    for queue in load_queues(root).values():
        definition = to_json(compile_queue(queue, undoing))
        machine = root / queue.key / "machine.asl.json"
        if not machine.exists() or machine.read_text("utf-8") != definition:
            raise StaleMachineError(
                f"{queue.key}/machine.asl.json is not what its queue compiles to: run `make compile`"
            )
        found[queue.key] = NewQueue(queue=queue, facts=facts_of(definition))
    return found


def impacts(deployed: Deployed, new: dict[str, NewQueue]) -> Iterator[QueueImpact]:
    for folder in sorted(deployed.machines):
        old = deployed.facts(folder)
        orders = deployed.orders_in_progress(folder, old, new.get(folder))
        yield impact_of(folder, old, orders, new.get(folder), ACTIONS.keys())


def show_impact(stage: str, options: dict[str, Any], console: Console, root: Path | None = None) -> int:
    """Print the impact. Return 1 if the working tree must not be deployed."""
    owned = owned_files(stage)
    new, stack = queues_of(root or owned.queues), stack_name_of(stage)
    deployed = Deployed.of(stack, options)
    if deployed is None:
        say(console, f"{stack} is not deployed yet: it has no orders")
        return 0
    failures: list[Failure] = []
    for impact in impacts(deployed, new):
        _show(console, impact, owned)
        failures += impact.failures
    for order_id, why in sorted(deployed.unreadable.items()):
        say(console, f"order {order_id} is unreadable, so its needs are unknown: {why}", style="bold")
    for folder in sorted(new.keys() - deployed.machines.keys()):
        say(console, f"{folder}: new, no orders yet")
    if failures:
        say(
            console,
            f"\n{stack} must not be deployed like this: {len(failures)} of the above would harm orders in progress",
        )
    return 1 if failures else 0


def _show(console: Console, impact: QueueImpact, owned: OwnedFiles) -> None:
    say(console, f"{impact.folder}: {'changed' if impact.changes else 'unchanged'}, {_in_progress(impact)}")
    for change in impact.changes:
        say(console, f"  - {change}")
    if impact.changes and impact.running:
        places = ", ".join(f"{count} in {step}" for step, count in impact.standing.items())
        say(console, f"  running: {places}")
        kept = "  they keep their checklist and the definition they began with; new orders take the new queue"
        say(console, kept)
    if impact.changes and impact.leads:
        say(console, "  leads: they take the new queue when they are submitted")
    for reason, count in sorted(impact.restarts.items()) if impact.changes else ():
        outcome = f"would be refused for {count}: {reason}" if reason else f"maps {count} by id to the new definition"
        say(console, f"  a restart of a stopped one {outcome}")
    for failure in impact.failures:
        _show_failure(console, failure, owned)


def _in_progress(impact: QueueImpact) -> str:
    counts = [_count(impact.running, "running order")]
    if moving := impact.unwinding - impact.stopped:
        counts.append(f"{moving} canceled and being unwound")
    if impact.stopped:
        counts.append(
            f"{impact.stopped} canceled whose machine stopped before they were unwound (order.restart continues)"
        )
    if impact.leads:
        counts.append(_count(impact.leads, "lead"))
    return ", ".join(counts)


def _show_failure(console: Console, failure: Failure, owned: OwnedFiles) -> None:
    shown = ", ".join(failure.order_ids[:MAX_ORDERS_SHOWN])
    more = len(failure.order_ids) - MAX_ORDERS_SHOWN
    rest = f" and {more} more" if more > 0 else ""
    needed = _count(len(failure.order_ids), "order still needs it", plural="orders still need it")
    say(console, f"  FAILS: {failure.what}, and {needed}: {shown}{rest}", style="bold red")
    say(console, f"    fix: {owned.in_place(failure.fix)}")


def _count(number: int, one: str, *, plural: str = "") -> str:
    return f"{number} {one if number == 1 else plural or one + 's'}"


_REFUSALS = (
    BotoCoreError,
    ClientError,
    EngineError,
    StaleMachineError,
    StageError,
    UnreadableDefinitionError,
)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        description="Show what the queues of the working tree would do to the orders of a stage."
    )
    parser.add_argument("--stage", required=True)
    stage, console = parser.parse_args(arguments).stage, Console()
    try:
        options = client_options(stage)
        forget_judged(stage)
        state = state_of(stage, options)  # read first, so that a deploy that ends during the judgement is noticed
        refuse_busy(state, stage)
        code = show_impact(stage, options, console)
        if code == 0:
            keep_judged(state, stage)
        return code
    except _REFUSALS as error:
        say(console, reason_of(error), style="bold red")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
