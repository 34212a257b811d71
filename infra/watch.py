"""Finds orders that are stuck: a sweeper for deadlines, a keeper of holds, a function that notices executions that end before
their orders, and a nightly check of promises.

Status events are best effort, so the sweeper also compares orders with Step Functions.
"""

from collections.abc import Sequence
from typing import Any

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.functions import record_keys
from infra.functions.function import OrderFunction, allow, run_every
from infra.functions.gateways import gateway_environment
from infra.functions.order_parts import OrderParts
from infra.message_queues import LONGEST_DAYS, message_queue
from infra.storage import BY_DUE, BY_STEP

SWEEP_MINUTES = 5
HOLD_MINUTES, HOLD_SECONDS = 5, 240  # below a claim of lambdas/orders/decisions/hold_clock.py
CHECK_MINUTES, CHECK_SECONDS = 15, 840  # a run ends before the next one begins


class Watch(Construct):
    """All of them but the check write their findings on the order, and the order's stream passes them on."""

    def __init__(self, scope: Construct, construct_id: str, *, parts: OrderParts) -> None:
        super().__init__(scope, construct_id)
        self._parts, self._orders, self._records = parts, parts.storage.orders, parts.storage.records
        self._tables = {"ORDER_TABLE": self._orders.table_name, "RECORD_TABLE": self._records.table_name}
        self._paid_by = {**gateway_environment(parts.settings), "CURRENCY": parts.settings.currency}
        machines = parts.machine_arns
        self._compare = [allow("states:ListExecutions", on=machines), *parts.queues.may_ask] if machines else []
        self._read_many = allow("dynamodb:BatchGetItem", on=[self._orders.table_arn])
        write = allow("dynamodb:GetItem", "dynamodb:PutItem", on=[self._orders.table_arn])
        self._sweep(write)
        self._keep_holds(write)
        self._check()
        if machines:
            function, missed = self._executions([write, *parts.queues.may_ask])
            self._follow_executions(function, missed, machines)

    def _sweep(self, write: iam.PolicyStatement) -> None:
        machines = {"MACHINES": self._parts.queues.machines_json, "MACHINE_HASHES": self._parts.hashes_json}
        sweeper = self._function(
            "Sweeper",
            description="Marks overdue waits and orders without execution; cancels old leads; wakes what was paused",
            seconds=120,
            environment={**self._tables, **machines},
            permissions=[
                write,
                *record_keys.of_sweeper(self._records),
                allow("dynamodb:Query", on=[BY_DUE.arn(self._orders), BY_STEP.arn(self._orders)]),
                self._read_many,
                *self._compare,
            ],
        )
        description = "Look for overdue waits and expired leads"
        run_every(self, "Sweep", minutes=SWEEP_MINUTES, function=sweeper, description=description)

    def _keep_holds(self, write: iam.PolicyStatement) -> None:
        holds = self._function(
            "Holds",
            description="Renews or captures money that is held before it lapses, or gives it to people",
            seconds=HOLD_SECONDS,
            pays=True,
            environment={**self._tables, **self._paid_by},
            permissions=[
                write,
                allow("dynamodb:Query", on=[BY_DUE.arn(self._orders)]),
                self._read_many,
                *record_keys.of_holds(self._records, self._parts.settings.gateways),
            ],
        )
        description = "Look for money that is held and lapses"
        run_every(self, "KeepHolds", minutes=HOLD_MINUTES, function=holds, description=description)

    def _check(self) -> None:
        """Once a night. The schedule asks more often, because a pass over many orders takes several runs."""
        anchored = {"HISTORY_ANCHORED": "1"} if self._parts.settings.history_anchors else {}
        check = self._function(
            "Check",
            description="Holds orders, counts and numbers of documents to their promises, once a night",
            seconds=CHECK_SECONDS,
            memory_mb=512,
            pays=True,
            environment={**self._tables, **self._paid_by, "MACHINES": self._parts.queues.machines_json, **anchored},
            permissions=[
                allow("dynamodb:Query", on=[BY_STEP.arn(self._orders)]),
                self._read_many,
                *record_keys.of_check(self._records),
                *self._compare,
            ],
        )
        description = "Check orders, counts and numbers, once a night"
        run_every(self, "CheckPromises", minutes=CHECK_MINUTES, function=check, description=description)

    def _function(
        self, construct_id: str, *, seconds: int, module: str = "", memory_mb: int = 256, **parts: Any
    ) -> lambda_.Function:
        """`module`: of lambdas.watch, unless it is called as the construct is."""
        return OrderFunction(
            self,
            construct_id,
            parts=self._parts.functions,
            handler=f"lambdas.watch.{module or construct_id.lower()}.handler",
            memory_mb=memory_mb,
            timeout_seconds=seconds,
            **parts,
        ).function

    def _executions(self, may: Sequence[iam.PolicyStatement]) -> tuple[lambda_.Function, sqs.Queue]:
        """The function that notices executions, and the queue of the events that it could not take in."""
        missed = message_queue(self, "Missed", self._parts.settings, days=LONGEST_DAYS)
        function = self._function(
            "Executions",
            module="stopped_executions",
            description="Notices executions that were stopped, failed, timed out or redriven",
            seconds=30,
            environment={"ORDER_TABLE": self._orders.table_name},
            permissions=[*may, allow("sqs:SendMessage", on=[missed.queue_arn])],
        )
        lambda_.EventInvokeConfig(
            self,
            "WhenItFails",
            function=function,
            on_failure=destinations.SqsDestination(missed),
            retry_attempts=2,
        )
        return function, missed

    def _follow_executions(self, function: lambda_.Function, missed: sqs.Queue, machines: list[str]) -> None:
        ended = {"stateMachineArn": machines, "status": ["FAILED", "TIMED_OUT", "ABORTED"]}
        redriven = {
            "stateMachineArn": machines,
            "status": ["RUNNING"],
            "redriveCount": [{"numeric": [">", 0]}],
        }
        for name, detail in (("Ended", ended), ("Redriven", redriven)):
            pattern = events.EventPattern(
                source=["aws.states"], detail_type=["Step Functions Execution Status Change"], detail=detail
            )
            rule = events.Rule(self, name, description=f"Executions: {name.lower()}", event_pattern=pattern)
            rule.add_target(targets.LambdaFunction(function, dead_letter_queue=missed))
