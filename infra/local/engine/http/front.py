"""Serves one HTTP API at the root of a host and port, as on AWS.

AWS serves an HTTP API with a `$default` stage at the root of its host. The engine serves it below `/_aws/execute-api/{id}/`, and
existing clients cannot use a path prefix. The front passes each request unchanged to the engine's own HTTP API code, and returns
its answer unchanged. It adds the `X-Forwarded-*` headers of API Gateway and keeps its limit of 10 MB a request.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
"""

import base64
import json
import os
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs

from ministack import app as ministack_app
from ministack.core.responses import set_request_client_ip
from ministack.services import apigateway

MAX_BODY_BYTES = 10 * 1024 * 1024
Answer = tuple[int, dict[str, Any], bytes]


class ClientGoneError(Exception):
    """The client closed the connection before its request was complete."""


class NoApiError(Exception):
    """There is no HTTP API to serve, or more than one and no name to choose by."""


class Front:
    """The ASGI application of the front."""

    def __init__(self, api_name: str) -> None:
        self._api_name = api_name

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            try:
                status, headers, body = await self._answer(scope, receive)
            except ClientGoneError:
                return
            await _send(send, scope["method"], status, headers, body)
        else:
            await send({"type": "websocket.close"})

    async def _answer(self, scope: dict[str, Any], receive: Any) -> Answer:
        body = await _read_body(receive)
        if body is None:
            return _refusal(413, "Request Entity Too Large")
        try:
            api_id = find_api(self._api_name)
        except NoApiError as reason:
            return _refusal(503, str(reason))
        client = (scope.get("client") or ("127.0.0.1", 0))[0]
        set_request_client_ip(client)
        query = scope["query_string"].decode("latin-1")
        answer: Answer = await apigateway.handle_execute(
            api_id,
            "$default",
            apigateway.decode_http_api_path(scope["raw_path"].decode("latin-1")),
            scope["method"],
            _request_headers(scope, client),
            body,
            parse_qs(query, keep_blank_values=True),
            raw_query_string=query,
        )
        return answer


def find_api(name: str) -> str:
    """The id of the HTTP API called `name`, or of the only one that has a `$default` stage."""
    found = {
        api["apiId"]: api.get("name")
        for _, api in apigateway._apis.all_items()
        if api.get("protocolType") == "HTTP" and "$default" in apigateway.stages_for_api(api["apiId"])
    }
    if name:
        found = {api_id: known for api_id, known in found.items() if known == name}
    if len(found) == 1:
        return str(next(iter(found)))
    wanted = f"called {name!r} " if name else ""
    if not found:
        raise NoApiError(f"No HTTP API {wanted}with a $default stage is deployed to this engine yet.")
    raise NoApiError(f"There are {len(found)} HTTP APIs {wanted}with a $default stage; ORDERQ_API_NAME must name one.")


def _request_headers(scope: dict[str, Any], client: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        separator = "; " if name == "cookie" else ","
        headers[name] = f"{headers[name]}{separator}{value}" if name in headers else value
    forwarded = headers.get("x-forwarded-for")
    headers["x-forwarded-for"] = f"{forwarded}, {client}" if forwarded else client
    headers.setdefault("x-forwarded-proto", "http")
    headers.setdefault("x-forwarded-port", str((scope.get("server") or ("", 80))[1]))
    return headers


async def _read_body(receive: Any) -> bytes | None:
    """The request's body, or None when it is larger than API Gateway takes."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        size += len(message.get("body", b""))
        if size <= MAX_BODY_BYTES:
            chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks) if size <= MAX_BODY_BYTES else None


def _refusal(status: int, sentence: str) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps({"message": sentence}).encode()


async def _send(send: Any, method: str, status: int, headers: dict[str, Any], body: bytes) -> None:
    present = {name.lower() for name in headers}
    added = {
        "Date": formatdate(usegmt=True),
        "Content-Length": str(len(body)),
        "apigw-requestid": base64.b64encode(os.urandom(11)).decode(),
    }
    headers |= {name: value for name, value in added.items() if name.lower() not in present}
    await send({"type": "http.response.start", "status": status, "headers": ministack_app._asgi_header_list(headers)})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
