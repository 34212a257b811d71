"""Runs of one verb on many orders: a state machine that maps over pages of orders, and the function that acts on a page.

The map is inline: 400 pages of 25 orders are 10,000 orders and some 3,000 events of the 25,000 that an execution may have. Its
input is a run's id and the numbers of pages, far below the 256 KiB that an input may have. Orders stand in the record table.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

import json
from typing import Any

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.functions import record_keys
from infra.functions.function import OrderFunction, allow, own_role
from infra.functions.order_parts import OrderParts
from infra.queues import LOGGING, TRACING, errors_only

_WORKERS = 2  # pages at once
_TIMEOUT_SECONDS = 300
_LONGEST_RUN_SECONDS = 86_400
# Errors of a call that a further try may not have, and the function's own for a page that it had no time for.
_AGAIN = [
    {"ErrorEquals": ["PageUnfinished"], "IntervalSeconds": 1, "MaxAttempts": 100, "BackoffRate": 1.0},
    {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 5,
        "MaxAttempts": 4,
        "BackoffRate": 3.0,
        "JitterStrategy": "FULL",
    },
]


class Bulk(Construct):
    """`machine` runs; `may_start`: what a door needs to start a run and to ask how it stands."""

    def __init__(self, scope: Construct, construct_id: str, *, parts: OrderParts) -> None:
        super().__init__(scope, construct_id)
        worker = _worker(self, parts)
        self.name = f"{parts.settings.stage}-bulk-runs"
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=self.name,
            state_machine_type=sfn.StateMachineType.STANDARD,
            definition_body=sfn.DefinitionBody.from_string(json.dumps(definition())),
            definition_substitutions={"worker": worker.function_arn},
            role=own_role(
                self,
                service="states.amazonaws.com",
                description="Runs one verb on many orders",
                statements=[
                    allow("lambda:InvokeFunction", on=[worker.function_arn]),
                    allow(*LOGGING, on=["*"]),
                    allow(*TRACING, on=["*"]),
                ],
            ),
            logs=errors_only(parts.queues.log_group),
            tracing_enabled=True,
        )

    @property
    def may_start(self) -> list[iam.PolicyStatement]:
        execution = Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{self.name}:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        return [
            allow("states:StartExecution", on=[self.machine.state_machine_arn]),
            allow("states:DescribeExecution", on=[execution]),
        ]


def definition() -> dict[str, Any]:
    """The machine: act on all pages, then close the run. A page that fails again and again is left to the next start."""
    return {
        "Comment": "One verb on many orders, page by page",
        "QueryLanguage": "JSONata",
        "TimeoutSeconds": _LONGEST_RUN_SECONDS,
        "StartAt": "Pages",
        "States": {
            "Pages": _pages(),
            "Close the run": {**_call("{% $states.input %}"), "Retry": _AGAIN[1:], "End": True},
        },
    }


def _pages() -> dict[str, Any]:
    page = {
        "Act on orders": {
            **_call("{% $states.input %}"),
            "Retry": _AGAIN,
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Leave page"}],
            "End": True,
        },
        "Leave page": {"Type": "Pass", "Output": {}, "End": True},
    }
    return {
        "Type": "Map",
        "Items": "{% $states.input.pages %}",
        "ItemSelector": {
            "run_id": "{% $states.input.run_id %}",
            "page": "{% $states.context.Map.Item.Value %}",
        },
        "MaxConcurrency": _WORKERS,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "INLINE"},
            "StartAt": "Act on orders",
            "States": page,
        },
        "Output": {"run_id": "{% $states.input.run_id %}", "start": "{% $states.input.start %}"},
        "Next": "Close the run",
    }


def _call(payload: str) -> dict[str, Any]:
    """A call of the worker, whose answer nobody needs."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": "${worker}", "Payload": payload},
        "TimeoutSeconds": _TIMEOUT_SECONDS + 30,
        "Output": {},
    }


def _worker(scope: Construct, parts: OrderParts) -> lambda_.Function:
    return OrderFunction(
        scope,
        "Worker",
        parts=parts.functions,
        handler="lambdas.bulk.worker.handler",
        description="Acts on one page of the orders of a bulk run",
        memory_mb=512,
        timeout_seconds=_TIMEOUT_SECONDS,
        pays=True,
        environment={
            **parts.door_environment,
            "MACHINES": parts.queues.machines_json,
            "PACE_SECONDS": str(_WORKERS / parts.settings.bulk_orders_per_second),
        },
        permissions=[
            *parts.door_permissions,
            *record_keys.of_bulk(parts.storage.records),
            # A lead that moves may be priced again, and its VAT number asked for.
            record_keys.only(parts.storage.guards, ("UpdateItem",), ("window#*",)),
            *parts.queues.may_ask,
        ],
    ).function
