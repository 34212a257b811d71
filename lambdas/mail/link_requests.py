"""Queues a request for a resume link. The form queues every request and never learns whether an order exists.

So its answer, and the time it takes, are the same whether or not there is an order under the address. The message holds no
address, only a digest that finds the order (lambdas/records/links/unfinished_orders.py).
"""

import json
from typing import Any

from lambdas.records.links.unfinished_orders import digest_of
from lambdas.runtime.aws import sqs

LINK_REQUESTED = "resume_wanted"


class LinkRequests:
    """`url`: the queue that lambdas/notices reads."""

    def __init__(self, url: str, client: Any = None) -> None:
        self._url, self._client = url, client

    def put(self, form: str, email: str) -> None:
        body = json.dumps({LINK_REQUESTED: {"form": form, "digest": digest_of(form, email)}})
        (self._client or sqs()).send_message(QueueUrl=self._url, MessageBody=body)
