"""`POST /contracts/<provider>`: verifies a webhook, puts it into the queue and answers. Longer work happens behind the queue.

The signature is checked over the raw body before any of it is read. A verified delivery that cannot be read goes to the
queue too, and from there to the dead letters with its reason.
"""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Any

from lambdas.contracts.errors import ContractCardDataError
from lambdas.contracts.parse import refuse_card_numbers
from lambdas.intake.docusign import NotReadableError
from lambdas.intake.messages import ContractQueue, MessageTooLargeError
from lambdas.intake.providers import PROVIDERS, Provider
from lambdas.orders.errors import OrderError
from lambdas.runtime.front import behind_front
from lambdas.runtime.problems import Response, json_response, problem_response
from lambdas.runtime.provider_keys import Keys
from lambdas.runtime.settings import Settings
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics

MAX_BODY_BYTES = 4_000_000


class WebhookSettings(Settings):
    """`contract_secrets`: JSON map of provider -> ARN of its secret."""

    contract_secrets: str
    contract_queue_url: str


@dataclass(frozen=True)
class Webhooks:
    keys: Keys
    queue: ContractQueue
    now: Callable[[], float] = field(default=time.time)


@cache
def _webhooks() -> Webhooks:
    settings = WebhookSettings.from_environment()
    return Webhooks(Keys(json.loads(settings.contract_secrets)), ContractQueue(settings.contract_queue_url))


@metrics.log_metrics
@behind_front
def handler(event: dict[str, Any], context: Any) -> Response:
    """The Lambda handler: an HTTP API event (payload 2.0) in, a response out."""
    try:
        return respond(event, _webhooks())
    except Exception as error:  # noqa: BLE001 - the provider must send it again; the log says what went wrong
        log_unexpected("webhook not taken", error)
        return problem_response(
            HTTPStatus.SERVICE_UNAVAILABLE, "not_taken", "the delivery could not be kept; send it again in a minute"
        )


def respond(event: dict[str, Any], webhooks: Webhooks) -> Response:
    name = str((event.get("pathParameters") or {}).get("provider", ""))
    provider = PROVIDERS.get(name)
    if provider is None or not webhooks.keys.knows(name):
        return problem_response(HTTPStatus.NOT_FOUND, "unknown_provider", "no such provider is set up on this stage")
    body = _raw_body(event)
    if len(body) > MAX_BODY_BYTES:
        return _too_large()
    if not provider.is_from(event["headers"], body, webhooks.keys.of(name), int(webhooks.now())):
        metrics.add_metric("ContractSignaturesRefused", MetricUnit.Count, 1)
        logger.warning("webhook not signed by its provider", provider=name)
        return problem_response(
            HTTPStatus.UNAUTHORIZED, "bad_signature", "the signature is wrong or too old; see docs/contracts.md"
        )
    return _keep(name, provider, body, webhooks.queue)


def _keep(name: str, provider: Provider, body: bytes, queue: ContractQueue) -> Response:
    try:
        message = _message(name, provider, body)
        if message is None:
            logger.info("webhook is of another event", provider=name)
            return json_response(HTTPStatus.OK, {"received": False, "ignored": "not an event of a signed contract"})
        queue.put(message)
    except ContractCardDataError as error:
        return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, error.kind, error.message)
    except MessageTooLargeError:
        return _too_large()
    metrics.add_metric("ContractWebhooks", MetricUnit.Count, 1)
    logger.info("webhook kept", provider=name)
    return json_response(HTTPStatus.OK, {"received": True})


def _message(name: str, provider: Provider, body: bytes) -> dict[str, Any] | None:
    """The message for the queue; None for an event of another kind. Raises ContractCardDataError."""
    try:
        payload = json.loads(body)
        if not isinstance(payload, Mapping):
            raise NotReadableError("the body must be one JSON object")
        if provider.event_of(payload) != provider.event:
            return None
        contract = provider.contract_of(payload)
        refuse_card_numbers(contract)
        return {"provider": name, "contract": contract}
    except (NotReadableError, ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, NotReadableError) else "the body is not JSON"
    except ContractCardDataError:
        raise
    except OrderError as error:
        reason = error.message
    text = body.decode(errors="replace")
    refuse_card_numbers({"body": text})
    return {"provider": name, "unreadable": reason, "body": text}


def _raw_body(event: Mapping[str, Any]) -> bytes:
    raw = event.get("body") or ""
    return base64.b64decode(raw) if event.get("isBase64Encoded") else str(raw).encode()


def _too_large() -> Response:
    text = "the delivery is too large; leave the documents out and send a reference to them"
    return problem_response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", text)
