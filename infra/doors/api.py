"""Door 1: the HTTP API. One handler; API 2.0 at the root of the host and one path per method beside it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.attachments import Attachments
from infra.bulk import Bulk
from infra.doors.function import DOOR_SECONDS, door_function
from infra.doors.routes import CATCH_ALL, add_routes
from infra.doors.shifts import called_of
from infra.functions import record_keys
from infra.functions.function import allow, removal_of
from infra.functions.order_parts import OrderParts
from infra.mails.mail import Mail
from infra.stages.settings import StageSettings
from infra.storage import BY_CLIENT, BY_OPPORTUNITY, BY_STEP, Storage

API_2_0 = "/api/2.0"
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"


def _of_methods() -> Iterator[str]:
    """A route per method, and per HTTP method it takes. The document is made of the table of methods (`make openapi`).

    They lead where `$default` leads, but with them the access log and API Gateway's metrics name the method.
    """
    for path, operations in json.loads(DOCUMENT.read_text("utf-8"))["paths"].items():
        if path.rstrip("/") != API_2_0:
            yield from (f"{verb.upper()} {path}" for verb in operations)


# API Gateway takes no route that ends in a slash, and its documents do not say which route `/api/2.0/` belongs to. The
# address existing clients use must not depend on that: what no other route takes goes to the same handler.
ROUTES = (f"ANY {API_2_0}", f"ANY {API_2_0}/{{proxy+}}", *_of_methods(), CATCH_ALL)

# No path, no query string, no address: a path or a query can carry what a person typed, an address is a person's.
_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "latency": "$context.responseLatency",
    "integrationLatency": "$context.integrationLatency",
    "integrationError": "$context.integrationErrorMessage",
    "userAgent": "$context.identity.userAgent",
}


class Api(Construct):
    """The API and its function. It asks Step Functions how an execution stands, and starts bulk runs only: orders' machines
    are the relay's."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        parts: OrderParts,
        mail: Mail,
        attachments: Attachments,
        bulk: Bulk,
    ) -> None:
        super().__init__(scope, construct_id)
        self.function = door_function(
            self,
            parts=parts,
            handler="lambdas.api.handler.handler",
            description="Order API: API 2.0 and one path per method",
            environment={**_environment(parts, bulk), **mail.environment, **attachments.environment},
            writes_pdf=True,
            permissions=[
                *_tables(parts.storage),
                *mail.permissions,
                *attachments.permissions,
                *parts.queues.may_ask,
                *bulk.may_start,
            ],
        )
        self.http_api = _http_api(self, self.function, parts.settings)
        self.stage = _add_stage(self, http_api=self.http_api, settings=parts.settings)
        self._own_url = parts.settings.own_url

    @property
    def url(self) -> str:
        """Without a slash at the end, so that `{url}/api/2.0/` reads well."""
        return self._own_url or self.http_api.api_endpoint


def route_id(route: str) -> str:
    """A construct id that says the route: a construct's path is split at slashes and `$` names a token."""
    return "Route " + route.replace("/", "").replace("$", "")


def _http_api(scope: Construct, function: lambda_.Function, settings: StageSettings) -> apigw.HttpApi:
    http_api = apigw.HttpApi(
        scope,
        "HttpApi",
        create_default_stage=False,
        description=f"Orders, {settings.stage}",
        disable_execute_api_endpoint=bool(settings.domain) or None,
    )
    add_routes(
        scope,
        http_api=http_api,
        function=called_of(function, settings.door_shift),
        integration_id="Handler",
        seconds=DOOR_SECONDS,
        routes={route_id(route): route for route in ROUTES},
    )
    return http_api


def _environment(parts: OrderParts, bulk: Bulk) -> dict[str, str]:
    settings, storage = parts.settings, parts.storage
    return {
        "CALLS_PER_MINUTE": str(settings.calls_per_minute),
        "FAILED_LOGINS_OF_SOURCE": str(settings.failed_logins_of_source),
        "QUIESCENCE_SECONDS": str(settings.quiescence_seconds),
        "PREAUTHORIZE_CONTRACTS": str(settings.preauthorize_contracts).lower(),
        "COMPANY": settings.company,
        "LANGUAGES": ",".join(settings.languages),
        "HISTORY_TABLE": storage.history.table_name,
        "DESK_TABLE": storage.desk.table_name,
        "MACHINES": parts.queues.machines_json,
        "BULK_MACHINE": bulk.machine.state_machine_arn,
    }


def _tables(storage: Storage) -> list[iam.PolicyStatement]:
    """Orders by step, by client and by opportunity; all records, and that an
    order was not canceled while something is invoiced of it; counts, and the answers that are kept for repeats."""
    indexes = [index.arn(storage.orders) for index in (BY_STEP, BY_CLIENT, BY_OPPORTUNITY)]
    return [
        *record_keys.of_api(storage.records),
        allow("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", on=[storage.guards.table_arn]),
        allow("dynamodb:Query", on=indexes),
        allow("dynamodb:GetItem", "dynamodb:Query", on=[storage.history.table_arn, storage.desk.table_arn]),
        allow("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", on=[storage.desk.table_arn]),
        allow("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", on=[storage.orders.table_arn]),
    ]


def _add_stage(scope: Construct, *, http_api: apigw.HttpApi, settings: StageSettings) -> apigw.CfnStage:
    """`$default`: no prefix in the path, which clients of API 2.0 could not send."""
    access_log = logs.LogGroup(
        scope, "AccessLog", retention=settings.log_retention, removal_policy=removal_of(settings)
    )
    stage = apigw.HttpStage(
        scope,
        "Stage",
        http_api=http_api,
        stage_name="$default",
        auto_deploy=True,
        throttle=apigw.ThrottleSettings(rate_limit=settings.throttle_rate, burst_limit=settings.throttle_burst),
    )
    resource = cast(apigw.CfnStage, stage.node.default_child)
    resource.access_log_settings = apigw.CfnStage.AccessLogSettingsProperty(
        destination_arn=access_log.log_group_arn, format=json.dumps(_ACCESS_LOG)
    )
    return resource
