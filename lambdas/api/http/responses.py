"""HTTP answers of both doors. Content types are exact, since clients compare the whole text (reference/ubersmith.md 4.3)."""

import base64
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from lambdas.access.errors import AccessError
from lambdas.api.errors import ApiError
from lambdas.api.http.files import FileAnswer
from lambdas.api.http.values import as_json
from lambdas.orders.errors import Nature, OrderError
from lambdas.web.downloads import download_headers

Response = dict[str, Any]

STATUS: Mapping[Nature, HTTPStatus] = {
    Nature.MALFORMED: HTTPStatus.BAD_REQUEST,
    Nature.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Nature.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Nature.NOT_OFFERED: HTTPStatus.METHOD_NOT_ALLOWED,
    Nature.UNKNOWN_CALLER: HTTPStatus.UNAUTHORIZED,
    Nature.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Nature.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Nature.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Nature.OUTDATED: HTTPStatus.PRECONDITION_FAILED,
    Nature.CONFLICT: HTTPStatus.CONFLICT,
    Nature.PAYMENT_NEEDED: HTTPStatus.PAYMENT_REQUIRED,
    Nature.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Nature.BROKEN: HTTPStatus.INTERNAL_SERVER_ERROR,
}
MOST_BYTES = 6_000_000  # of an answer's content; Lambda takes 6,291,556 with all around it


def _response(status: int, content_type: str, body: Any, headers: dict[str, str] | None = None) -> Response:
    return {
        "statusCode": int(status),
        "headers": {"Content-Type": content_type, "Cache-Control": "no-store", **(headers or {})},
        "body": json.dumps(body, default=as_json),
        "isBase64Encoded": False,
    }


def bytes_of(data: Any) -> int:
    """Bytes of a part of an answer, whose text is written into JSON once more for API Gateway."""
    text = json.dumps(data, default=as_json)
    return len(text) + text.count('"') + text.count("\\") + 2


def envelope(data: Any) -> Response:
    """API 2.0, success."""
    if isinstance(data, FileAnswer):
        return _file(data)
    return _response(200, "application/json", {"status": True, "error_code": None, "error_message": "", "data": data})


def envelope_error(error: OrderError) -> Response:
    """API 2.0: HTTP 200 for a refusal; another status only where the login, or this installation, is at fault."""
    of_door = error if isinstance(error, ApiError) else ApiError
    body = {"status": False, "error_code": of_door.error_code, "error_message": error.message, "data": ""}
    keeps_status = of_door.keeps_status or isinstance(error, AccessError)
    status = STATUS[error.nature] if keeps_status else HTTPStatus.OK
    return _response(status, "application/json", body, _headers(error))


def answer(status: int, data: Any, headers: Mapping[str, str]) -> Response:
    """New callers: the data itself."""
    if isinstance(data, FileAnswer):
        return _file(data)
    return _response(status, "application/json", data, dict(headers))


def _file(file: FileAnswer) -> Response:
    return {
        "statusCode": int(HTTPStatus.OK),
        "headers": {"Content-Type": file.content_type, **download_headers(file.name)},
        "body": base64.b64encode(file.content).decode(),
        "isBase64Encoded": True,
    }


def problem(error: OrderError) -> Response:
    """New callers: an RFC 9457 problem document that names each field."""
    status = STATUS[error.nature]
    body = {
        "type": f"urn:order-queues:problem:{error.kind}",
        "title": error.kind.replace("_", " ").capitalize(),
        "status": int(status),
        "detail": error.message,
        **(
            {"errors": [{"field": found.field, "detail": found.text} for found in error.problems]}
            if error.problems
            else {}
        ),
        **error.facts,
    }
    return _response(status, "application/problem+json", body, _headers(error))


def _headers(error: OrderError) -> dict[str, str]:
    """How to log in or call, and when to try again."""
    headers = dict(error.headers) if isinstance(error, ApiError) else {}
    seconds = error.retry_after_seconds
    return headers if seconds is None else {**headers, "Retry-After": str(seconds)}
