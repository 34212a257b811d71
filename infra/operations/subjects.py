"""The resources of the product's stack that operations look at, found by walking its constructs."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn

from infra.functions.function import OrderFunction


@dataclass(frozen=True, kw_only=True)
class Subjects:
    """`functions` and `log_groups` by service (POWERTOOLS_SERVICE_NAME), `queues` by path below the stack, `tables` by name,
    `machines` by path. A construct that is added to the product is found here without a line of its own."""

    functions: Mapping[str, lambda_.IFunction]
    log_groups: Mapping[str, logs.ILogGroup]
    queues: Mapping[str, sqs.Queue]
    tables: Mapping[str, dynamodb.Table]
    machines: Mapping[str, sfn.StateMachine]
    api_id: str


def subjects_of(stack: Stack) -> Subjects:
    found = stack.node.find_all()
    functions = [each for each in found if isinstance(each, OrderFunction)]
    (api,) = (each for each in found if isinstance(each, apigw.HttpApi))
    return Subjects(
        functions={each.service: each.function for each in functions},
        log_groups={each.service: each.log_group for each in functions},
        queues={_path(stack, each): each for each in found if isinstance(each, sqs.Queue)},
        tables={each.node.id: each for each in found if isinstance(each, dynamodb.Table)},
        machines={_path(stack, each): each for each in found if isinstance(each, sfn.StateMachine)},
        api_id=api.api_id,
    )


def _path(stack: Stack, construct: sqs.Queue | sfn.StateMachine) -> str:
    return construct.node.path.removeprefix(f"{stack.node.path}/")
