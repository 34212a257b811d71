"""Calls of DynamoDB without what botocore works out anew for each of them, which is most of what a call costs.

The first call of an operation goes botocore's way and is the pattern: where it goes, what its headers are, how it is signed.
Later ones are made after it, signed by botocore's signer, sent by its session and read as the JSON they are. An answer that is
no plain success, or none at all, becomes the first answer of botocore's own way, which judges it, tries again, and raises: no
error, pause or retry is decided here.
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

# All that is in their answers is JSON as it is wanted, but binary values.
_OPERATIONS = frozenset(
    {"GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}
)
_HEADERS = ("Content-Type", "X-Amz-Target", "User-Agent")
_JSON = "application/x-amz-json-1.0"
_BINARY = (b'"B"', b'"BS"')
_outcome: ContextVar[Any] = ContextVar("outcome", default=None)  # of the first try, until botocore has taken it


@dataclass(frozen=True)
class _Pattern:
    """Of one operation. `signing`: what botocore's `signer` is asked for."""

    url: str
    headers: Mapping[str, str]
    signer: Any
    signing: Mapping[str, str]


def patterned(client: Any) -> Any:
    """The same client of DynamoDB, quicker from the second call of an operation on. Its tables are named, not given by ARN.

    Lambda brings its own botocore: one that is built otherwise stays as it is.
    """
    try:
        calls = _Calls(client)
    except AttributeError:
        return client
    client.meta.events.register("before-sign.dynamodb", calls.learn)
    client.meta.events.register_first("before-send.dynamodb", _first_outcome)
    client._make_api_call = calls.make  # what tracers put themselves before, too: each call of a client goes through it
    return client


class _Calls:
    """Those of one client."""

    def __init__(self, client: Any) -> None:
        self._plainly, self._events = client._make_api_call, client.meta.events
        self._session, self._model = client._endpoint.http_session, client.meta.service_model
        self._patterns: dict[str, _Pattern] = {}

    def learn(self, *, request: AWSRequest, request_signer: Any, operation_name: str, **signing: Any) -> None:
        """Of a request that botocore is about to sign."""
        headers = {name: str(request.headers[name]) for name in _HEADERS if name in request.headers}
        is_plain = headers.get("Content-Type") == _JSON and signing["signature_version"] == "v4"
        if operation_name not in _OPERATIONS or not is_plain:
            return
        said = request.context.get("signing", {})
        asked = {
            "signing_name": said.get("signing_name") or signing["signing_name"],
            "region_name": said.get("region") or signing["region_name"],
            "signature_version": signing["signature_version"],
        }
        self._patterns[operation_name] = _Pattern(str(request.url), headers, request_signer, asked)

    def make(self, operation_name: str, params: dict[str, Any]) -> Any:
        """As `_make_api_call` of the client does."""
        pattern = self._patterns.get(operation_name)
        if pattern is None:
            return self._plainly(operation_name, params)
        model = self._model.operation_model(operation_name)
        # Whoever listens hears of it; botocore itself gives a transaction its token here.
        self._events.emit(f"before-parameter-build.dynamodb.{operation_name}", params=params, model=model, context={})
        try:
            request = _request(pattern, params)
        except (AttributeError, TypeError):  # what it does not know
            return self._plainly(operation_name, params)
        outcome = self._sent(operation_name, request)
        if isinstance(outcome, Exception) or (parsed := _read(outcome)) is None:
            token = _outcome.set(outcome)
            try:
                return self._plainly(operation_name, params)
            finally:
                _outcome.reset(token)
        told = {"http_response": outcome, "parsed": parsed, "model": model, "context": {}}
        self._events.emit(f"after-call.dynamodb.{operation_name}", **told)  # retries are allowed for by successes
        return parsed

    def _sent(self, operation_name: str, request: Any) -> Any:
        """The answer, or the exception in its place."""
        try:
            heard = self._events.emit(f"before-send.dynamodb.{operation_name}", request=request)
            answers = (answer for _, answer in heard if answer is not None)
            return next(answers, None) or self._session.send(request)
        except Exception as error:  # noqa: BLE001 - botocore judges it
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
    """What a success says. None where botocore has to look at it."""
    content: bytes = response.content
    checksum = response.headers.get("x-amz-crc32")
    is_whole = checksum is None or checksum == str(zlib.crc32(content))
    if response.status_code != HTTPStatus.OK or not is_whole or any(kind in content for kind in _BINARY):
        return None
    try:
        said = json.loads(content)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    found = {name: value for name, value in said.items() if value is not None}
    request_id = response.headers.get("x-amzn-requestid", "")
    found["ResponseMetadata"] = {"RequestId": request_id, "HTTPStatusCode": HTTPStatus.OK.value, "RetryAttempts": 0}
    return found


def _first_outcome(**_: Any) -> Any:
    """Before botocore sends: the outcome that is known already, once."""
    if (outcome := _outcome.get()) is None:
        return None
    _outcome.set(None)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
