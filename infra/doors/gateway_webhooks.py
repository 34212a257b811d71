"""The door for webhooks of payment providers: a function that lets in what is signed, and one that applies it.

The first faces everybody: it stores events and puts their names into a queue. Only the second one may pay.
"""

from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.doors.routes import add_routes
from infra.doors.shifts import called_of
from infra.functions import record_keys
from infra.functions.function import OrderFunction, allow, removal_of
from infra.functions.order_parts import OrderParts
from infra.message_queues import LONGEST_DAYS, work_queue
from infra.stages.settings import StageSettings

ROUTE = "POST /webhooks/{gateway}"
TRIES = 10  # over almost two hours (lambdas/webhooks/messages.py)
BATCH = 5
WORKER_SECONDS = 40  # less than the claim of a submit lasts (lambdas/orders/submit_request.py)
_DOOR_SECONDS = 10


def name_beside(gateway: str, settings: StageSettings) -> str:
    """A gateway in the names of constructs and outputs: the default one's were there before it had others beside it."""
    return "" if gateway == settings.gateway else gateway.capitalize()


class GatewayWebhooks(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, parts: OrderParts, http_api: apigw.HttpApi) -> None:
        super().__init__(scope, construct_id)
        settings = parts.settings
        self._work = work_queue(self, "Events", settings, worker_seconds=WORKER_SECONDS, tries=TRIES, days=LONGEST_DAYS)
        self.secrets = {name: self._signing_keys(name, settings) for name in settings.gateways}
        self._let_in(parts, http_api)
        self._apply(parts)

    def _signing_keys(self, gateway: str, settings: StageSettings) -> secretsmanager.Secret:
        """Nobody knows what it begins with, so nothing is let in before the provider's own key is put into it."""
        return secretsmanager.Secret(
            self,
            f"SigningKeys{name_beside(gateway, settings)}",
            description=f"Keys that {gateway} signs its webhooks with, one per line, stage {settings.stage}",
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
            removal_policy=removal_of(settings),
        )

    def _let_in(self, parts: OrderParts, http_api: apigw.HttpApi) -> None:
        function = OrderFunction(
            self,
            "Door",
            parts=parts.functions,
            handler="lambdas.webhooks.handler.handler",
            description="Webhooks of payment providers: verified, stored and put into the queue",
            memory_mb=512,
            timeout_seconds=_DOOR_SECONDS,
            environment={
                "RECORD_TABLE": parts.storage.records.table_name,
                "EVENT_QUEUE_URL": self._work.messages.queue_url,
                "GATEWAY_WEBHOOK_SECRETS": http_api.stack.to_json_string(
                    {name: secret.secret_arn for name, secret in self.secrets.items()}
                ),
            },
            permissions=[
                record_keys.of_gateway_events(parts.storage.records),
                allow("sqs:SendMessage", on=[self._work.messages.queue_arn]),
                allow("secretsmanager:GetSecretValue", on=[each.secret_arn for each in self.secrets.values()]),
            ],
        ).function
        add_routes(
            self,
            http_api=http_api,
            function=called_of(function, parts.settings.door_shift),
            integration_id="Door",
            seconds=_DOOR_SECONDS,
            routes={"Route": ROUTE},
        )

    def _apply(self, parts: OrderParts) -> None:
        worker = OrderFunction(
            self,
            "Worker",
            parts=parts.functions,
            handler="lambdas.webhooks.worker.handler",
            description="Events of payment providers are applied to orders and invoices",
            memory_mb=512,
            timeout_seconds=WORKER_SECONDS,
            pays=True,
            environment={**parts.door_environment, "EVENT_QUEUE_URL": self._work.messages.queue_url},
            permissions=[
                *parts.door_permissions,
                *record_keys.of_gateway_worker(parts.storage.records, parts.settings.gateways),
                *record_keys.guards_of_doors(parts.storage.guards),
                self._work.may_receive,
                allow("sqs:ChangeMessageVisibility", on=[self._work.messages.queue_arn]),
            ],
        ).function
        self._work.feed(self, "Event", worker, batch=BATCH)
