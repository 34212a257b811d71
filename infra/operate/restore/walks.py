"""The executions that an order has had, and the end of those that walk a row that is no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from lambdas.orders.machine import StepFunctionsMachine
from lambdas.orders.model.executions import Execution
from lambdas.orders.model.order import Order

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient

_WHY = {"error": "OrderRestored", "cause": "the order's row was restored to an earlier moment"}


class Walk(NamedTuple):
    """One execution of an order. `run`: which one it is (Order.machine_run)."""

    run: int
    arn: str
    execution: Execution


@dataclass(frozen=True)
class Walks:
    """`machines`: order_queue_id -> state machine ARN."""

    client: "SFNClient"
    machines: Mapping[str, str]

    def of(self, order: Order) -> tuple[Walk, ...]:
        """Its executions from that of the row on. A row that is older knows nothing of later ones, and their names are taken."""
        machine, found = StepFunctionsMachine(self.machines, client=self.client), list[Walk]()
        for run in count(max(1, order.machine_run)):
            execution = machine.execution(order.changed(machine_run=run))
            if execution is None:
                return tuple(found)
            arn = self.machines[str(order.order_queue_id)].replace(":stateMachine:", ":execution:")
            found.append(Walk(run, f"{arn}:{execution.name}", execution))
        return tuple(found)

    def latest_event_at(self, walk: Walk) -> int:
        """When it did something last, Unix seconds."""
        latest = self.client.get_execution_history(executionArn=walk.arn, reverseOrder=True, maxResults=1)["events"]
        return int(latest[0]["timestamp"].timestamp()) if latest else walk.execution.started_at

    def end(self, walk: Walk) -> None:
        """Stop the execution if it runs. May be repeated."""
        if walk.execution.goes_on:
            self.client.stop_execution(executionArn=walk.arn, **_WHY)
