"""Door 2: the order forms' function and its routes on the HTTP API."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.attachments import Attachments
from infra.doors.api import Api
from infra.doors.function import DOOR_SECONDS, door_function
from infra.doors.routes import add_routes, page_id, with_heads
from infra.doors.shifts import called_of
from infra.functions import record_keys
from infra.functions.function import allow, removal_of
from infra.functions.order_parts import OrderParts
from infra.mails.notices import Notices
from infra.stages.settings import StageSettings

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


class Forms(Construct):
    """The pages of all forms, and the status page of each order. They are on the API's own host.

    The API's function gets their address, because it creates links to them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        parts: OrderParts,
        api: Api,
        notices: Notices,
        attachments: Attachments,
    ) -> None:
        """Longer than 30 lines, because it is one declaration."""
        super().__init__(scope, construct_id)
        settings = parts.settings
        secret = _secret(self, settings)
        self.function = door_function(
            self,
            parts=parts,
            handler="lambdas.forms.handler.handler",
            description="Order forms and the status page of orders",
            environment={
                **attachments.environment,
                "NOTICE_QUEUE_URL": notices.queue.queue_url,
                "COMPANY": settings.company,
                "FORM_MIN_SECONDS": str(settings.form_min_seconds),
                "FORM_SECRET_ARN": secret.secret_arn,
                "FORM_LIMITS": settings.form_limits.model_dump_json(),
                "LANGUAGES": ",".join(settings.languages),
                "REGISTRAR": settings.registrar,
            },
            permissions=[*_permissions(parts, notices.queue.queue_arn, secret.secret_arn), *attachments.writing],
        )
        add_routes(
            self,
            http_api=api.http_api,
            function=called_of(self.function, settings.door_shift),
            integration_id="Pages",
            seconds=DOOR_SECONDS,
            routes={page_id(route): route for route in ROUTES},
        )
        api.function.add_environment("PUBLIC_URL", settings.pages_url or api.url)


def _permissions(parts: OrderParts, notice_queue_arn: str, secret_arn: str) -> list[iam.PolicyStatement]:
    return [
        *record_keys.of_forms(parts.storage.records, parts.settings.gateways),
        *record_keys.guards_of_doors(parts.storage.guards),
        allow("sqs:SendMessage", on=[notice_queue_arn]),
        allow("secretsmanager:GetSecretValue", on=[secret_arn]),
    ]


def _secret(scope: Construct, settings: StageSettings) -> secretsmanager.Secret:
    """Made by Secrets Manager, known to nobody. A new value may be put at any time: the one before stays good."""
    return secretsmanager.Secret(
        scope,
        "Secret",
        description=f"Signs the pages of the order forms, stage {settings.stage}",
        generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
        removal_policy=removal_of(settings),
    )
