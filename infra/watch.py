"""Nothing is stuck silently: a sweeper for deadlines, and a watch over executions that end before their orders."""

import json
from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.function import FunctionParts, OrderFunction, allow
from infra.storage import BY_DUE

SWEEP_MINUTES = 5


class Watch(Construct):
    """Both write what they find on the order; the order's stream tells the world."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        parts: FunctionParts,
        orders: dynamodb.Table,
        machines: Sequence[str],
        machine_hashes: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        write = allow("dynamodb:GetItem", "dynamodb:PutItem", on=[orders.table_arn])
        self._sweep(parts, orders, write, machine_hashes)
        if machines:
            self._watch_executions(parts, orders, machines, write)

    def _sweep(
        self,
        parts: FunctionParts,
        orders: dynamodb.Table,
        write: iam.PolicyStatement,
        machine_hashes: Mapping[str, str],
    ) -> None:
        due = [
            allow("dynamodb:Query", on=[BY_DUE.arn(orders)]),
            allow("dynamodb:BatchGetItem", on=[orders.table_arn]),
        ]
        sweeper = OrderFunction(
            self,
            "Sweeper",
            parts=parts,
            handler="lambdas.deadlines.sweeper.handler",
            description="Marks waits that are past their deadline, and cancels leads whose time is over",
            memory_mb=256,
            timeout_seconds=120,
            environment={"ORDER_TABLE": orders.table_name, "MACHINE_HASHES": json.dumps(machine_hashes)},
            permissions=[write, *due],
        ).function
        events.Rule(
            self,
            "Sweep",
            description="Look for overdue waits and expired leads",
            schedule=events.Schedule.rate(Duration.minutes(SWEEP_MINUTES)),
            targets=[targets.LambdaFunction(sweeper, retry_attempts=0)],  # the next sweep is the retry
        )

    def _watch_executions(
        self, parts: FunctionParts, orders: dynamodb.Table, machines: Sequence[str], write: iam.PolicyStatement
    ) -> None:
        watch = OrderFunction(
            self,
            "Executions",
            parts=parts,
            handler="lambdas.console.execution_watch.handler",
            description="Notices executions that were stopped, failed, timed out or redriven",
            memory_mb=256,
            timeout_seconds=30,
            environment={"ORDER_TABLE": orders.table_name},
            permissions=[write],
        ).function
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
            rule.add_target(targets.LambdaFunction(watch))
