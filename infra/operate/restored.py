"""`make reconcile STAGE=dev`: what has to be done once rows of the order table were restored to a moment (docs/operating.md).

Others know more than the table does then: Step Functions has executions that went on, the counts are of later steps, and programs
outside have seen events and numbers that would be given again. It may be repeated.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.account import because
from infra.local.engine_process import EngineError
from infra.operate.reach import NotDeployedError, client_options, output_of
from infra.operate.redrive import BATCH, is_taken
from infra.stages.settings import StageError
from lambdas.orders.decisions import restart
from lambdas.orders.events import AS_IT_STANDS
from lambdas.orders.machine import StepFunctionsMachine
from lambdas.orders.model.executions import order_id_in
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue, load_queues
from lambdas.orders.ports import TimeWindow
from lambdas.orders.store import DynamoOrderStore, order_item, save
from lambdas.records.step_counts import StepCounts
from lambdas.records.table import RecordTable

MARGIN = 10_000  # numbers left out above the highest that is known: leads have no execution that would tell of them
REVISIONS = 1_000  # by which an order's revision is raised above any that was told before
_NEWEST_EXECUTIONS = 5_000  # of each machine: the latest orders are among them
_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)
_AT_ONCE = 100


@dataclass(frozen=True)
class Restored:
    """`tell`: has the announcer take records. `machines`: order_queue_id -> state machine ARN."""

    orders: DynamoOrderStore
    machine: StepFunctionsMachine
    counts: StepCounts
    step_functions: Any
    machines: Mapping[str, str]
    queues: Mapping[int, Queue]
    tell: Callable[[Sequence[dict[str, Any]]], bool]
    now: int

    def go_on(self, console: Console) -> int:
        """Print what was done; 1 if something is left."""
        number = self.orders.raise_numbers(self._highest_number() + MARGIN)
        _say(console, f"numbers of orders go on from {number}")
        found = [order for queue in self.queues.values() for order in self._all_of(queue)]
        fresh = [self._raised(order) for order in found if restart.needs_machine(order)]
        stopped = [order.order_id for order in map(self._compared, fresh) if order.machine_stopped_at is not None]
        _say(console, f"{len(found)} orders, {len(fresh)} under way")
        if stopped:
            named = ", ".join(sorted(stopped, key=int))
            _say(console, f"no execution walks {len(stopped)} of them: {named}; look at each, then order.restart")
        untold = self._untold(self.orders.get_many([order.order_id for order in found]))
        if untold:
            _say(console, f"{untold} orders were not counted: the announcer's log says why; ask for this again")
        self._recount(found, console)
        return 1 if untold else 0

    def _highest_number(self) -> int:
        """Of the orders whose executions Step Functions remembers."""
        highest = 0
        for arn in self.machines.values():
            pages = self.step_functions.get_paginator("list_executions").paginate(
                stateMachineArn=arn, PaginationConfig={"MaxItems": _NEWEST_EXECUTIONS}
            )
            names = (execution["name"] for page in pages for execution in page["executions"])
            highest = max([highest, *(int(number) for name in names if (number := order_id_in(name)))])
        return highest

    def _all_of(self, queue: Queue) -> Iterator[Order]:
        for step in queue.steps:
            entries = self.orders.in_step(queue.order_queue_id, step.id, TimeWindow(page_size=200))
            while ids := [entry.order_id for entry in islice(entries, _AT_ONCE)]:
                yield from (order for order in self.orders.get_many(ids) if isinstance(order, Order))

    def _raised(self, order: Order) -> Order:
        """Under a revision that nobody was told of."""
        return self.orders.raise_revision(order.order_id, REVISIONS)

    def _compared(self, order: Order) -> Order:
        return save(self.orders, order, lambda current: restart.as_found(current, self.machine, now=self.now))

    def _untold(self, found: Sequence[Any]) -> int:
        """How many orders the announcer did not take as they stand: it counts them there."""
        orders = [order for order in found if isinstance(order, Order)]
        batches = (orders[at : at + BATCH] for at in range(0, len(orders), BATCH))
        return sum(len(batch) for batch in batches if not self.tell([_as_it_stands(order) for order in batch]))

    def _recount(self, found: Sequence[Order], console: Console) -> None:
        """Counts still have orders that the table has not: those that were made after the moment."""
        standing = Counter((order.order_queue_id, order.step_id) for order in found)
        for queue in self.queues.values():
            counted = self.counts.of_queue(queue.order_queue_id)
            for step in queue.steps:
                more = standing[queue.order_queue_id, step.id] - counted.get(step.id, 0)
                if more:
                    self.counts.correct(queue.order_queue_id, step.id, more)
                    _say(console, f"count of {queue.name}, {step.name}: {more:+d}")


def _as_it_stands(order: Order) -> dict[str, Any]:
    keys = {"pk": {"S": order.order_id}, "sk": {"S": "order"}}
    change = {"Keys": keys, "SequenceNumber": order.order_id, "NewImage": order_item(order)}
    return {"eventName": AS_IT_STANDS, "dynamodb": change}


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def restored_of(stage: str, options: dict[str, Any], now: int) -> Restored:
    """A deployed stage."""
    machines_by_folder = json.loads(output_of(stage, "Machines", options))
    queues = load_queues()
    machines = {
        str(queue.order_queue_id): machines_by_folder[queue.key]
        for queue in queues.values()
        if queue.key in machines_by_folder
    }
    client, step_functions = boto3.client("dynamodb", **options), boto3.client("stepfunctions", **options)
    functions, announcer = boto3.client("lambda", **options), output_of(stage, "Announcer", options)
    return Restored(
        orders=DynamoOrderStore(output_of(stage, "OrderTable", options), client),
        machine=StepFunctionsMachine(machines, client=step_functions),
        counts=StepCounts(RecordTable(output_of(stage, "RecordTable", options), client)),
        step_functions=step_functions,
        machines=machines,
        queues=queues,
        tell=lambda records: is_taken(functions, announcer, records),
        now=now,
    )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Goes on after rows of the order table were restored to a moment.")
    parser.add_argument("--stage", required=True)
    stage, console = parser.parse_args(arguments).stage, Console()
    try:
        return restored_of(stage, client_options(stage), int(time.time())).go_on(console)
    except _REFUSALS as error:
        _say(console, because(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
