"""The queue of stored events that wait to be applied."""

import json
from typing import Any

from lambdas.runtime.aws import sqs

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 5, 900


class EventQueue:
    def __init__(self, url: str, client: Any = None) -> None:
        self._url, self._client = url, client or sqs()

    def put(self, gateway: str, event_id: str) -> None:
        """Durable when this returns."""
        self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps([gateway, event_id]))

    def hand_out_again(self, receipt: str, *, tries: int) -> None:
        """Deliver the message again sooner than the queue would: after 5, 20, 80, 320, then 900 seconds, by its tries."""
        seconds = min(_FIRST_PAUSE_SECONDS * 4 ** (tries - 1), _LONGEST_PAUSE_SECONDS)
        self._client.change_message_visibility(QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=seconds)
