"""`POST /webhooks/<gateway>`: verifies an event of a payment provider, stores it once and answers. It can move no money.

The signature is checked over the raw body before any of it is read. What an event says is not believed: it names a payment to
look up, which another function does (worker.py).
"""

import base64
import binascii
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Any

from lambdas.records.gateway_event import GatewayEvent, GatewayEvents
from lambdas.records.table import RecordTable
from lambdas.runtime.problems import Response, json_response, problem_response
from lambdas.runtime.provider_keys import Keys
from lambdas.runtime.settings import Settings
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics
from lambdas.webhooks.messages import EventQueue
from lambdas.webhooks.providers import PROVIDERS, Hint, NotReadableError, Provider

MAX_BODY_BYTES = 256_000


class WebhookSettings(Settings):
    """`gateway_webhook_secrets`: JSON map of gateway -> ARN of the secret with its signing keys, one a line."""

    record_table: str
    gateway_webhook_secrets: str
    event_queue_url: str


@dataclass(frozen=True)
class Door:
    """`now`: Unix seconds."""

    keys: Keys
    events: GatewayEvents
    queue: EventQueue
    now: Callable[[], float] = field(default=time.time)


@cache
def _door() -> Door:
    settings = WebhookSettings.from_environment()
    events = GatewayEvents(RecordTable(settings.record_table))
    return Door(Keys(json.loads(settings.gateway_webhook_secrets)), events, EventQueue(settings.event_queue_url))


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Response:
    """The Lambda handler: an HTTP API event (payload 2.0) in, a response out."""
    try:
        return respond(event, _door())
    except Exception as error:  # noqa: BLE001 - the provider must send it again; the log says what went wrong
        log_unexpected("event not taken", error)
        return problem_response(
            HTTPStatus.SERVICE_UNAVAILABLE, "not_taken", "the event could not be kept; send it again"
        )


def respond(event: Mapping[str, Any], door: Door) -> Response:
    name = str((event.get("pathParameters") or {}).get("gateway", ""))
    provider = PROVIDERS.get(name)
    if provider is None or not door.keys.knows(name):
        return problem_response(
            HTTPStatus.NOT_FOUND, "unknown_gateway", "no such payment provider is set up on this stage"
        )
    body = _raw_body(event)
    if body is None or len(body) > MAX_BODY_BYTES:
        return problem_response(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "the event is larger than any of a provider"
        )
    if not provider.is_signed(event.get("headers") or {}, body, door.keys.of(name), int(door.now())):
        metrics.add_metric("GatewayEventsRefused", MetricUnit.Count, 1)
        logger.warning("event not signed by its provider", gateway=name)
        return problem_response(
            HTTPStatus.UNAUTHORIZED, "bad_signature", "the signature is wrong or too old; see docs/payments.md"
        )
    return _keep(name, provider, body, door)


def _keep(name: str, provider: Provider, body: bytes, door: Door) -> Response:
    try:
        hint = _hint_of(provider, body)
    except NotReadableError as error:
        logger.error("event cannot be read", gateway=name, because=str(error))
        return problem_response(HTTPStatus.BAD_REQUEST, "not_readable", str(error))
    if not hint.transaction_id:
        return json_response(HTTPStatus.OK, {"received": False, "ignored": "not an event of a payment"})
    fresh = GatewayEvent(
        gateway=name,
        event_id=hint.event_id,
        kind=hint.kind,
        transaction_id=hint.transaction_id,
        received_at=int(door.now()),
    )
    if door.events.keep(fresh).applied_at is None:  # It may have been stored by a run that died before this.
        door.queue.put(name, hint.event_id)
    metrics.add_metric("GatewayEvents", MetricUnit.Count, 1)
    logger.info("event kept", gateway=name, kind=hint.kind)
    return json_response(HTTPStatus.OK, {"received": True})


def _hint_of(provider: Provider, body: bytes) -> Hint:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise NotReadableError("the body is not JSON") from None
    if not isinstance(payload, Mapping):
        raise NotReadableError("the body must be one JSON object")
    return provider.hint_of(payload)


def _raw_body(event: Mapping[str, Any]) -> bytes | None:
    raw = event.get("body") or ""
    try:
        return base64.b64decode(raw) if event.get("isBase64Encoded") else str(raw).encode()
    except (binascii.Error, ValueError):
        return None
