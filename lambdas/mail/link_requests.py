"""Asking for a link on a form: the door puts the wish into a queue, whoever it comes from, and cannot see what comes of it.

So its answer, and the time it takes, are the same whether anybody has an order under the address or not. The message holds
no address, only what the order is found by (lambdas/records/links/unfinished_orders.py).
"""

import json
from typing import Any

from lambdas.records.links.unfinished_orders import digest_of
from lambdas.runtime.aws import sqs

LINK_REQUESTED = "resume_wanted"


class LinkRequests:
    """`url`: the queue that lambdas/notices takes its messages from."""

    def __init__(self, url: str, client: Any = None) -> None:
        self._url, self._client = url, client

    def put(self, form: str, email: str) -> None:
        body = json.dumps({LINK_REQUESTED: {"form": form, "digest": digest_of(form, email)}})
        (self._client or sqs()).send_message(QueueUrl=self._url, MessageBody=body)
