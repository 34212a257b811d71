"""The queue's Lambda: tells staff what the events of orders mean. Messages hold ids and numbers only.

A message may come twice and in any order. One whose notices did not all go out comes again, and goes to the dead letters after
its last try. What did go out is not sent again.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from lambdas.notices.staff.settings import the_staff_notices
from lambdas.notices.staff.tell import StaffNotices
from lambdas.runtime.telemetry import log_unexpected, metrics


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take a batch of SQS messages and return those to deliver again (`ReportBatchItemFailures`)."""
    again = take(event["Records"], the_staff_notices())
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in again]}


def take(messages: Sequence[Mapping[str, Any]], notices: StaffNotices) -> list[str]:
    """Process the messages and return the ids of those that must be delivered again."""
    return [str(message["messageId"]) for message in messages if not _is_done(message, notices)]


def _is_done(message: Mapping[str, Any], notices: StaffNotices) -> bool:
    try:
        stated = json.loads(message["body"])
        return not notices.tell(str(stated["detail-type"]), stated["detail"])
    except Exception as error:  # noqa: BLE001 - whatever it is, the message must come again, or be set aside
        log_unexpected("staff not told", error, message_id=str(message["messageId"]))
        return False
