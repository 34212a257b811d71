"""Door 2: the order forms' function and its routes on the HTTP API."""

from collections.abc import Mapping

from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.doors.api import Api
from infra.doors.permissions import door_environment, door_permissions
from infra.doors.routes import add_routes, page_id, with_heads
from infra.functions import record_keys
from infra.functions.function import FunctionParts, OrderFunction, allow, removal_of
from infra.notices import Notices
from infra.storage import Storage

ROUTES = with_heads(
    "GET /",
    "GET /robots.txt",
    "GET /forms",
    "GET /forms/{name}",
    "POST /forms/{name}",
    "GET /forms/{name}/{page}",
    "POST /forms/{name}/{page}",
    "GET /forms/{name}/resume/{token}",
    "POST /forms/{name}/resume/{token}",
    "GET /forms/static/{file}",
    "GET /orders/{token}",
    "POST /orders/{token}",
)

_TIMEOUT_SECONDS = 29  # API Gateway gives up at 30: the function must be the first to say so


class Forms(Construct):
    """The pages of all forms, and the status page of each order. They are on the API's own host.

    The API's function gets their address, because it creates links to them.
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
        # Made by Secrets Manager, known to nobody. A new value may be put at any time: the one before stays good.
        secret = secretsmanager.Secret(
            self,
            "Secret",
            description=f"Signs the pages of the order forms, stage {settings.stage}",
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
            removal_policy=removal_of(settings),
        )
        self.function = OrderFunction(
            self,
            "Handler",
            parts=parts,
            handler="lambdas.forms.handler.handler",
            description="Order forms and the status page of orders",
            memory_mb=1024,  # memory buys processor share, and a cold start is mostly imports
            timeout_seconds=_TIMEOUT_SECONDS,
            environment={
                **door_environment(storage, settings, machine_hashes),
                "NOTICE_QUEUE_URL": notices.queue.queue_url,
                "COMPANY": settings.company,
                "FORM_MIN_SECONDS": str(settings.form_min_seconds),
                "FORM_SECRET_ARN": secret.secret_arn,
                "FORM_LIMITS": settings.form_limits.model_dump_json(),
            },
            permissions=[
                *door_permissions(storage),
                *record_keys.of_forms(storage.records, settings.gateway),
                *record_keys.guards_of_doors(storage.guards),
                allow("sqs:SendMessage", on=[notices.queue.queue_arn]),
                allow("secretsmanager:GetSecretValue", on=[secret.secret_arn]),
            ],
        ).function
        add_routes(
            self,
            http_api=api.http_api,
            function=self.function,
            integration_id="Pages",
            seconds=_TIMEOUT_SECONDS,
            routes={page_id(route): route for route in ROUTES},
        )
        api.function.add_environment("PUBLIC_URL", settings.pages_url or api.url)
