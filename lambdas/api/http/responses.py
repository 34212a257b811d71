"""HTTP answers of both doors. Content types are exact: Ubersmith's clients compare the whole text (reference 4.3)."""

import base64
import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from lambdas.api.auth.login import CHALLENGE
from lambdas.api.errors import WrongHttpMethodError
from lambdas.api.http.files import FileAnswer
from lambdas.api.http.values import as_json
from lambdas.orders.errors import OrderError

Response = dict[str, Any]

STATUS = {
    "malformed": HTTPStatus.BAD_REQUEST,
    "card_data": HTTPStatus.UNPROCESSABLE_ENTITY,
    "invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
    "queue_not_found": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unknown_method": HTTPStatus.NOT_FOUND,
    "order_not_found": HTTPStatus.NOT_FOUND,
    "not_found": HTTPStatus.NOT_FOUND,
    "revision_differs": HTTPStatus.PRECONDITION_FAILED,
    "too_many_calls": HTTPStatus.TOO_MANY_REQUESTS,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "not_logged_in": HTTPStatus.UNAUTHORIZED,
    "not_allowed": HTTPStatus.FORBIDDEN,
    "other_site": HTTPStatus.FORBIDDEN,
    "payment_refused": HTTPStatus.PAYMENT_REQUIRED,
    "authentication_required": HTTPStatus.PAYMENT_REQUIRED,
    "wrong_http_method": HTTPStatus.METHOD_NOT_ALLOWED,
    "repeat_unknown": HTTPStatus.SERVICE_UNAVAILABLE,
    "files_not_kept": HTTPStatus.SERVICE_UNAVAILABLE,
    "gateway_busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "store_busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "internal": HTTPStatus.INTERNAL_SERVER_ERROR,
    "unreadable": HTTPStatus.INTERNAL_SERVER_ERROR,
}
_NOT_A_REFUSAL = (
    "not_logged_in",
    "not_allowed",
    "other_site",
    "wrong_http_method",
    "too_many_calls",
    "repeat_unknown",
    "store_busy",
    "internal",
)
RETRY_AFTER_SECONDS = {
    "submit_in_progress": 3,
    "payment_unknown": 60,
    "gateway_busy": 10,
    "store_busy": 3,
    "order_changed": 1,
    "repeat_in_progress": 3,
    "repeat_unknown": 3,
    "too_early": 5,
}
MOST_BYTES = 6_000_000  # of what an answer carries; Lambda takes 6,291,556 with all around it
ERROR_CODE = 1  # of a refusal that has no `error_code` of its own (reference 4.8); it must be a whole number


def _response(status: int, content_type: str, body: Any, headers: dict[str, str] | None = None) -> Response:
    return {
        "statusCode": int(status),
        "headers": {"Content-Type": content_type, "Cache-Control": "no-store", **(headers or {})},
        "body": json.dumps(body, default=as_json),
        "isBase64Encoded": False,
    }


def bytes_of(data: Any) -> int:
    """What a part of an answer takes: the answer's text is written into JSON once more for API Gateway."""
    text = json.dumps(data, default=as_json)
    return len(text) + text.count('"') + text.count("\\") + 2


def envelope(data: Any) -> Response:
    """API 2.0, success."""
    if isinstance(data, FileAnswer):
        return _file(data)
    return _response(200, "application/json", {"status": True, "error_code": None, "error_message": "", "data": data})


def envelope_error(error: OrderError) -> Response:
    """API 2.0: HTTP 200 for a refusal; another status only where the login, or this installation, is at fault."""
    code = getattr(error, "error_code", ERROR_CODE)
    body = {"status": False, "error_code": code, "error_message": error.message, "data": ""}
    status = STATUS[error.kind] if error.kind in _NOT_A_REFUSAL else HTTPStatus.OK
    return _response(status, "application/json", body, _headers(error))


def answer(status: int, data: Any, headers: Mapping[str, str]) -> Response:
    """New callers: the data itself."""
    if isinstance(data, FileAnswer):
        return _file(data)
    return _response(status, "application/json", data, dict(headers))


def _file(file: FileAnswer) -> Response:
    """To be saved, never to be shown or run by a browser: nobody vouches for what it says."""
    plain = re.sub(r"[^ -~]|[\"\\]", "_", file.name)
    named = f'attachment; filename="{plain}"'
    if plain != file.name:  # https://datatracker.ietf.org/doc/html/rfc6266
        named += f"; filename*=UTF-8''{quote(file.name, safe='')}"
    headers = {"Content-Disposition": named, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return {
        "statusCode": int(HTTPStatus.OK),
        "headers": {"Content-Type": file.content_type, **headers},
        "body": base64.b64encode(file.content).decode(),
        "isBase64Encoded": True,
    }


def problem(error: OrderError) -> Response:
    """New callers: an RFC 9457 problem document that names each field."""
    status = STATUS.get(error.kind, HTTPStatus.CONFLICT)
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
    """How to log in, how to call, or when to try again: an error's own time, or that of its kind."""
    challenge = {"WWW-Authenticate": CHALLENGE} if error.kind == "not_logged_in" else {}
    if isinstance(error, WrongHttpMethodError):
        return {"Allow": ", ".join(error.allowed)}
    seconds = getattr(error, "retry_after_seconds", RETRY_AFTER_SECONDS.get(error.kind))
    return challenge if seconds is None else {**challenge, "Retry-After": str(seconds)}
