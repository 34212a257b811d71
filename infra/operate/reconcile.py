"""`make reconcile STAGE=dev`: brings the stage in line with an order table whose rows were restored (docs/operating.md).

After a restore, others are ahead of the table. Executions continued, counts are of later steps, and programs outside have seen
events and order numbers that must not be used twice. The command may be repeated. Exits with 1 if some orders were not counted,
with 2 if the stage cannot be reached.
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

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import NotDeployedError, client_options, output_of
from infra.operate.output import say
from infra.stages.errors import StageError
from infra.stages.owned_files import owned_files
from lambdas.orders.decisions.operator import restart
from lambdas.orders.events import AS_IT_STANDS
from lambdas.orders.machine import StepFunctionsMachine
from lambdas.orders.model.executions import order_id_in
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue, load_queues
from lambdas.orders.ports import TimeWindow
from lambdas.orders.store import DynamoOrderStore, order_item, save
from lambdas.records.step_counts import StepCounts
from lambdas.records.table import RecordTable
from lambdas.redrive.redriving import BATCH, is_accepted

MARGIN = 10_000  # numbers skipped above the highest known one: a lead has no execution that would show its number
REVISIONS = 1_000  # added to an order's revision, so that it is above any that was published
_NEWEST_EXECUTIONS = 5_000  # of each machine; they include the latest orders
_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)
_AT_ONCE = 100


@dataclass(frozen=True)
class Reconciliation:
    """`send`: sends records to the announcer and returns whether it accepted. `machines`: order_queue_id -> state machine ARN."""

    orders: DynamoOrderStore
    machine: StepFunctionsMachine
    counts: StepCounts
    step_functions: Any
    machines: Mapping[str, str]
    queues: Mapping[int, Queue]
    send: Callable[[Sequence[dict[str, Any]]], bool]
    now: int

    def run(self, console: Console) -> int:
        """Do it all and print each result. Return 1 if some orders were not counted."""
        number = self.orders.raise_numbers(self._highest_number() + MARGIN)
        say(console, f"the next order gets a number above {number}")
        found = [order for queue in self.queues.values() for order in self._all_of(queue)]
        fresh = [self._raise_revision(order) for order in found if restart.needs_machine(order)]
        stopped = [
            order.order_id for order in map(self._mark_without_execution, fresh) if order.machine_stopped_at is not None
        ]
        say(console, f"{len(found)} orders, {len(fresh)} of them in progress")
        if stopped:
            named = ", ".join(sorted(stopped, key=int))
            say(console, f"{len(stopped)} have no execution: {named}; check each, then order.restart")
        uncounted = self._announce(self.orders.get_many([order.order_id for order in found]))
        if uncounted:
            say(
                console,
                f"{uncounted} orders were not counted: the announcer's log says why; fix that, then run this command again",
            )
        self._recount(found, console)
        return 1 if uncounted else 0

    def _highest_number(self) -> int:
        """The highest number of an order whose execution Step Functions still has."""
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

    def _raise_revision(self, order: Order) -> Order:
        """Give the order a revision that was never published."""
        return self.orders.raise_revision(order.order_id, REVISIONS)

    def _mark_without_execution(self, order: Order) -> Order:
        """Compare the order with Step Functions; mark it if it has no execution."""
        return save(
            self.orders, order, lambda current: restart.with_execution_state(current, self.machine, now=self.now)
        )

    def _announce(self, found: Sequence[Any]) -> int:
        """Have the announcer count the orders as they are. Return how many it refused."""
        orders = [order for order in found if isinstance(order, Order)]
        batches = (orders[at : at + BATCH] for at in range(0, len(orders), BATCH))
        return sum(len(batch) for batch in batches if not self.send([_as_it_stands(order) for order in batch]))

    def _recount(self, found: Sequence[Order], console: Console) -> None:
        """Remove orders from the counts that the table no longer has: those created after the moment of the restore."""
        standing = Counter((order.order_queue_id, order.step_id) for order in found)
        for queue in self.queues.values():
            counted = self.counts.of_queue(queue.order_queue_id)
            for step in queue.steps:
                more = standing[queue.order_queue_id, step.id] - counted.get(step.id, 0)
                if more:
                    self.counts.correct(queue.order_queue_id, step.id, more)
                    say(console, f"count of {queue.name}, {step.name}: {more:+d}")


def _as_it_stands(order: Order) -> dict[str, Any]:
    keys = {"pk": {"S": order.order_id}, "sk": {"S": "order"}}
    change = {"Keys": keys, "SequenceNumber": order.order_id, "NewImage": order_item(order)}
    return {"eventName": AS_IT_STANDS, "dynamodb": change}


def reconciliation_of(stage: str, options: dict[str, Any], now: int) -> Reconciliation:
    """The reconciliation of a deployed stage."""
    machines_by_folder = json.loads(output_of(stage, "Machines", options))
    queues = load_queues(owned_files(stage).queues)
    machines = {
        str(queue.order_queue_id): machines_by_folder[queue.key]
        for queue in queues.values()
        if queue.key in machines_by_folder
    }
    client, step_functions = boto3.client("dynamodb", **options), boto3.client("stepfunctions", **options)
    functions, announcer = boto3.client("lambda", **options), output_of(stage, "Announcer", options)
    return Reconciliation(
        orders=DynamoOrderStore(output_of(stage, "OrderTable", options), client),
        machine=StepFunctionsMachine(machines, client=step_functions),
        counts=StepCounts(RecordTable(output_of(stage, "RecordTable", options), client)),
        step_functions=step_functions,
        machines=machines,
        queues=queues,
        send=lambda records: is_accepted(functions, announcer, records),
        now=now,
    )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Bring a stage in line with an order table whose rows were restored.")
    parser.add_argument("--stage", required=True)
    stage, console = parser.parse_args(arguments).stage, Console()
    try:
        return reconciliation_of(stage, client_options(stage), int(time.time())).run(console)
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
