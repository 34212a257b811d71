"""Sends what happened to a webhook endpoint: signed, each event any number of times, in any order."""

import hashlib
import hmac
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.stand_ins.stripe.books import Books
from tests.stand_ins.stripe.forms import Json

Send = Callable[[str, Mapping[str, str]], int]  # body and headers in, status out


class Delivery(NamedTuple):
    event_id: str
    status: int


@dataclass
class Webhooks:
    """`secrets`: of the endpoint, new before old; while they roll, an event carries a signature of each."""

    books: Books
    send: Send
    secrets: tuple[str, ...]
    sent: list[Delivery] = field(default_factory=list)
    _next: int = 0

    def deliver(
        self, *, chance: random.Random | None = None, most_copies: int = 1, least_copies: int = 1
    ) -> list[Delivery]:
        """Send each event since the last time. With a `chance`, each between `least_copies` and `most_copies` times, shuffled.

        What the endpoint does not acknowledge (2xx) is sent again by the next call.
        """
        with self.books.lock:
            fresh, self._next = self.books.events[self._next :], len(self.books.events)
        refused = {each.event_id for each in self.sent if not 200 <= each.status < 300}
        taken = {each.event_id for each in self.sent if 200 <= each.status < 300}
        again = [each for each in self.books.events if each["id"] in refused - taken and each not in fresh]
        copies = [each for each in (*again, *fresh) for _ in range(_copies(chance, least_copies, most_copies))]
        if chance:
            chance.shuffle(copies)
        made = [self._deliver_one(event) for event in copies]
        self.sent += made
        return made

    def _deliver_one(self, event: Json) -> Delivery:
        body = json.dumps(event)
        header = signature_header(body, self.secrets, self.books.at())
        return Delivery(event["id"], self.send(body, {"Stripe-Signature": header, "Content-Type": "application/json"}))


def signature_header(body: str, secrets: tuple[str, ...], at: int) -> str:
    signed = f"{at}.{body}".encode()
    signatures = (hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets)
    return ",".join([f"t={at}", *(f"v1={each}" for each in signatures)])


def _copies(chance: random.Random | None, least: int, most: int) -> int:
    return chance.randint(least, most) if chance else 1
