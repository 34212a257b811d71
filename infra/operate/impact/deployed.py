"""Reads a deployed stage: its machines by queue folder, and the orders in progress in them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from infra.operate.impact.consequences import NewQueue
from infra.operate.impact.definition import QueueFacts, facts_of
from lambdas.orders.errors import OrderNotFoundError, OrderUnreadableError
from lambdas.orders.model.executions import order_id_in
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.ports import OrderStore, TimeWindow
from lambdas.orders.store import DynamoOrderStore

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient
    from mypy_boto3_stepfunctions.literals import ExecutionStatusType

_NOT_AT_ITS_END: tuple["ExecutionStatusType", ...] = ("RUNNING", "FAILED", "TIMED_OUT", "ABORTED")
_AT_ONCE = 100


@dataclass(frozen=True)
class Deployed:
    """`machines`: queue folder -> state machine ARN. `unreadable`: orders met that cannot be read -> why."""

    machines: dict[str, str]
    orders: OrderStore
    step_functions: "SFNClient"
    unreadable: dict[str, str] = field(default_factory=dict)

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

    def orders_in_progress(self, folder: str, old: QueueFacts, new: NewQueue | None) -> list[Order]:
        """The orders in steps that are not final, and those with a running or stopped execution in any step.

        The latter are canceled orders that are not unwound yet, and orders in a step that neither definition has.
        """
        steps = {step.id: None for step in new.queue.steps if not _is_final(step.status)} if new else {}
        open_steps = [*old.open_step_ids, *(each for each in steps if each not in old.steps)]
        found = {
            order.order_id: order
            for step_id in open_steps
            for order in self._in_step(old.order_queue_id, step_id)
            if not order.is_final
        }
        others = self._read(dict.fromkeys(self._with_work_left(folder)).keys() - found.keys())
        unwinding = (order for order in others if order.step_status is not StepStatus.COMPLETE and not order.unwound_at)
        return [*found.values(), *unwinding]

    def _in_step(self, order_queue_id: int, step_id: int) -> Iterator[Order]:
        entries = self.orders.in_step(order_queue_id, step_id, TimeWindow(page_size=_AT_ONCE))
        while ids := [entry.order_id for entry in islice(entries, _AT_ONCE)]:
            for order in self.orders.get_many(ids):
                if isinstance(order, Order):
                    yield order
                else:
                    self.unreadable[order.order_id] = order.why

    def _read(self, order_ids: Iterable[str]) -> Iterator[Order]:
        for order_id in order_ids:
            try:
                yield self.orders.get(order_id)
            except OrderNotFoundError:  # a lead that expired is erased some time later
                continue
            except OrderUnreadableError as error:
                self.unreadable[order_id] = error.message

    def _with_work_left(self, folder: str) -> Iterator[str]:
        """Ids of orders whose execution runs, failed, timed out or was stopped.

        Step Functions forgets an execution 90 days after it ended:
        https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
        """
        for status in _NOT_AT_ITS_END:
            pages = self.step_functions.get_paginator("list_executions").paginate(
                stateMachineArn=self.machines[folder], statusFilter=status
            )
            found = (order_id_in(execution["name"]) for page in pages for execution in page["executions"])
            yield from (order_id for order_id in found if order_id is not None)


def _is_final(status: StepStatus) -> bool:
    return status in (StepStatus.COMPLETE, StepStatus.CANCELED)
