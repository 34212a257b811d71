"""Delivers one notice to one recipient: over SES, a webhook or SNS. Each is guarded, so a repeated event delivers once.

No receiver recognises a repeated notice, so a guard is written before each delivery.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.actions._frame.module import ActionError, PermanentError
from lambdas.actions._frame.webhook import NAMED_BASE, WebhookSettings, address, post, refuse_other_hosts
from lambdas.mail.sender import Sender
from lambdas.mail.sending import Mail, MailInDoubtError, MailRefusedError, send_once
from lambdas.notices.staff import texts
from lambdas.notices.staff.happened import Happened
from lambdas.notices.staff.recipients import Recipient
from lambdas.orders.model.queue import Queue
from lambdas.records.posts.notification import MailState, NotificationRecords
from lambdas.runtime.aws import sns
from lambdas.runtime.secrets import secret_text
from lambdas.runtime.telemetry import logger

WEBHOOK_SECONDS = 5
DEAD_AFTER_SECONDS = 300  # longer than the functions run that deliver; a message comes again later than that


class NotDeliveredError(Exception):
    """A notice did not go out, or nobody knows. The text has no address in it. `refused`: it surely did not."""

    def __init__(self, why: str, *, refused: bool = False) -> None:
        super().__init__(why)
        self.refused = refused


class InDoubtError(NotDeliveredError):
    """Another delivery of the same event is sending this notice, or died while it did."""

    def __init__(self) -> None:
        super().__init__("another delivery may be sending it")


def guard_of(event_id: str, recipient: Recipient) -> str:
    """The name of the notice among those of its order."""
    digest = hashlib.sha256(f"{recipient.channel} {recipient.to.casefold()}".encode()).hexdigest()[:16]
    return f"staff#{event_id}#{digest}"


@dataclass(frozen=True)
class Channels:
    """`topics`: ARN by name. `desk_url`: of the desk, without a slash at its end. `now`: gives Unix seconds."""

    notifications: NotificationRecords
    sender: Sender
    topics: dict[str, str]
    desk_url: str
    now: Callable[[], int]

    def deliver(self, happened: Happened, recipient: Recipient, queue: Queue) -> None:
        """Deliver the notice unless it was before. Raises NotDeliveredError."""
        if not self._has(recipient):
            logger.info("the stage does not name this recipient", channel=recipient.channel, to=recipient.to)
            return None
        guard = guard_of(happened.event_id, recipient)
        if recipient.channel == "mail":
            mail = Mail(
                kind="staff",
                sender=self.sender.of(queue),
                to=(recipient.to,),
                subject=texts.subject(happened),
                body=texts.body(happened, self.order_url(happened.order_id)),
            )
            return self.mail_once(self.notifications, happened.order_id, guard, mail)
        act = self._call if recipient.channel == "webhook" else self._publish
        return self.once(happened.order_id, guard, lambda: act(happened, recipient, guard))

    def _has(self, recipient: Recipient) -> bool:
        """Whether the stage says where a name of the queue is. A stage that keeps data must (infra/stages/readiness.py)."""
        if recipient.channel == "topic":
            return recipient.to in self.topics
        named = NAMED_BASE.match(recipient.to) if recipient.channel == "webhook" else None
        return named is None or named[1] in WebhookSettings.from_environment().bases

    def mail_once(self, notifications: NotificationRecords, owner: str, guard: str, mail: Mail) -> None:
        """Raises NotDeliveredError."""
        try:
            sent = send_once(
                notifications, owner, guard, mail, self.now(), on_doubt="skip", dead_after_seconds=DEAD_AFTER_SECONDS
            )
        except MailRefusedError as refused:
            raise NotDeliveredError(f"SES refused it: {refused.code}", refused=not refused.throttled) from None
        except MailInDoubtError:
            raise NotDeliveredError("SES failed or did not answer") from None
        if not sent:
            raise InDoubtError

    def once(self, order_id: str, guard: str, act: Callable[[], None]) -> None:
        """Do it unless it was done. Raises NotDeliveredError."""
        before = self.notifications.begin(order_id, guard, self.now(), dead_after_seconds=DEAD_AFTER_SECONDS)
        if before is MailState.SENT:
            return
        if before is not None:
            raise InDoubtError
        try:
            act()
        except NotDeliveredError as failed:
            if failed.refused:
                self.notifications.end(order_id, guard, MailState.REFUSED)
            raise
        self.notifications.end(order_id, guard, MailState.SENT)

    def order_url(self, order_id: str) -> str:
        return f"{self.desk_url}/orders/{order_id}"

    def _call(self, happened: Happened, recipient: Recipient, guard: str) -> None:
        """Over the caller of Call Webhook: an allowed host only, HTTPS, no redirects, signed."""
        settings = WebhookSettings.from_environment()
        message = texts.slack_message(happened, self.order_url(happened.order_id))
        try:
            url = address(recipient.to, settings)
            refuse_other_hosts(url, settings)
            secret = secret_text(settings.webhook_secret_arn)
            status, _ = post(url, message, key=guard, secret=secret, now=self.now(), timeout_seconds=WEBHOOK_SECONDS)
        except PermanentError as refused:
            raise NotDeliveredError(str(refused), refused=True) from None
        except ActionError as failed:
            raise NotDeliveredError(str(failed)) from None
        if not 200 <= status < 300:
            raise NotDeliveredError(f"the webhook answered with status {status}", refused=status < 500)

    def _publish(self, happened: Happened, recipient: Recipient, guard: str) -> None:
        attributes = {"event": happened.event, "queue": str(happened.order_queue_id), "team": happened.team}
        try:
            sns().publish(
                TopicArn=self.topics[recipient.to],
                Subject=texts.sns_subject(happened),
                Message=texts.body(happened, self.order_url(happened.order_id)),
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
                },
            )
        except ClientError as error:
            refused = error.response["ResponseMetadata"]["HTTPStatusCode"] < 500
            raise NotDeliveredError(f"SNS refused it: {error.response['Error']['Code']}", refused=refused) from None
        except BotoCoreError:
            raise NotDeliveredError("SNS did not answer") from None


def topics_in(text: str) -> dict[str, str]:
    """`text`: a JSON map."""
    return {str(name): str(arn) for name, arn in json.loads(text).items()}
