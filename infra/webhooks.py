"""Webhooks: the secret that signs what Call Webhook sends, and where it may send it."""

import json

from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.functions.function import allow, removal_of
from infra.stages.settings import StageSettings


class WebhookSecret(Construct):
    """Made once by Secrets Manager, known to nobody before; receivers are given it to check signatures with."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: StageSettings) -> None:
        super().__init__(scope, construct_id)
        self.secret = secretsmanager.Secret(
            self,
            "Secret",
            description=f"Signs the webhooks of the order queues, stage {settings.stage}",
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
            removal_policy=removal_of(settings),
        )
        self.environment = {
            "WEBHOOK_BASES": json.dumps(dict(settings.webhook_bases), sort_keys=True),
            "WEBHOOK_HOSTS": ",".join(settings.webhook_hosts),
            "WEBHOOK_SECRET_ARN": self.secret.secret_arn,
        }
        self.permissions: list[iam.PolicyStatement] = [
            allow("secretsmanager:GetSecretValue", on=[self.secret.secret_arn])
        ]
