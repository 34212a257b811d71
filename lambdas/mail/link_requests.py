"""Queues requests for resume links and sign-in links. The form queues every request and never learns what exists.

So its answer, and the time it takes, are the same whether or not there is an order or a client under the address. The message
holds no address, only a digest that finds the order (lambdas/records/links/unfinished_orders.py) or the client.
"""

import json
from typing import Any

from lambdas.records.links.unfinished_orders import digest_of
from lambdas.runtime.aws import sqs

LINK_REQUESTED = "resume_wanted"
SIGN_IN_REQUESTED = "sign_in_requested"


class LinkRequests:
    """`url`: the queue that lambdas/notices reads."""

    def __init__(self, url: str, client: Any = None) -> None:
        self._url, self._client = url, client

    def put(self, form: str, email: str) -> None:
        self._send({LINK_REQUESTED: {"form": form, "digest": digest_of(form, email)}})

    def put_sign_in(self, form: str, address: str, session: str) -> None:
        """`address`: key of the e-mail address, which finds its client. `session`: digest of the session that may sign in."""
        self._send({SIGN_IN_REQUESTED: {"form": form, "address": address, "session": session}})

    def _send(self, request: dict[str, dict[str, str]]) -> None:
        (self._client or sqs()).send_message(QueueUrl=self._url, MessageBody=json.dumps(request))
