"""Door 1: the HTTP API. One handler; API 2.0 at the root of the host and one path per method beside it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.attachments import Attachments
from infra.bulk import Bulk
from infra.doors.permissions import door_environment, door_permissions
from infra.doors.routes import CATCH_ALL, add_routes
from infra.functions import record_keys
from infra.functions.function import FunctionParts, OrderFunction, allow, removal_of
from infra.mail import Mail
from infra.queues import Queues
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

_TIMEOUT_SECONDS = 29  # API Gateway gives up at 30: the function must be the first to say so


class Api(Construct):
    """The API and its function. It asks Step Functions how an execution stands, and starts bulk runs only: orders' machines
    are the relay's."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        parts: FunctionParts,
        storage: Storage,
        mail: Mail,
        attachments: Attachments,
        queues: Queues,
        bulk: Bulk,
        machine_hashes: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        settings = parts.settings
        self.function = OrderFunction(
            self,
            "Handler",
            parts=parts,
            handler="lambdas.api.handler.handler",
            description="Order API: API 2.0 and one path per method",
            memory_mb=1024,  # memory buys processor share, and a cold start is mostly imports
            timeout_seconds=_TIMEOUT_SECONDS,
            environment={
                **door_environment(storage, settings, machine_hashes),
                "CALLS_PER_MINUTE": str(settings.calls_per_minute),
                "FAILED_LOGINS_OF_SOURCE": str(settings.failed_logins_of_source),
                "SETTLE_SECONDS": str(settings.settle_seconds),
                "PREAUTHORIZE_CONTRACTS": str(settings.preauthorize_contracts).lower(),
                "COMPANY": settings.company,
                "HISTORY_TABLE": storage.history.table_name,
                "DESK_TABLE": storage.desk.table_name,
                "MACHINES": queues.machines_json,
                "BULK_MACHINE": bulk.machine.state_machine_arn,
                **mail.environment,
                **attachments.environment,
            },
            permissions=[
                *door_permissions(storage),
                *_tables(storage),
                *mail.permissions,
                *attachments.permissions,
                *queues.may_ask,
                *bulk.may_start,
            ],
        ).function
        self.http_api = apigw.HttpApi(
            self, "HttpApi", create_default_stage=False, description=f"Orders, {settings.stage}"
        )
        self.stage = _add_stage(self, http_api=self.http_api, settings=settings)
        add_routes(
            self,
            http_api=self.http_api,
            function=self.function,
            integration_id="Handler",
            seconds=_TIMEOUT_SECONDS,
            routes={route_id(route): route for route in ROUTES},
        )

    @property
    def url(self) -> str:
        """Without a slash at the end, so that `{url}/api/2.0/` reads well."""
        return self.http_api.api_endpoint


def route_id(route: str) -> str:
    """A construct id that says the route: a construct's path is split at slashes and `$` names a token."""
    return "Route " + route.replace("/", "").replace("$", "")


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
