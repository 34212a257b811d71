"""What the stream's readers set aside: the place of a record in the stream, in the same words as Lambda's own dead letters.

The letter names the order, and never what is in it. https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailinfo.html
"""

import json
from datetime import UTC, datetime
from typing import Any

from lambdas.orders.model.shares import cut
from lambdas.outbox.changes import Record
from lambdas.runtime.aws import sqs
from lambdas.runtime.observe import MetricUnit, metrics

_REMEMBERED = 1_000
_LONGEST_REASON_BYTES = 1_000


class DeadLetters:
    """The queue of dead letters. `function`: the name of the reader that is to be told again."""

    def __init__(self, queue_url: str, function: str, client: Any = None) -> None:
        self._url, self._function = queue_url, function
        self._client = client or sqs()
        self._put: dict[str, None] = {}  # a batch that comes again brings what was set aside before

    def put(self, record: Record, why: str) -> None:
        """Raises botocore's errors; the record then has to come again."""
        change = record["dynamodb"]
        sequence = str(change["SequenceNumber"])
        if sequence in self._put:
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
        self._put[sequence] = None
        if len(self._put) > _REMEMBERED:
            del self._put[next(iter(self._put))]


def _moment(seconds: Any) -> str:
    return datetime.fromtimestamp(float(seconds), UTC).isoformat() if seconds is not None else ""
