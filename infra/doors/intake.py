"""Door 3: signed contracts. A bus for events and a route for webhooks, both into one queue; one function takes them in.

What cannot become an order is set aside in the dead letters with its reason, and an alarm says so.
"""

from collections.abc import Mapping

from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.doors.permissions import door_environment, door_permissions
from infra.doors.routes import add_routes
from infra.functions import record_keys
from infra.functions.function import FunctionParts, OrderFunction, allow, removal_of
from infra.message_queues import LONGEST_DAYS, message_queue
from infra.stages.settings import StageSettings
from infra.storage import Storage

ROUTE = "POST /contracts/{provider}"
EVENT = "ContractSigned"
TRIES = 5
BATCH = 5
WORKER_SECONDS = 40  # less than the claim of a submit lasts (lambdas/orders/submission.py)
VISIBILITY_SECONDS = 6 * WORKER_SECONDS  # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
_WEBHOOK_SECONDS = 10
_FROM_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility")


class Intake(Construct):
    """The bus is another than the one orders speak on: who may hand in contracts must not be able to speak for orders."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        parts: FunctionParts,
        storage: Storage,
        http_api: apigw.HttpApi,
        machine_hashes: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        settings = parts.settings
        self.dead_letters = message_queue(
            self, "DeadLetters", settings, days=LONGEST_DAYS, visibility_seconds=VISIBILITY_SECONDS
        )
        self.queue = message_queue(
            self,
            "Contracts",
            settings,
            days=LONGEST_DAYS,
            visibility_seconds=VISIBILITY_SECONDS,
            dead_letters=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=TRIES),
        )
        self.secrets = {provider: self._secret(provider, settings) for provider in settings.contract_providers}
        self.bus = events.EventBus(self, "Bus", event_bus_name=f"{settings.stage}-contracts")
        self._take_events()
        self._take_webhooks(parts, http_api)
        self._take_in(parts, storage, machine_hashes)

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
        rule.add_target(targets.SqsQueue(self.queue, dead_letter_queue=self.dead_letters))

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
            function=function,
            integration_id="Webhooks",
            seconds=_WEBHOOK_SECONDS,
            routes={"Route": ROUTE},
        )

    def _take_in(self, parts: FunctionParts, storage: Storage, machine_hashes: Mapping[str, str]) -> None:
        worker = OrderFunction(
            self,
            "Worker",
            parts=parts,
            handler="lambdas.intake.handler.handler",
            description="Signed contracts become submitted orders",
            memory_mb=512,
            timeout_seconds=WORKER_SECONDS,
            environment={
                **door_environment(storage, parts.settings, machine_hashes),
                "CONTRACT_QUEUE_URL": self.queue.queue_url,
                "DEAD_LETTERS_URL": self.dead_letters.queue_url,
                "CONTRACT_TRIES": str(TRIES),
                "PREAUTHORIZE_CONTRACTS": str(parts.settings.preauthorize_contracts).lower(),
            },
            permissions=self._of_the_worker(storage, parts.settings.gateway),
        ).function
        lambda_.EventSourceMapping(
            self,
            "Contract",
            target=worker,
            event_source_arn=self.queue.queue_arn,
            batch_size=BATCH,
            report_batch_item_failures=True,
        )

    def _of_the_worker(self, storage: Storage, gateway: str) -> list[iam.PolicyStatement]:
        return [
            *door_permissions(storage),
            *record_keys.of_intake(storage.records, gateway),
            *record_keys.guards_of_doors(storage.guards),
            allow("sqs:SendMessage", on=[self.dead_letters.queue_arn]),
            allow(*_FROM_QUEUE, on=[self.queue.queue_arn]),
        ]


def secret_id(provider: str) -> str:
    """`docusign` -> `DocusignKeys`."""
    return f"{provider.capitalize()}Keys"
