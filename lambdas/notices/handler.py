"""The queue's Lambda: sends mails for events of form orders and for link requests. Messages hold ids only.

A message may come twice and in any order. A failed message comes again, and goes to the dead letters after its last try.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from lambdas.mail.link_requests import LINK_REQUESTED, SIGN_IN_REQUESTED
from lambdas.mail.sending import MailRefusedError, OnDoubt
from lambdas.notices.account_mails import mail_account, mail_sign_in
from lambdas.notices.ending_mails import ending_of, mail_ending
from lambdas.notices.notices import Notices
from lambdas.notices.settings import the_notices
from lambdas.runtime.telemetry import log_unexpected, logger, metrics

CREATED, SUBMITTED = "OrderCreated", "OrderSubmitted"


class InDoubtError(Exception):
    """Another delivery of the same event is sending its mail, or died while sending it."""


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take a batch of SQS messages and return those to deliver again (`ReportBatchItemFailures`)."""
    return {"batchItemFailures": [{"itemIdentifier": again} for again in take(event["Records"], the_notices())]}


def take(messages: Sequence[Mapping[str, Any]], notices: Notices) -> list[str]:
    """Process the messages and return the ids of those that must be delivered again."""
    return [str(message["messageId"]) for message in messages if not _is_done(message, notices)]


def _is_done(message: Mapping[str, Any], notices: Notices) -> bool:
    message_id = str(message["messageId"])
    try:
        _act(message, notices)
        return True
    except MailRefusedError as refused:
        logger.error("SES refused a notice", code=refused.code, message_id=message_id)
    except InDoubtError:
        logger.info("a notice may be on its way; looked at again later", message_id=message_id)
    except Exception as error:  # noqa: BLE001 - whatever it is, the message must come again, or be set aside
        log_unexpected("notice not sent", error, message_id=message_id)
    return False


def _act(message: Mapping[str, Any], notices: Notices) -> None:
    stated = json.loads(message["body"])
    if request := stated.get(LINK_REQUESTED):
        notices.send_requested_link(request["form"], request["digest"], str(message["messageId"]))
        return
    if request := stated.get(SIGN_IN_REQUESTED):
        message_id = str(message["messageId"])
        mail_sign_in(notices, request["form"], request["address"], request["session"], message_id)
        return
    order_id, event = str(stated["detail"]["order_id"]), str(stated["detail-type"])
    ending = ending_of(event)
    if ending != "completed":  # a complete order left the index when it was submitted
        notices.index_lead(order_id)
    if event == CREATED:
        mail_account(notices, order_id)
    if event != SUBMITTED and ending is None:
        return
    # While the message is hidden, another delivery may still be sending. When it comes again, that process is dead. Sending
    # twice is better than never, because clients wait for this mail.
    on_doubt: OnDoubt = "skip" if int(message["attributes"]["ApproximateReceiveCount"]) == 1 else "send"
    if ending:
        outcome = mail_ending(notices, order_id, ending, on_doubt=on_doubt)
    else:
        outcome = notices.confirm(order_id, on_doubt=on_doubt)
    if outcome == "in_doubt":
        raise InDoubtError
