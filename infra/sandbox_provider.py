"""The sandbox's payment provider: its own function, on the API's host. Only where the gateway is the sandbox."""

import re

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.function import FunctionParts, OrderFunction
from infra.storage import Storage

ROUTES = (
    "GET /sandbox/{page}",
    "POST /sandbox/{page}",
    "GET /sandbox/challenge/{challenge}",
    "POST /sandbox/challenge/{challenge}",
)
HANDLER = "Handler"
_TIMEOUT_SECONDS = 15


class SandboxProvider(Construct):
    """It reads and writes what the sandbox keeps in the record table, and nothing else there."""

    def __init__(
        self, scope: Construct, construct_id: str, *, parts: FunctionParts, storage: Storage, http_api: apigw.HttpApi
    ) -> None:
        super().__init__(scope, construct_id)
        self.function = OrderFunction(
            self,
            HANDLER,
            parts=parts,
            handler="lambdas.sandbox_provider.handler.handler",
            description="The sandbox's payment provider: card entry and confirmation of payments",
            memory_mb=512,
            timeout_seconds=_TIMEOUT_SECONDS,
            environment={"RECORD_TABLE": storage.records.table_name},
            permissions=[
                iam.PolicyStatement(
                    actions=["dynamodb:GetItem", "dynamodb:PutItem"],
                    resources=[storage.records.table_arn],
                    conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["sandbox#*"]}},
                )
            ],
        ).function
        integration = integrations.HttpLambdaIntegration(
            "Pages",
            self.function,
            payload_format_version=apigw.PayloadFormatVersion.VERSION_2_0,
            timeout=Duration.seconds(_TIMEOUT_SECONDS),
            scope_permission_to_route=False,  # one permission for this API, not one per route
        )
        for route in ROUTES:
            method, path = route.split(" ")
            key = apigw.HttpRouteKey.with_(path, apigw.HttpMethod[method])
            apigw.HttpRoute(self, sandbox_page_id(route), http_api=http_api, route_key=key, integration=integration)


def sandbox_page_id(route: str) -> str:
    """A construct id that says the route without its punctuation."""
    return "Page " + " ".join(re.findall(r"[A-Za-z]+", route))
