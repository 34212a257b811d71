"""Door 2: the order forms' function and its routes on the HTTP API."""

import json
import re
from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.api import Api
from infra.function import FunctionParts, OrderFunction, allow
from infra.notices import Notices
from infra.storage import Storage

ROUTES = (
    "GET /forms/{name}",
    "POST /forms/{name}",
    "GET /forms/{name}/{page}",
    "POST /forms/{name}/{page}",
    "GET /forms/{name}/resume/{token}",
    "GET /forms/static/{file}",
    "GET /orders/{token}",
    "POST /orders/{token}",
)

_TIMEOUT_SECONDS = 29  # API Gateway gives up at 30: the function must be the first to say so


class Forms(Construct):
    """The pages of all forms, and the status page of each order. They are on the API's own host.

    The API's function is told where they are: it makes links to them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        parts: FunctionParts,
        storage: Storage,
        api: Api,
        notices: Notices,
        machine_hashes: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        settings = parts.settings
        self.function = OrderFunction(
            self,
            "Handler",
            parts=parts,
            handler="lambdas.forms.handler.handler",
            description="Order forms and the status page of orders",
            memory_mb=1024,  # memory buys processor share, and a cold start is mostly imports
            timeout_seconds=_TIMEOUT_SECONDS,
            environment={
                "ORDER_TABLE": storage.orders.table_name,
                "RECORD_TABLE": storage.records.table_name,
                "GUARD_TABLE": storage.guards.table_name,
                "NOTICE_QUEUE_URL": notices.queue.queue_url,
                "GATEWAY": settings.gateway,
                "CURRENCY": settings.currency,
                "COMPANY": settings.company,
                "FORM_MIN_SECONDS": str(settings.form_min_seconds),
                "MACHINE_HASHES": json.dumps(machine_hashes),
                "PAYMENT_LIMITS": settings.payment_limits.model_dump_json(),
            },
            permissions=[*_permissions(storage), allow("sqs:SendMessage", on=[notices.queue.queue_arn])],
        ).function
        self._add_routes(api.http_api)
        api.function.add_environment("PUBLIC_URL", settings.public_url or api.url)

    def _add_routes(self, http_api: apigw.HttpApi) -> None:
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
            apigw.HttpRoute(self, page_id(route), http_api=http_api, route_key=key, integration=integration)


def page_id(route: str) -> str:
    """A construct id that says the route without its punctuation: `Page GET forms name page`."""
    return "Page " + " ".join(re.findall(r"[A-Za-z]+", route))


def _permissions(storage: Storage) -> list[iam.PolicyStatement]:
    """A transaction is allowed by the permissions of what is in it."""
    writes = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem")
    return [
        allow(*writes, on=[storage.orders.table_arn]),
        allow(*writes, "dynamodb:Query", on=[storage.records.table_arn]),
        # How often something was asked for, or failed.
        allow("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", on=[storage.guards.table_arn]),
    ]
