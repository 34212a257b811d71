"""The door for webhooks of the payment provider: a function that lets in what is signed, and one that applies it.

The first faces everybody: it stores events and puts their names into a queue. Only the second one may pay.
"""

from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.doors.routes import add_routes
from infra.functions import record_keys
from infra.functions.function import OrderFunction, allow, removal_of
from infra.functions.order_parts import OrderParts
from infra.message_queues import LONGEST_DAYS, work_queue

ROUTE = "POST /webhooks/{gateway}"
TRIES = 10  # over almost two hours (lambdas/webhooks/messages.py)
BATCH = 5
WORKER_SECONDS = 40  # less than the claim of a submit lasts (lambdas/orders/submit_request.py)
_DOOR_SECONDS = 10


class GatewayWebhooks(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, parts: OrderParts, http_api: apigw.HttpApi) -> None:
        super().__init__(scope, construct_id)
        settings = parts.settings
        self._work = work_queue(self, "Events", settings, worker_seconds=WORKER_SECONDS, tries=TRIES, days=LONGEST_DAYS)
        # Nobody knows what it begins with, so nothing is let in before the provider's own key is put into it.
        self.secret = secretsmanager.Secret(
            self,
            "SigningKeys",
            description=f"Keys that {settings.gateway} signs its webhooks with, one per line, stage {settings.stage}",
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
            removal_policy=removal_of(settings),
        )
        self._let_in(parts, http_api)
        self._apply(parts)

    def _let_in(self, parts: OrderParts, http_api: apigw.HttpApi) -> None:
        function = OrderFunction(
            self,
            "Door",
            parts=parts.functions,
            handler="lambdas.webhooks.handler.handler",
            description="Webhooks of the payment provider: verified, stored and put into the queue",
            memory_mb=512,
            timeout_seconds=_DOOR_SECONDS,
            environment={
                "RECORD_TABLE": parts.storage.records.table_name,
                "EVENT_QUEUE_URL": self._work.messages.queue_url,
                "GATEWAY_WEBHOOK_SECRETS": http_api.stack.to_json_string(
                    {parts.settings.gateway: self.secret.secret_arn}
                ),
            },
            permissions=[
                record_keys.of_gateway_events(parts.storage.records),
                allow("sqs:SendMessage", on=[self._work.messages.queue_arn]),
                allow("secretsmanager:GetSecretValue", on=[self.secret.secret_arn]),
            ],
        ).function
        add_routes(
            self,
            http_api=http_api,
            function=function,
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
            description="Events of the payment provider are applied to orders and invoices",
            memory_mb=512,
            timeout_seconds=WORKER_SECONDS,
            pays=True,
            environment={**parts.door_environment, "EVENT_QUEUE_URL": self._work.messages.queue_url},
            permissions=[
                *parts.door_permissions,
                *record_keys.of_gateway_worker(parts.storage.records, parts.settings.gateway),
                *record_keys.guards_of_doors(parts.storage.guards),
                self._work.may_receive,
                allow("sqs:ChangeMessageVisibility", on=[self._work.messages.queue_arn]),
            ],
        ).function
        self._work.feed(self, "Event", worker, batch=BATCH)
