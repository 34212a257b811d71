"""Finds orders that are stuck: a sweeper for deadlines, and a function that notices executions that end before their orders.

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

from infra.functions.function import FunctionParts, OrderFunction, allow
from infra.message_queues import LONGEST_DAYS, message_queue
from infra.queues import Queues
from infra.storage import BY_DUE, BY_STEP

SWEEP_MINUTES = 5


class Watch(Construct):
    """Both functions write their findings on the order, and the order's stream passes them on."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        parts: FunctionParts,
        orders: dynamodb.Table,
        queues: Queues,
        machine_hashes: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        write = allow("dynamodb:GetItem", "dynamodb:PutItem", on=[orders.table_arn])
        self._sweep(parts, orders, write, queues, machine_hashes)
        if machines := list(queues.arns_by_id.values()):
            self._watch_executions(parts, orders, machines, [write, *queues.may_ask])

    def _sweep(
        self,
        parts: FunctionParts,
        orders: dynamodb.Table,
        write: iam.PolicyStatement,
        queues: Queues,
        machine_hashes: Mapping[str, str],
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
            description="Marks waits past their deadline and orders without an execution; cancels leads whose time is over",
            memory_mb=256,
            timeout_seconds=120,
            environment={
                "ORDER_TABLE": orders.table_name,
                "MACHINES": queues.machines_json,
                "MACHINE_HASHES": json.dumps(machine_hashes),
            },
            permissions=[write, *due, *compare],
        )
        events.Rule(
            self,
            "Sweep",
            description="Look for overdue waits and expired leads",
            schedule=events.Schedule.rate(Duration.minutes(SWEEP_MINUTES)),
            targets=[targets.LambdaFunction(sweeper.function, retry_attempts=0)],  # the next sweep is the retry
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
