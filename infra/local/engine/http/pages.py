"""Keeps web pages away from the engine's own port, where every credential is as good as any other.

The engine answers every service's calls with `Access-Control-Allow-Origin: *`, so any page that somebody looks at on this
machine could read and change its tables. Here a request that a page of another place sent is refused, and no answer of a
service allows a page to read it. HTTP APIs that are asked below `/_aws/execute-api/` keep what their own CORS configuration says.
"""

from collections.abc import Awaitable, Callable
from typing import Any

_HTTP_APIS = "/_aws/execute-api/"
_REFUSAL = b'{"message":"Forbidden: sent by a web page of another place"}'
Headers = list[tuple[bytes, bytes]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class WithoutPages:
    """An ASGI application in front of the engine's."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_HTTP_APIS):
            await self._engine(scope, receive, send)
        elif is_of_another_place(scope["headers"]):
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_REFUSAL)).encode())]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": _REFUSAL})
        else:
            await self._engine(scope, receive, _without_cors(send))


def is_of_another_place(headers: Headers) -> bool:
    """By what browsers say of the page that sent it; programs say nothing."""
    stated = {name.lower(): value for name, value in headers}
    site, origin = stated.get(b"sec-fetch-site"), stated.get(b"origin")
    if site not in (None, b"same-origin", b"none"):
        return True
    return origin is not None and origin.partition(b"://")[2] != stated.get(b"host", b"")


def _without_cors(send: Send) -> Send:
    async def sent(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept = [each for each in message["headers"] if not each[0].lower().startswith(b"access-control-")]
            message = {**message, "headers": kept}
        await send(message)

    return sent
