"""Door 3: signed contracts. A bus for events and a route for webhooks, both into one queue; one function takes them in.

What cannot become an order is set aside in the dead letters with its reason, and an alarm says so.
"""

from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.doors.routes import add_routes
from infra.doors.shifts import called_of
from infra.functions import record_keys
from infra.functions.function import FunctionParts, OrderFunction, allow, removal_of
from infra.functions.order_parts import OrderParts
from infra.message_queues import LONGEST_DAYS, work_queue
from infra.stages.settings import StageSettings

ROUTE = "POST /contracts/{provider}"
EVENT = "ContractSigned"
TRIES = 5
BATCH = 5
WORKER_SECONDS = 40  # less than the claim of a submit lasts (lambdas/orders/submission.py)
_WEBHOOK_SECONDS = 10


class Intake(Construct):
    """The bus is another than the one orders speak on: who may hand in contracts must not be able to speak for orders."""

    def __init__(self, scope: Construct, construct_id: str, *, parts: OrderParts, http_api: apigw.HttpApi) -> None:
        super().__init__(scope, construct_id)
        settings = parts.settings
        self._work = work_queue(
            self, "Contracts", settings, worker_seconds=WORKER_SECONDS, tries=TRIES, days=LONGEST_DAYS
        )
        self.queue, self.dead_letters = self._work.messages, self._work.dead_letters
        self.secrets = {provider: self._secret(provider, settings) for provider in settings.contract_providers}
        self.bus = events.EventBus(self, "Bus", event_bus_name=f"{settings.stage}-contracts")
        self._take_events()
        self._take_webhooks(parts.functions, http_api)
        self._take_in(parts)

    def _secret(self, provider: str, settings: StageSettings) -> secretsmanager.Secret:
        """Nobody knows what it begins with, so nothing is let in before the provider's own keys are put into it."""
        return secretsmanager.Secret(
            self,
            secret_id(provider),
            description=f"Keys that {provider} signs its webhooks with, one per line, stage {settings.stage}",
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
            removal_policy=removal_of(settings),
        )

    def _take_events(self) -> None:
        rule = events.Rule(
            self,
            "Signed",
            description="Contracts that were signed, into their queue",
            event_bus=self.bus,
            event_pattern=events.EventPattern(detail_type=[EVENT]),
        )
        self._work.take_from(rule)

    def _take_webhooks(self, parts: FunctionParts, http_api: apigw.HttpApi) -> None:
        """It may put into the queue and read its secrets, and nothing else: it faces everybody."""
        arns = {provider: secret.secret_arn for provider, secret in self.secrets.items()}
        function = OrderFunction(
            self,
            "Webhook",
            parts=parts,
            handler="lambdas.intake.webhook.handler",
            description="Webhooks of e-signature providers: verified, and put into the queue",
            memory_mb=512,
            timeout_seconds=_WEBHOOK_SECONDS,
            is_door=True,
            environment={
                "CONTRACT_QUEUE_URL": self.queue.queue_url,
                "CONTRACT_SECRETS": http_api.stack.to_json_string(arns),
            },
            permissions=[
                allow("sqs:SendMessage", on=[self.queue.queue_arn]),
                *([allow("secretsmanager:GetSecretValue", on=list(arns.values()))] if arns else []),
            ],
        ).function
        add_routes(
            self,
            http_api=http_api,
            function=called_of(function, parts.settings.door_shift),
            integration_id="Webhooks",
            seconds=_WEBHOOK_SECONDS,
            routes={"Route": ROUTE},
        )

    def _take_in(self, parts: OrderParts) -> None:
        worker = OrderFunction(
            self,
            "Worker",
            parts=parts.functions,
            handler="lambdas.intake.handler.handler",
            description="Signed contracts become submitted orders",
            memory_mb=512,
            timeout_seconds=WORKER_SECONDS,
            pays=True,
            environment={
                **parts.door_environment,
                "CONTRACT_QUEUE_URL": self.queue.queue_url,
                "DEAD_LETTERS_URL": self.dead_letters.queue_url,
                "CONTRACT_TRIES": str(TRIES),
                "PREAUTHORIZE_CONTRACTS": str(parts.settings.preauthorize_contracts).lower(),
            },
            permissions=self._of_the_worker(parts),
        ).function
        self._work.feed(self, "Contract", worker, batch=BATCH)

    def _of_the_worker(self, parts: OrderParts) -> list[iam.PolicyStatement]:
        return [
            *parts.door_permissions,
            *record_keys.of_intake(parts.storage.records, parts.settings.gateways),
            *record_keys.guards_of_doors(parts.storage.guards),
            allow("sqs:SendMessage", on=[self.dead_letters.queue_arn]),
            self._work.may_receive,
            allow("sqs:ChangeMessageVisibility", on=[self.queue.queue_arn]),
        ]


def secret_id(provider: str) -> str:
    """`docusign` -> `DocusignKeys`."""
    return f"{provider.capitalize()}Keys"
