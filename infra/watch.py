"""Finds orders that are stuck: a sweeper for deadlines, a function that notices executions that end before their orders, and
a nightly check of promises.

Status events are best effort, so the sweeper also compares orders with Step Functions.
"""

import json
from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from constructs import Construct

from infra.functions import record_keys
from infra.functions.function import FunctionParts, OrderFunction, allow
from infra.functions.record_keys import except_users, only
from infra.message_queues import LONGEST_DAYS, message_queue
from infra.queues import Queues
from infra.storage import BY_DUE, BY_STEP, Storage

SWEEP_MINUTES = 5
CHECK_MINUTES, CHECK_SECONDS = 15, 840  # a run ends before the next one begins


class Watch(Construct):
    """Both functions write their findings on the order, and the order's stream passes them on."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        parts: FunctionParts,
        storage: Storage,
        queues: Queues,
        machine_hashes: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        orders = storage.orders
        write = allow("dynamodb:GetItem", "dynamodb:PutItem", on=[orders.table_arn])
        self._sweep(
            parts,
            orders,
            write=[write, *record_keys.of_sweeper(storage.records)],
            queues=queues,
            machine_hashes=machine_hashes,
            records=storage.records,
        )
        self._check(parts, storage, queues)
        if machines := list(queues.arns_by_id.values()):
            self._watch_executions(parts, orders, machines, [write, *queues.may_ask])

    def _sweep(
        self,
        parts: FunctionParts,
        orders: dynamodb.Table,
        *,
        write: Sequence[iam.PolicyStatement],
        queues: Queues,
        machine_hashes: Mapping[str, str],
        records: dynamodb.Table,
    ) -> None:
        machines = list(queues.arns_by_id.values())
        compare = [allow("states:ListExecutions", on=machines), *queues.may_ask] if machines else []
        due = [
            allow("dynamodb:Query", on=[BY_DUE.arn(orders), BY_STEP.arn(orders)]),
            allow("dynamodb:BatchGetItem", on=[orders.table_arn]),
        ]
        sweeper = OrderFunction(
            self,
            "Sweeper",
            parts=parts,
            handler="lambdas.watch.sweeper.handler",
            description="Marks overdue waits and orders without execution; cancels old leads; wakes what was paused",
            memory_mb=256,
            timeout_seconds=120,
            environment={
                "ORDER_TABLE": orders.table_name,
                "RECORD_TABLE": records.table_name,
                "MACHINES": queues.machines_json,
                "MACHINE_HASHES": json.dumps(machine_hashes),
            },
            permissions=[*write, *due, *compare],
        )
        events.Rule(
            self,
            "Sweep",
            description="Look for overdue waits and expired leads",
            schedule=events.Schedule.rate(Duration.minutes(SWEEP_MINUTES)),
            targets=[targets.LambdaFunction(sweeper.function, retry_attempts=0)],  # the next sweep is the retry
        )

    def _check(self, parts: FunctionParts, storage: Storage, queues: Queues) -> None:
        """Once a night. The schedule asks more often, because a pass over many orders takes several runs."""
        machines = list(queues.arns_by_id.values())
        check = OrderFunction(
            self,
            "Check",
            parts=parts,
            handler="lambdas.watch.check.handler",
            description="Holds orders, counts and numbers of documents to their promises, once a night",
            memory_mb=512,
            timeout_seconds=CHECK_SECONDS,
            environment={
                "ORDER_TABLE": storage.orders.table_name,
                "RECORD_TABLE": storage.records.table_name,
                "GATEWAY": parts.settings.gateway,
                "CURRENCY": parts.settings.currency,
                "MACHINES": queues.machines_json,
            },
            permissions=[
                allow("dynamodb:Query", on=[BY_STEP.arn(storage.orders)]),
                allow("dynamodb:BatchGetItem", on=[storage.orders.table_arn]),
                *except_users(storage.records, "GetItem", "Query"),
                only(storage.records, ("PutItem",), ("order_check",)),
                *([allow("states:ListExecutions", on=machines), *queues.may_ask] if machines else []),
            ],
        )
        events.Rule(
            self,
            "CheckPromises",
            description="Check orders, counts and numbers, once a night",
            schedule=events.Schedule.rate(Duration.minutes(CHECK_MINUTES)),
            targets=[targets.LambdaFunction(check.function, retry_attempts=0)],  # the next run continues
        )

    def _watch_executions(
        self, parts: FunctionParts, orders: dynamodb.Table, machines: Sequence[str], may: Sequence[iam.PolicyStatement]
    ) -> None:
        missed = message_queue(self, "Missed", parts.settings, days=LONGEST_DAYS)
        watch = OrderFunction(
            self,
            "Executions",
            parts=parts,
            handler="lambdas.watch.stopped_executions.handler",
            description="Notices executions that were stopped, failed, timed out or redriven",
            memory_mb=256,
            timeout_seconds=30,
            environment={"ORDER_TABLE": orders.table_name},
            permissions=[*may, allow("sqs:SendMessage", on=[missed.queue_arn])],
        )
        lambda_.EventInvokeConfig(
            self,
            "WhenItFails",
            function=watch.function,
            on_failure=destinations.SqsDestination(missed),
            retry_attempts=2,
        )
        ended = {"stateMachineArn": list(machines), "status": ["FAILED", "TIMED_OUT", "ABORTED"]}
        redriven = {
            "stateMachineArn": list(machines),
            "status": ["RUNNING"],
            "redriveCount": [{"numeric": [">", 0]}],
        }
        for name, detail in (("Ended", ended), ("Redriven", redriven)):
            pattern = events.EventPattern(
                source=["aws.states"], detail_type=["Step Functions Execution Status Change"], detail=detail
            )
            rule = events.Rule(self, name, description=f"Executions: {name.lower()}", event_pattern=pattern)
            rule.add_target(targets.LambdaFunction(watch.function, dead_letter_queue=missed))
