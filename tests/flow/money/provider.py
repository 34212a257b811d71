"""The payment provider's part on the engine: it signs events with the key of the deployed stage, and sends them."""

import json
import secrets
import time
from dataclasses import dataclass, field

import httpx

from infra.operate.deployed_stage import output_of
from lambdas.records.broken_promises import BrokenPromises
from lambdas.records.gateway_event import GatewayEvent, GatewayEvents
from tests.flow.conftest import Shop, until
from tests.stand_ins.stripe.webhooks import signature_header

PATH = "/webhooks/sandbox"


@dataclass
class Provider:
    """`key`: of the secret that the stack made."""

    shop: Shop
    key: str = field(init=False)

    def __post_init__(self) -> None:
        options = self.shop.engine.client_options()
        secret = output_of("local", "GatewayWebhookSecret", options)
        stored = self.shop.client("secretsmanager").get_secret_value(SecretId=secret)
        self.key = str(stored["SecretString"])

    def tell(self, about: str, kind: str, *, event_id: str = "", key: str = "") -> httpx.Response:
        """Send an event about a payment. `key`: another one to sign it with. Nobody logs in."""
        event = {
            "id": event_id or new_event_id(),
            "type": kind,
            "data": {"object": {"id": about, "object": "payment_intent"}},
        }
        body = json.dumps(event)
        signature = signature_header(body, (key or self.key,), int(time.time()))
        headers = {"Sandbox-Signature": signature, "Content-Type": "application/json"}
        return httpx.post(f"{self.shop.stack.api_url}{PATH}", content=body, headers=headers, timeout=60)

    def stored(self, event_id: str) -> GatewayEvent | None:
        return GatewayEvents(self.shop.records).get("sandbox", event_id)

    def outcome(self, event_id: str) -> str:
        """What became of the event, once the worker took it from the queue."""

        def ask() -> str | None:
            event = self.stored(event_id)
            return event.outcome if event and event.applied_at is not None else None

        return until(f"event {event_id} applied", ask)

    def forget(self, place: str) -> None:
        """Take it off the worklist, as the nightly check does once both sides agree."""
        promises = BrokenPromises(self.shop.records)
        for each in promises.read_all():
            if each.place == place:
                promises.forget(each)


def new_event_id() -> str:
    return f"evt_{secrets.token_hex(8)}"
