"""The queue of contracts, and the dead letters for contracts that cannot become an order, with their reason."""

import json
from collections.abc import Mapping
from typing import Any

from lambdas.runtime.aws import sqs

MAX_MESSAGE_BYTES = 240_000  # a message has 256 KB at most, attributes included
_LONGEST_REASON = 2_000
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 5, 900


class MessageTooLargeError(ValueError):
    """The contract does not fit into a message."""


class ContractQueue:
    """`url`: the queue of contracts that wait to be processed."""

    def __init__(self, url: str, client: Any = None) -> None:
        self._url, self._client = url, client or sqs()

    def put(self, message: Mapping[str, Any]) -> None:
        """Durable when this returns. Raises MessageTooLargeError."""
        body = json.dumps(message, separators=(",", ":"))
        if len(body.encode()) > MAX_MESSAGE_BYTES:
            raise MessageTooLargeError
        self._client.send_message(QueueUrl=self._url, MessageBody=body)

    def hand_out_again(self, receipt: str, *, tries: int) -> None:
        """Deliver the message again sooner than the queue would: after 5, 20, 80, 320 seconds, by its tries."""
        seconds = min(_FIRST_PAUSE_SECONDS * 4 ** (tries - 1), _LONGEST_PAUSE_SECONDS)
        self._client.change_message_visibility(QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=seconds)


class DeadLetters:
    """`url`: the queue that staff look into. The attributes `kind` and `reason` of a message give the reason."""

    def __init__(self, url: str, client: Any = None) -> None:
        self._url, self._client = url, client or sqs()

    def park(self, body: str, *, kind: str, reason: str, message_id: str) -> None:
        stated = {"kind": kind, "reason": reason[:_LONGEST_REASON] or kind, "message_id": message_id}
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in stated.items()}
        self._client.send_message(QueueUrl=self._url, MessageBody=body, MessageAttributes=attributes)
