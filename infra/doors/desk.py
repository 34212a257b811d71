"""The order desk at `/desk`: its function and its routes on the HTTP API's host. Staff sign in with user and token of the API."""

from collections.abc import Mapping

from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.doors.permissions import door_environment, door_permissions
from infra.doors.routes import add_routes, page_id, with_heads
from infra.functions import record_keys
from infra.functions.function import FunctionParts, OrderFunction, allow
from infra.mail import Mail
from infra.queues import Queues
from infra.storage import BY_CLIENT, BY_STEP, Storage

SIGN_IN = "POST /desk/sign-in"
ROUTES = with_heads("GET /desk", "GET /desk/{proxy+}", SIGN_IN, "POST /desk/{proxy+}")

_OWN_MACHINE = "local"  # links that sign in without a token are for trying it out, and for no deployed stage
_TIMEOUT_SECONDS = 29  # API Gateway gives up at 30: the function must be the first to say so


class Desk(Construct):
    """It writes orders by the same verbs as the API, and users of the API it only reads."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        parts: FunctionParts,
        storage: Storage,
        mail: Mail,
        queues: Queues,
        http_api: apigw.HttpApi,
        machine_hashes: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        settings = parts.settings
        self.function = OrderFunction(
            self,
            "Handler",
            parts=parts,
            handler="lambdas.desk.handler.handler",
            description="Order desk for staff",
            memory_mb=1024,  # memory buys processor share, and a cold start is mostly imports
            timeout_seconds=_TIMEOUT_SECONDS,
            environment={
                **door_environment(storage, settings, machine_hashes),
                "CALLS_PER_MINUTE": str(settings.calls_per_minute),
                "FAILED_LOGINS_OF_SOURCE": str(settings.failed_logins_of_source),
                "COMPANY": settings.company,
                "DESK_TABLE": storage.desk.table_name,
                "HISTORY_TABLE": storage.history.table_name,
                "MACHINES": queues.machines_json,
                **mail.environment,
                **({"SIGN_IN_LINKS": "true"} if settings.stage == _OWN_MACHINE else {}),
            },
            permissions=[
                *door_permissions(storage),
                *_tables(storage, settings.gateway),
                *(record_keys.of_sign_in_links(storage.records) if settings.stage == _OWN_MACHINE else ()),
                *mail.permissions,
                *queues.may_ask,
            ],
        ).function
        add_routes(
            self,
            http_api=http_api,
            function=self.function,
            integration_id="Desk",
            seconds=_TIMEOUT_SECONDS,
            routes={page_id(route): route for route in ROUTES},
        )


def _tables(storage: Storage, gateway: str) -> list[iam.PolicyStatement]:
    """Orders by step and by client; records of orders, users and sessions; counts of logins and calls; what is read of orders."""
    indexes = [index.arn(storage.orders) for index in (BY_STEP, BY_CLIENT)]
    return [
        *record_keys.of_desk(storage.records, gateway),
        *record_keys.guards_of_doors(storage.guards),
        allow("dynamodb:Query", on=indexes),
        allow("dynamodb:BatchGetItem", on=[storage.orders.table_arn]),
        allow("dynamodb:GetItem", "dynamodb:Query", on=[storage.history.table_arn, storage.desk.table_arn]),
    ]
