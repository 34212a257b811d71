"""Reads an event of API Gateway, once: first what stands around the call, then the call itself. Nothing else sees the event.

All seven shapes of a request (docs/reference/ubersmith.md) become the same tree of parameters. Query and body are one, as in
PHP's `$_REQUEST`: they are merged map by map, and the body counts where both have a value.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from lambdas.api.errors import MalformedRequestError
from lambdas.api.http.bodies import read_body
from lambdas.api.http.card_data import refuse_card_data
from lambdas.api.http.files import UploadedFile
from lambdas.api.http.parameter_sizes import refuse_outsized
from lambdas.api.http.paths import clean_path, is_api_2_0, method_in
from lambdas.api.http.php_params import numbered, parse_encoded
from lambdas.orders.errors import Problem
from lambdas.orders.model.info import merge

_LONGEST_KEY = 255


class Door(Enum):
    """How the caller speaks: Ubersmith's API 2.0, or one path per method."""

    API_2_0 = "api_2_0"
    METHOD_PATH = "method_path"


@dataclass(frozen=True)
class HttpCall:
    """An event of API Gateway (HTTP API, payload 2.0), of which nothing is refused yet.

    `verb`: the HTTP method. `path`: the clean form of `raw_path`. `headers`: by names in lower case. `body`: base64 if
    `is_base64`. `source`: the caller's address. `domain`: the host name that API Gateway answers to.
    """

    door: Door
    verb: str
    raw_path: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: str
    is_base64: bool
    source: str
    domain: str
    request_id: str


@dataclass(frozen=True)
class Call:
    """`method` may be empty or unknown. `parameters` hold no card data; a file's parameter is there, with an empty value.

    `if_match`: the revision that the caller read (ETag). `prefers_wait`: seconds of `Prefer: wait=N`. `verb`: the HTTP method.
    """

    door: Door
    method: str
    parameters: dict[str, Any]
    idempotency_key: str | None
    if_match: int | None = None
    prefers_wait: int | None = None
    files: tuple[UploadedFile, ...] = ()
    verb: str = "POST"


def read_http(event: Mapping[str, Any]) -> HttpCall:
    """Refuses nothing."""
    context, raw_path = event["requestContext"], str(event["rawPath"])
    path = clean_path(raw_path)
    return HttpCall(
        door=Door.API_2_0 if is_api_2_0(path) else Door.METHOD_PATH,
        verb=context["http"]["method"],
        raw_path=raw_path,
        path=path,
        query=event.get("rawQueryString") or "",
        headers=event["headers"],
        body=event.get("body") or "",
        is_base64=bool(event.get("isBase64Encoded")),
        source=context["http"].get("sourceIp", ""),
        domain=context.get("domainName", ""),
        request_id=context["requestId"],
    )


def read_call(http: HttpCall) -> Call:
    """Raises MalformedRequestError, TooLargeError or CardDataError, none of which quotes a value."""
    key = http.headers.get("idempotency-key") or None
    query = parse_encoded(http.query)
    body, files = read_body(http.body, http.headers, is_base64=http.is_base64)
    refuse_card_data({"path": http.raw_path, "headers": {"idempotency-key": key}})
    for sent in (query, body):
        refuse_outsized(sent)
        refuse_card_data(sent)
    parameters = merge(query, numbered(body) if http.door is Door.API_2_0 else body)
    if query and body:  # Together they may make a card number.
        refuse_card_data(parameters)
    if key and len(key) > _LONGEST_KEY:
        raise MalformedRequestError(Problem("Idempotency-Key", f"must have at most {_LONGEST_KEY} characters"))
    return Call(
        door=http.door,
        method=method_in(http.path) if http.door is Door.METHOD_PATH else _take_method(parameters),
        parameters=parameters,
        idempotency_key=key,
        if_match=_revision(http.headers.get("if-match")),
        prefers_wait=_preferred_wait(http.headers.get("prefer")),
        files=files,
        verb=http.verb,
    )


def _take_method(parameters: dict[str, Any]) -> str:
    """Remove the method from API 2.0's parameters and return it. Empty: none, or no text."""
    named = parameters.pop("method", "")
    return named if isinstance(named, str) else ""


def _revision(if_match: str | None) -> int | None:
    """The revision of `If-Match`. None: any."""
    if not if_match or if_match.strip() == "*":
        return None
    if found := re.fullmatch(r'\s*(?:W/)?"?(\d{1,15})"?\s*', if_match):
        return int(found.group(1))
    raise MalformedRequestError(Problem("If-Match", "must be the ETag of an answer, or *"))


def _preferred_wait(prefer: str | None) -> int | None:
    if not prefer:
        return None
    from lambdas.api.orders.wait import preferred_wait

    return preferred_wait(prefer)
