"""Lets in what came through the stage's front (CloudFront), and takes the viewer's address from it, and only from it.

Behind a front the address of the connection is CloudFront's. Throttles, velocity and guesses count by the viewer's address, which
the front writes into a header. Anybody can write that header, so the front proves itself by a secret that it adds to each
request. What comes without the proof went around the firewall and is refused. While the secret changes, two are valid.

A stage without a front has no secret: its handlers are as they were, and headers with addresses mean nothing.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
"""

import json
import os
import time
from collections.abc import Callable, Mapping
from functools import wraps
from hmac import compare_digest
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any

from lambdas.runtime.aws import secrets_manager
from lambdas.runtime.problems import problem_response
from lambdas.runtime.telemetry import MetricUnit, logger, metrics

SECRET = "FRONT_SECRET"  # the variable with the secret's ARN; without it the stage has no front
PROOF = "x-order-queues-front"
VIEWER = "cloudfront-viewer-address"
KEPT_SECONDS = 300
_REFETCH_SECONDS = 10  # a proof that is not known has the secret read again, but not for each forgery
_SHORTEST = 32

Event = dict[str, Any]
Handler = Callable[[Event, Any], dict[str, Any]]


class FrontSecrets:
    """The values that prove the front: `sent`, which it adds now, and `accepted`, which it added before or will add next."""

    def __init__(self, arn: str, client: Any = None, now: Callable[[], float] = time.monotonic) -> None:
        self._arn, self._client, self._now = arn, client, now
        self._read_at = float("-inf")
        self._known: tuple[bytes, ...] = ()

    def are_proven_by(self, proof: str) -> bool:
        """Whether the front sent it. Raises botocore's errors if no secret was ever read."""
        if self._now() - self._read_at > KEPT_SECONDS:
            self._read()
        if self._match(proof):
            return True
        if self._now() - self._read_at <= _REFETCH_SECONDS:
            return False
        self._read()
        return self._match(proof)

    def _match(self, proof: str) -> bool:
        given = proof.encode()
        matches = [compare_digest(given, each) for each in self._known]  # all of them, so that time tells nothing
        return any(matches)

    def _read(self) -> None:
        try:
            client = self._client or secrets_manager()
            text = client.get_secret_value(SecretId=self._arn)["SecretString"]
            values = json.loads(text)
            found = (str(values.get(name) or "") for name in ("sent", "accepted"))
            self._known = tuple(each.encode() for each in found if len(each) >= _SHORTEST)
        except Exception as error:
            if not self._known:
                raise
            logger.warning(
                "the front's secret cannot be read again, so the known one counts", error=type(error).__name__
            )
        self._read_at = self._now()


def behind_front(handler: Handler) -> Handler:
    """The handler of a door. With a front it sees proven requests only, with the viewer's address as theirs."""
    arn = os.environ.get(SECRET, "")
    return guarded(handler, FrontSecrets(arn)) if arn else handler


def guarded(handler: Handler, secrets: FrontSecrets) -> Handler:
    @wraps(handler)
    def guard(event: Event, context: Any) -> dict[str, Any]:
        headers: Mapping[str, str] = event.get("headers") or {}
        proof = headers.get(PROOF, "")
        try:
            is_proven = bool(proof) and secrets.are_proven_by(proof)
        except Exception as error:  # noqa: BLE001 - without the secret nobody can be told from a forger
            logger.error("the front's secret cannot be read", error=type(error).__name__)
            return problem_response(HTTPStatus.SERVICE_UNAVAILABLE, "not_ready", "try again in a minute")
        if not is_proven:
            metrics.add_metric("FrontBypassed", MetricUnit.Count, 1)
            logger.warning("request did not come through the front")
            return problem_response(HTTPStatus.FORBIDDEN, "not_through_front", "use the public address of this service")
        return handler(_as_viewed(event, headers), context)

    return guard


def _as_viewed(event: Event, headers: Mapping[str, str]) -> Event:
    """The event with the viewer's address, and without the proof, which nothing may log or show."""
    context = event["requestContext"]
    source = _address(headers.get(VIEWER, "")) or context["http"].get("sourceIp", "")
    return {
        **event,
        "headers": {name: value for name, value in headers.items() if name != PROOF},
        "requestContext": {**context, "http": {**context["http"], "sourceIp": source}},
    }


def _address(viewer: str) -> str:
    """`198.51.100.10:46532` and `2001:db8::1:46532` without their port. Empty: no address."""
    try:
        return str(ip_address(viewer.rpartition(":")[0].strip("[]")))
    except ValueError:
        return ""
