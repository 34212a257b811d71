"""The function of a door whose pages or methods work on orders."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.functions.function import OrderFunction
from infra.functions.order_parts import OrderParts

DOOR_SECONDS = 29  # API Gateway gives up at 30: the function must be the first to say so


def door_function(
    scope: Construct,
    *,
    parts: OrderParts,
    handler: str,
    description: str,
    environment: Mapping[str, str],
    permissions: Sequence[iam.PolicyStatement],
    writes_pdf: bool = False,
) -> lambda_.Function:
    """`environment`, `permissions`: what this door has beside those of every door."""
    return OrderFunction(
        scope,
        "Handler",
        parts=parts.functions,
        handler=handler,
        description=description,
        memory_mb=1024,  # memory buys processor share, and a cold start is mostly imports
        timeout_seconds=DOOR_SECONDS,
        pays=True,
        is_door=True,
        writes_pdf=writes_pdf,
        environment={**parts.door_environment, **environment},
        permissions=[*parts.door_permissions, *permissions],
    ).function
