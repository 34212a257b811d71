"""The door and the worker of gateways' webhooks over the stand-in: a queue in memory, keys in a secret, one clock."""

import base64
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lambdas.composition.parts import Parts
from lambdas.forms.shop import Shop as Forms
from lambdas.records.gateway_event import GatewayEvents
from lambdas.runtime.provider_keys import Keys
from lambdas.webhooks.applying import Applying
from lambdas.webhooks.handler import Door, respond
from lambdas.webhooks.messages import EventQueue
from lambdas.webhooks.worker import Worker, take
from tests.stand_ins.stripe.webhooks import Webhooks
from tests.stand_ins.stripe_gateway import SecretStore, Shop

SIGNING = "whsec_of_the_stand_in"
TRIES = 10


@dataclass
class Queue:
    """SQS as far as it is needed: what is not taken comes again, with the count of its receives."""

    waiting: list[dict[str, Any]] = field(default_factory=list)
    parked: list[dict[str, Any]] = field(default_factory=list)
    pauses: list[int] = field(default_factory=list)
    is_broken: bool = False

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:
        if self.is_broken:
            raise ConnectionError("out of reach")
        name = f"m-{len(self.waiting) + len(self.parked)}"
        self.waiting.append({"body": MessageBody, "messageId": name, "receiptHandle": name, "receives": 0})

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:
        self.pauses.append(VisibilityTimeout)


@dataclass
class Post:
    """`forms`: the order forms, whose service is everybody's. What the stand-in sends goes to the door."""

    shop: Shop
    forms: Forms
    gateway: str = "stripe"
    secrets: SecretStore = field(default_factory=lambda: SecretStore(SIGNING))
    queue: Queue = field(default_factory=Queue)

    def __post_init__(self) -> None:
        events, queue = GatewayEvents(self.shop.records), EventQueue("queue", self.queue)
        keys = Keys({"stripe": "arn:stripe", "sandbox": "arn:sandbox"}, self.secrets, now=self.shop.clock)
        self.door = Door(keys, events, queue, now=self.shop.clock)
        parts = Parts(self.forms.service, self.shop.records, self.forms.clients, self.shop.gateway, self.forms.plans)
        self.worker = Worker(Applying(parts), ("stripe",), events, queue, now=self.shop.clock)
        self.sender = Webhooks(self.shop.stand_in.books, self._send, (SIGNING,))

    def deliver(self, chance: random.Random | None = None, *, most_copies: int = 1) -> list[int]:
        """The statuses that the door answered to what happened since the last time."""
        return [each.status for each in self.sender.deliver(chance=chance, most_copies=most_copies)]

    def work(self, chance: random.Random | None = None, *, passes: int = TRIES) -> None:
        """Have the worker take what waits. What comes again comes in the next pass, a while later."""
        for _ in range(passes):
            batch, self.queue.waiting = self.queue.waiting, []
            if chance:
                chance.shuffle(batch)
            self.queue.waiting += [each for each in batch if not self._is_taken(each)]
            if self.queue.waiting:
                self.shop.clock.advance(seconds=60)

    def _is_taken(self, message: dict[str, Any]) -> bool:
        message["receives"] += 1
        return take({**message, "attributes": {"ApproximateReceiveCount": str(message["receives"])}}, self.worker)

    def post(self, body: bytes, headers: Mapping[str, str], *, gateway: str = "", encoded: bool = False) -> int:
        event = {
            "pathParameters": {"gateway": gateway or self.gateway},
            "headers": {name.lower(): value for name, value in headers.items()},
            "body": base64.b64encode(body).decode() if encoded else body.decode("utf-8", "replace"),
            "isBase64Encoded": encoded,
        }
        return int(respond(event, self.door)["statusCode"])

    def outcomes(self) -> list[str]:
        """What became of each event that was sent and stored."""
        events = self.worker.events
        found = [events.get("stripe", each["id"]) for each in self.shop.stand_in.books.events]
        return [each.outcome for each in found if each]

    def _send(self, body: str, headers: Mapping[str, str]) -> int:
        return self.post(body.encode(), headers)

    def signed(self, content: Any) -> tuple[bytes, dict[str, str]]:
        from tests.stand_ins.stripe.webhooks import signature_header

        body = content if isinstance(content, str) else json.dumps(content)
        return body.encode(), {"Stripe-Signature": signature_header(body, (SIGNING,), int(self.shop.clock()))}
