"""What reaches outside: the mail's sender, and where webhooks may go."""

import json

from infra.local.engine.iam.calls import Place, calls_of
from infra.local.engine.iam.policy import allowing
from infra.stages.settings import settings_of
from tests.infra.filled_in import filled_in_prod
from tests.infra.roles import ACCOUNT, REGION, statements
from tests.infra.template import Synthesized


def test_the_sender_is_told_to_who_mails(stage: Synthesized) -> None:
    domain = {"prod": "seaside.internal", "local": "example.com"}[stage.settings.stage]
    assert stage.settings.mail_domain == domain
    told = stage.functions["ActionsSendNotification"]["Environment"]["Variables"]
    assert told["MAIL_FROM"] == f"orders@{domain}"


def test_mail_goes_to_everybody_and_only_from_the_stage_s_own_domain(stage: Synthesized) -> None:
    """While the account is in SES's sandbox, IAM looks at the identities of recipients too."""
    of_notices = (
        "DocumentMailsSenderRole",
        "NoticesSenderRole",
        "NoticesReminderRole",
        "StaffNoticesTellerRole",
        "StaffNoticesDigestsRole",
    )
    senders = ("ApiHandlerRole", "DeskHandlerRole", "ActionsSendNotificationRole", *of_notices)
    place, domain = Place(REGION, ACCOUNT), stage.settings.mail_domain
    for role in senders:
        for sender, may in (
            (f"orders@{domain}", True),
            (f"sales@{domain}", True),
            (f"orders@{domain}.evil.internal", False),
            (f"orders@evil-{domain}", False),
            (f"orders@sub.{domain}", False),
        ):
            mail = {"FromEmailAddress": f"Orders <{sender}>", "Destination": {"ToAddresses": ["ada@home.internal"]}}
            calls = calls_of("ses", "", place, path="/v2/email/outbound-emails", body=json.dumps(mail).encode())
            allowed = [allowing(statements(stage, role), call) is not None for call in calls]
            assert allowed == [may] * 2, (role, sender)


def test_webhooks_are_signed_with_a_secret_that_nobody_chose(stage: Synthesized) -> None:
    secret = stage.properties("ActionsWebhookSecret")

    assert secret["GenerateSecretString"] == {"PasswordLength": 64, "ExcludePunctuation": True}
    assert "SecretString" not in secret


def test_webhooks_go_nowhere_unless_the_stage_says_so() -> None:
    stages = [filled_in_prod(), *map(settings_of, ("local", "test", "dev"))]

    assert {stage.stage: stage.webhook_hosts for stage in stages} == {
        "local": ("127.0.0.1",),
        "test": (),
        "dev": (),
        "prod": (),
    }


def test_a_call_ends_before_its_function_does(stage: Synthesized) -> None:
    longest_call_seconds = 20

    assert stage.functions["ActionsCallWebhook"]["Timeout"] > longest_call_seconds + 5
