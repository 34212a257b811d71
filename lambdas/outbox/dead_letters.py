"""Dead letters of the stream's readers: the place of a record in the stream, in the format of Lambda's own dead letters.

A letter names the order and holds nothing of its content. https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailinfo.html
"""

import json
from datetime import UTC, datetime
from typing import Any

from lambdas.orders.model.shares import cut
from lambdas.outbox.changes import Record
from lambdas.runtime.aws import sqs
from lambdas.runtime.telemetry import MetricUnit, metrics

_REMEMBERED = 1_000
_LONGEST_REASON_BYTES = 1_000


class DeadLetters:
    """The SQS queue of dead letters. `function`: the name of the reader that gave the record up."""

    def __init__(self, queue_url: str, function: str, client: Any = None) -> None:
        self._url, self._function = queue_url, function
        self._client = client or sqs()
        self._sent: dict[str, None] = {}  # a batch that comes again brings the same records again

    def send(self, record: Record, why: str) -> None:
        """Send a dead letter, once per record. Raises botocore's errors; the record must come again then."""
        change = record["dynamodb"]
        sequence = str(change["SequenceNumber"])
        if sequence in self._sent:
            return
        place = {
            "streamArn": record.get("eventSourceARN", ""),
            "startSequenceNumber": sequence,
            "endSequenceNumber": sequence,
            "batchSize": 1,
            "approximateArrivalOfFirstRecord": _moment(change.get("ApproximateCreationDateTime")),
        }
        letter = {
            "requestContext": {"functionArn": self._function, "condition": "SetAside"},
            "orderId": change["Keys"]["pk"]["S"],
            "why": cut(why, _LONGEST_REASON_BYTES),
            "DDBStreamBatchInfo": place,
        }
        self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(letter))
        metrics.add_metric("RecordsSetAside", MetricUnit.Count, 1)
        self._sent[sequence] = None
        if len(self._sent) > _REMEMBERED:
            del self._sent[next(iter(self._sent))]


def _moment(seconds: Any) -> str:
    return datetime.fromtimestamp(float(seconds), UTC).isoformat() if seconds is not None else ""
