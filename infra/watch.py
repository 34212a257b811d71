"""Finds orders that are stuck: a sweeper for deadlines, a keeper of holds, a function that notices executions that end before
their orders, and a nightly check of promises.

Status events are best effort, so the sweeper also compares orders with Step Functions.
"""

from collections.abc import Sequence

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
from infra.storage import BY_DUE, BY_STEP, Storage

SWEEP_MINUTES = 5
HOLD_MINUTES, HOLD_SECONDS = 5, 240  # below a claim of lambdas/orders/decisions/hold_clock.py
CHECK_MINUTES, CHECK_SECONDS = 15, 840  # a run ends before the next one begins


class Watch(Construct):
    """Both functions write their findings on the order, and the order's stream passes them on."""

    def __init__(self, scope: Construct, construct_id: str, *, parts: OrderParts) -> None:
        super().__init__(scope, construct_id)
        self._parts, self._orders = parts, parts.storage.orders
        machines = parts.machine_arns
        self._compare = [allow("states:ListExecutions", on=machines), *parts.queues.may_ask] if machines else []
        write = allow("dynamodb:GetItem", "dynamodb:PutItem", on=[self._orders.table_arn])
        self._sweep([write, *record_keys.of_sweeper(parts.storage.records)])
        self._keep_holds(write)
        self._check()
        if machines:
            function, missed = self._executions([write, *parts.queues.may_ask])
            self._follow_executions(function, missed, machines)

    def _sweep(self, write: Sequence[iam.PolicyStatement]) -> None:
        sweeper = OrderFunction(
            self,
            "Sweeper",
            parts=self._parts.functions,
            handler="lambdas.watch.sweeper.handler",
            description="Marks overdue waits and orders without execution; cancels old leads; wakes what was paused",
            memory_mb=256,
            timeout_seconds=120,
            environment={
                "ORDER_TABLE": self._orders.table_name,
                "RECORD_TABLE": self._parts.storage.records.table_name,
                "MACHINES": self._parts.queues.machines_json,
                "MACHINE_HASHES": self._parts.hashes_json,
            },
            permissions=[
                *write,
                allow("dynamodb:Query", on=[BY_DUE.arn(self._orders), BY_STEP.arn(self._orders)]),
                allow("dynamodb:BatchGetItem", on=[self._orders.table_arn]),
                *self._compare,
            ],
        )
        run_every(
            self,
            "Sweep",
            minutes=SWEEP_MINUTES,
            function=sweeper.function,
            description="Look for overdue waits and expired leads",
        )

    def _keep_holds(self, write: iam.PolicyStatement) -> None:
        storage, settings = self._parts.storage, self._parts.settings
        tables = {"ORDER_TABLE": storage.orders.table_name, "RECORD_TABLE": storage.records.table_name}
        holds = OrderFunction(
            self,
            "Holds",
            parts=self._parts.functions,
            handler="lambdas.watch.holds.handler",
            description="Renews or captures money that is held before it lapses, or gives it to people",
            memory_mb=256,
            timeout_seconds=HOLD_SECONDS,
            pays=True,
            environment={**tables, **gateway_environment(settings), "CURRENCY": settings.currency},
            permissions=[
                write,
                allow("dynamodb:Query", on=[BY_DUE.arn(storage.orders)]),
                allow("dynamodb:BatchGetItem", on=[storage.orders.table_arn]),
                *record_keys.of_holds(storage.records, settings.gateways),
            ],
        )
        run_every(
            self,
            "KeepHolds",
            minutes=HOLD_MINUTES,
            function=holds.function,
            description="Look for money that is held and lapses",
        )

    def _check(self) -> None:
        """Once a night. The schedule asks more often, because a pass over many orders takes several runs."""
        storage, settings = self._parts.storage, self._parts.settings
        check = OrderFunction(
            self,
            "Check",
            parts=self._parts.functions,
            handler="lambdas.watch.check.handler",
            description="Holds orders, counts and numbers of documents to their promises, once a night",
            memory_mb=512,
            timeout_seconds=CHECK_SECONDS,
            pays=True,
            environment={
                "ORDER_TABLE": storage.orders.table_name,
                "RECORD_TABLE": storage.records.table_name,
                **gateway_environment(settings),
                "CURRENCY": settings.currency,
                "MACHINES": self._parts.queues.machines_json,
                **({"HISTORY_ANCHORED": "1"} if settings.history_anchors else {}),
            },
            permissions=self._of_the_check(storage),
        )
        run_every(
            self,
            "CheckPromises",
            minutes=CHECK_MINUTES,
            function=check.function,
            description="Check orders, counts and numbers, once a night",
        )

    def _of_the_check(self, storage: Storage) -> list[iam.PolicyStatement]:
        return [
            allow("dynamodb:Query", on=[BY_STEP.arn(storage.orders)]),
            allow("dynamodb:BatchGetItem", on=[storage.orders.table_arn]),
            *record_keys.of_check(storage.records),
            *self._compare,
        ]

    def _executions(self, may: Sequence[iam.PolicyStatement]) -> tuple[lambda_.Function, sqs.Queue]:
        """The function that notices executions, and the queue of the events that it could not take in."""
        missed = message_queue(self, "Missed", self._parts.settings, days=LONGEST_DAYS)
        function = OrderFunction(
            self,
            "Executions",
            parts=self._parts.functions,
            handler="lambdas.watch.stopped_executions.handler",
            description="Notices executions that were stopped, failed, timed out or redriven",
            memory_mb=256,
            timeout_seconds=30,
            environment={"ORDER_TABLE": self._orders.table_name},
            permissions=[*may, allow("sqs:SendMessage", on=[missed.queue_arn])],
        ).function
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
