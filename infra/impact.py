"""`make impact STAGE=dev`: what the queues of the working tree would do to the orders of a stage. `make deploy` runs it first.

It compares with what is deployed and only reads. It ends with 1 where orders under way would be harmed: where a step, an
action, a queue or a module goes that one of them still needs.
"""

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.actions import ACTIONS
from infra.consequences import Failure, NewQueue, QueueImpact, impact_of
from infra.definition import QueueFacts, UnreadableDefinitionError, facts_of
from infra.local import ENGINE_ROOT
from infra.local_engine import EngineError, LocalEngine
from infra.settings import UnknownStageError, settings_of
from lambdas.orders.modules import load_modules
from lambdas.orders.order import Order
from lambdas.orders.queue import QUEUES_ROOT, StepStatus, load_queues
from lambdas.orders.store import DynamoOrderStore, OrderStore, TimeWindow
from statemachines.compiler import compile_queue, to_json

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient

MAX_ORDERS_SHOWN = 20
_OF_ORDER = re.compile(r"order-(\d+)(?:-\d+)?")  # revival.execution_name; others were started by hand


class StaleMachineError(ValueError):
    """What would be deployed is not what the queue says."""


@dataclass(frozen=True)
class Deployed:
    """A stage as it is deployed: machines by queue folder, and its orders."""

    machines: dict[str, str]
    orders: OrderStore
    step_functions: "SFNClient"

    @classmethod
    def of(cls, stack: str, options: dict[str, Any]) -> "Deployed | None":
        """From the stack's outputs; None if it was never deployed."""
        cloudformation = boto3.client("cloudformation", **options)
        try:
            described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
        if not {"Machines", "OrderTable"} <= outputs.keys():
            return None
        orders = DynamoOrderStore(outputs["OrderTable"], boto3.client("dynamodb", **options))
        return cls(json.loads(outputs["Machines"]), orders, boto3.client("stepfunctions", **options))

    def facts(self, folder: str) -> QueueFacts:
        return facts_of(self.step_functions.describe_state_machine(stateMachineArn=self.machines[folder])["definition"])

    def orders_under_way(self, folder: str, old: QueueFacts, new: NewQueue | None) -> list[Order]:
        """Those in every step that is not final, and those whose execution runs wherever they stand: canceled ones that are
        being unwound, and such as are in a step that neither definition has."""
        steps = {step.id: None for step in new.queue.steps if not _is_final(step.status)} if new else {}
        open_steps = [*old.open_step_ids, *(each for each in steps if each not in old.steps)]
        found = {
            order.order_id: order
            for step_id in open_steps
            for order in self.orders.in_step(old.order_queue_id, step_id, TimeWindow())
            if not order.is_final
        }
        others = [self.orders.get(order_id) for order_id in self._running(folder) if order_id not in found]
        unwinding = (order for order in others if order.step_status is not StepStatus.COMPLETE and not order.unwound_at)
        return [*found.values(), *unwinding]

    def _running(self, folder: str) -> Iterator[str]:
        pages = self.step_functions.get_paginator("list_executions").paginate(
            stateMachineArn=self.machines[folder], statusFilter="RUNNING"
        )
        names = (_OF_ORDER.fullmatch(execution["name"]) for page in pages for execution in page["executions"])
        return (name[1] for name in names if name)


def queues_of(root: Path) -> dict[str, NewQueue]:
    """The working tree's queues by folder. Raises StaleMachineError where the checked-in machine, which is what would be
    deployed, is not what its queue compiles to."""
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
        orders = deployed.orders_under_way(folder, old, new.get(folder))
        yield impact_of(folder, old, orders, new.get(folder), ACTIONS.keys())


def tell(stage: str, options: dict[str, Any], console: Console, root: Path = QUEUES_ROOT) -> int:
    """Print the impact; 1 if the working tree must not be deployed."""
    new, stack = queues_of(root), settings_of(stage).stack_name
    deployed = Deployed.of(stack, options)
    if deployed is None:
        _say(console, f"{stack} is not deployed yet: there are no orders to think of")
        return 0
    failures: list[Failure] = []
    for impact in impacts(deployed, new):
        _show(console, impact)
        failures += impact.failures
    for folder in sorted(new.keys() - deployed.machines.keys()):
        _say(console, f"{folder}: new, no orders yet")
    if failures:
        _say(
            console,
            f"\n{stack} must not be deployed like this: {len(failures)} of the above would harm orders under way",
        )
    return 1 if failures else 0


def _show(console: Console, impact: QueueImpact) -> None:
    under_way = _count(impact.running, "running order")
    if impact.unwinding:
        under_way += f", {impact.unwinding} canceled and being unwound"
    _say(console, f"{impact.folder}: {'changed' if impact.changes else 'unchanged'}, {under_way}")
    for change in impact.changes:
        _say(console, f"  - {change}")
    if impact.changes and impact.running:
        places = ", ".join(f"{count} in {step}" for step, count in impact.standing.items())
        _say(console, f"  running: {places}; they keep their checklist and definition, orders from now on take the new")
        for reason, count in sorted(impact.restarts.items()):
            outcome = f"would be refused: {reason}" if reason else "maps by id and goes on with the new definition"
            _say(console, f"  restart of {_count(count, 'of them', plural='of them')} {outcome}")
    for failure in impact.failures:
        _show_failure(console, failure)


def _show_failure(console: Console, failure: Failure) -> None:
    shown = ", ".join(failure.order_ids[:MAX_ORDERS_SHOWN])
    more = len(failure.order_ids) - MAX_ORDERS_SHOWN
    rest = f" and {more} more" if more > 0 else ""
    needed = _count(len(failure.order_ids), "order still needs it", plural="orders still need it")
    _say(console, f"  FAILS: {failure.what}, and {needed}: {shown}{rest}", style="bold red")
    _say(console, f"    mend: {failure.mend}")


def _count(number: int, one: str, *, plural: str = "") -> str:
    return f"{number} {one if number == 1 else plural or one + 's'}"


def _say(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def _is_final(status: StepStatus) -> bool:
    return status in (StepStatus.COMPLETE, StepStatus.CANCELED)


def _options(stage: str) -> dict[str, Any]:
    """Ordinary credentials; the stage `local` is on the engine that `make run` started, never on AWS."""
    if stage != "local" or "AWS_ENDPOINT_URL" in os.environ:
        return {}
    engine = LocalEngine.attach(ENGINE_ROOT)
    if engine is None:
        raise EngineError("the engine is not running: `make run` first")
    return engine.client_options()


_REFUSALS = (
    BotoCoreError,
    ClientError,
    EngineError,
    StaleMachineError,
    UnknownStageError,
    UnreadableDefinitionError,
)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        description="What the queues of the working tree would do to the orders of a stage."
    )
    parser.add_argument("--stage", required=True)
    stage, console = parser.parse_args(arguments).stage, Console()
    try:
        return tell(stage, _options(stage), console)
    except _REFUSALS as error:
        _say(console, f"{type(error).__name__}: {error}", style="bold red")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
