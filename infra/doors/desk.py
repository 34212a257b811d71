"""The order desk at `/desk`: its function and its routes on the HTTP API's host. Staff sign in with user and token of the API."""

from collections.abc import Sequence

from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.attachments import Attachments
from infra.bulk import Bulk
from infra.doors.function import DOOR_SECONDS, door_function
from infra.doors.routes import add_routes, page_id, with_heads
from infra.doors.shifts import called_of
from infra.functions import record_keys
from infra.functions.function import allow
from infra.functions.order_parts import OrderParts
from infra.mails.mail import Mail
from infra.storage import BY_CLIENT, BY_STEP, Storage

SIGN_IN = "POST /desk/sign-in"
ROUTES = with_heads("GET /desk", "GET /desk/{proxy+}", SIGN_IN, "POST /desk/{proxy+}")

_OWN_MACHINE = "local"  # links that sign in without a token are for trying it out, and for no deployed stage


class Desk(Construct):
    """It writes orders by the same verbs as the API, and users of the API it only reads."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        parts: OrderParts,
        mail: Mail,
        attachments: Attachments,
        http_api: apigw.HttpApi,
        bulk: Bulk,
    ) -> None:
        super().__init__(scope, construct_id)
        self.function = door_function(
            self,
            parts=parts,
            handler="lambdas.desk.handler.handler",
            description="Order desk for staff",
            environment={**_environment(parts, http_api, bulk), **mail.environment, **attachments.environment},
            permissions=[*_permissions(parts), *mail.permissions, *attachments.reading, *bulk.may_start],
            writes_pdf=True,
        )
        add_routes(
            self,
            http_api=http_api,
            function=called_of(self.function, parts.settings.door_shift),
            integration_id="Desk",
            seconds=DOOR_SECONDS,
            routes={page_id(route): route for route in ROUTES},
        )


def _environment(parts: OrderParts, http_api: apigw.HttpApi, bulk: Bulk) -> dict[str, str]:
    return {
        "CALLS_PER_MINUTE": str(parts.settings.calls_per_minute),
        "FAILED_LOGINS_OF_SOURCE": str(parts.settings.failed_logins_of_source),
        "COMPANY": parts.settings.company,
        "LANGUAGES": ",".join(parts.settings.languages),
        "PUBLIC_URL": parts.settings.pages_url or http_api.api_endpoint,
        "DESK_TABLE": parts.storage.desk.table_name,
        "HISTORY_TABLE": parts.storage.history.table_name,
        "BULK_MACHINE": bulk.machine.state_machine_arn,
        "MACHINES": parts.queues.machines_json,
        **({"SIGN_IN_LINKS": "true"} if parts.settings.stage == _OWN_MACHINE else {}),
    }


def _permissions(parts: OrderParts) -> list[iam.PolicyStatement]:
    links = record_keys.of_sign_in_links(parts.storage.records) if parts.settings.stage == _OWN_MACHINE else []
    return [*_tables(parts.storage, parts.settings.gateways), *links, *parts.queues.may_ask]


def _tables(storage: Storage, gateways: Sequence[str]) -> list[iam.PolicyStatement]:
    """Orders by step and by client; records of orders, users and sessions; counts of logins and calls; what is read of orders."""
    indexes = [index.arn(storage.orders) for index in (BY_STEP, BY_CLIENT)]
    return [
        *record_keys.of_desk(storage.records, gateways),
        *record_keys.guards_of_doors(storage.guards),
        record_keys.only(storage.guards, ("GetItem", "PutItem"), ("bulk_preview#*",)),
        allow("dynamodb:Query", on=indexes),
        allow("dynamodb:BatchGetItem", on=[storage.orders.table_arn]),
        allow("dynamodb:GetItem", "dynamodb:Query", on=[storage.history.table_arn, storage.desk.table_arn]),
    ]
