"""Mail: who the stage sends as, and who may. Its domain is made known to SES by infra/operate/mail_domain.py, for all stages."""

import json

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.stages.settings import StageSettings


class Mail(Construct):
    """Whole domains are identities, so that a queue may have a sender of its own in it."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: StageSettings) -> None:
        super().__init__(scope, construct_id)
        every_identity = Stack.of(self).format_arn(service="ses", resource="identity", resource_name="*")
        brands = {str(brand): address for brand, address in settings.brand_mail_from.items()}
        self.environment = {
            "MAIL_FROM": settings.mail_from,
            **({"BRAND_MAIL_FROM": json.dumps(brands)} if brands else {}),
        }
        # While an account is in SES's sandbox, the recipients are identities that a mail is judged by, too: so the sender
        # is what is held fast. https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
        self.permissions: list[iam.PolicyStatement] = [
            iam.PolicyStatement(
                actions=["ses:SendEmail"],
                resources=[every_identity],
                conditions={"StringLike": {"ses:FromAddress": [f"*@{domain}" for domain in settings.mail_domains]}},
            )
        ]
