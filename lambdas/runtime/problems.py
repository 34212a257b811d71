"""Responses of doors that talk to programs alone: JSON, and refusals as problem documents (RFC 9457), as in the API."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

Response = dict[str, Any]


def json_response(
    status: HTTPStatus, body: Any, content_type: str = "application/json", headers: Mapping[str, str] | None = None
) -> Response:
    """The answer of a function behind an HTTP API. Nothing on the way may keep it."""
    return {
        "statusCode": int(status),
        "headers": {"Content-Type": content_type, "Cache-Control": "no-store", **(headers or {})},
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }


def problem_response(status: HTTPStatus, kind: str, detail: str) -> Response:
    """A refusal. `detail`: what is wrong, and what to do."""
    title = kind.replace("_", " ").capitalize()
    body = {"type": f"urn:order-queues:problem:{kind}", "title": title, "status": int(status), "detail": detail}
    retry = {"Retry-After": "60"} if status is HTTPStatus.SERVICE_UNAVAILABLE else {}
    return json_response(status, body, "application/problem+json", retry)
