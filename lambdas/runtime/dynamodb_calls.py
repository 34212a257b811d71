"""Speeds up DynamoDB calls: botocore computes most of a request again for each call, and that is most of a call's cost.

botocore makes the first call of an operation. Its address, headers and signing become the pattern. Later calls follow it:
botocore's signer signs them, its session sends them, and the answer is read as JSON. If an answer is not a plain
success, botocore gets it as the answer to its first try. botocore alone decides about errors, pauses and retries.
"""

import json
import zlib
from base64 import b64encode
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from botocore.awsrequest import AWSRequest

# The answers of these operations are plain JSON, except for binary values.
_OPERATIONS = frozenset(
    {"GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}
)
_HEADERS = ("Content-Type", "X-Amz-Target", "User-Agent")
_JSON = "application/x-amz-json-1.0"
_BINARY = (b'"B"', b'"BS"')
_outcome: ContextVar[Any] = ContextVar("outcome", default=None)  # of the first try, until botocore takes it


@dataclass(frozen=True)
class _Pattern:
    """The pattern of one operation. `signing`: the arguments of botocore's `signer`."""

    url: str
    headers: Mapping[str, str]
    signer: Any
    signing: Mapping[str, str]


def speed_up(client: Any) -> Any:
    """Make a DynamoDB client faster from the second call of an operation on, and return it. Pass table names, not ARNs.

    Lambda brings its own botocore. A client of another structure is returned unchanged.
    """
    try:
        calls = _Calls(client)
    except AttributeError:
        return client
    client.meta.events.register("before-sign.dynamodb", calls.learn)
    client.meta.events.register_first("before-send.dynamodb", _first_outcome)
    client._make_api_call = calls.make  # every call goes through it; tracers wrap it too
    return client


class _Calls:
    """The calls of one client."""

    def __init__(self, client: Any) -> None:
        self._plainly, self._events = client._make_api_call, client.meta.events
        self._session, self._model = client._endpoint.http_session, client.meta.service_model
        self._patterns: dict[str, _Pattern] = {}

    def learn(self, *, request: AWSRequest, request_signer: Any, operation_name: str, **signing: Any) -> None:
        """Keep the pattern of a request that botocore is about to sign."""
        headers = {name: str(request.headers[name]) for name in _HEADERS if name in request.headers}
        is_plain = headers.get("Content-Type") == _JSON and signing["signature_version"] == "v4"
        if operation_name not in _OPERATIONS or not is_plain:
            return
        signing_context = request.context.get("signing", {})
        asked = {
            "signing_name": signing_context.get("signing_name") or signing["signing_name"],
            "region_name": signing_context.get("region") or signing["region_name"],
            "signature_version": signing["signature_version"],
        }
        self._patterns[operation_name] = _Pattern(str(request.url), headers, request_signer, asked)

    def make(self, operation_name: str, params: dict[str, Any]) -> Any:
        """Make a call, in place of the client's `_make_api_call`."""
        pattern = self._patterns.get(operation_name)
        if pattern is None:
            return self._plainly(operation_name, params)
        model = self._model.operation_model(operation_name)
        # Event handlers run as usual; one of botocore's own adds the token of a transaction.
        self._events.emit(f"before-parameter-build.dynamodb.{operation_name}", params=params, model=model, context={})
        try:
            request = _request(pattern, params)
        except (AttributeError, TypeError):  # parameters that JSON cannot hold
            return self._plainly(operation_name, params)
        outcome = self._send(operation_name, request)
        if isinstance(outcome, Exception) or (parsed := _read(outcome)) is None:
            token = _outcome.set(outcome)
            try:
                return self._plainly(operation_name, params)
            finally:
                _outcome.reset(token)
        facts = {"http_response": outcome, "parsed": parsed, "model": model, "context": {}}
        self._events.emit(f"after-call.dynamodb.{operation_name}", **facts)  # a success refills botocore's retry quota
        return parsed

    def _send(self, operation_name: str, request: Any) -> Any:
        """Return the answer, or the exception."""
        try:
            heard = self._events.emit(f"before-send.dynamodb.{operation_name}", request=request)
            answers = (answer for _, answer in heard if answer is not None)
            return next(answers, None) or self._session.send(request)
        except Exception as error:  # noqa: BLE001 - botocore decides what it means
            return error


def _request(pattern: _Pattern, params: Mapping[str, Any]) -> Any:
    body = json.dumps(params, default=_base64).encode()
    request = AWSRequest("POST", pattern.url, pattern.headers, body)
    pattern.signer.get_auth_instance(**pattern.signing).add_auth(request)
    prepared: Any = request.prepare()
    for name, value in request.headers.items():  # botocore's own are bytes by now
        prepared.headers[name] = value.encode()
    return prepared


def _base64(value: Any) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return b64encode(value).decode()
    raise TypeError(f"a {type(value).__name__} cannot be sent to DynamoDB")


def _read(response: Any) -> dict[str, Any] | None:
    """The parsed answer of a success. None if botocore must read the answer."""
    content: bytes = response.content
    checksum = response.headers.get("x-amz-crc32")
    is_whole = checksum is None or checksum == str(zlib.crc32(content))
    if response.status_code != HTTPStatus.OK or not is_whole or any(kind in content for kind in _BINARY):
        return None
    try:
        answer = json.loads(content)
    except ValueError:
        return None
    if not isinstance(answer, dict):
        return None
    found = {name: value for name, value in answer.items() if value is not None}
    request_id = response.headers.get("x-amzn-requestid", "")
    found["ResponseMetadata"] = {"RequestId": request_id, "HTTPStatusCode": HTTPStatus.OK.value, "RetryAttempts": 0}
    return found


def _first_outcome(**_: Any) -> Any:
    """Give botocore the known outcome instead of sending, once."""
    if (outcome := _outcome.get()) is None:
        return None
    _outcome.set(None)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
