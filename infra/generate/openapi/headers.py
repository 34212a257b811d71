"""The headers of requests and answers, for `components.parameters` and `components.headers`."""

from collections.abc import Iterable
from typing import Any

from lambdas.api.orders.wait import LONGEST_WAIT_SECONDS

_TEXT: dict[str, Any] = {"type": "string"}
_REQUEST: dict[str, tuple[dict[str, Any], str]] = {
    "Idempotency-Key": (
        {**_TEXT, "minLength": 1, "maxLength": 255, "pattern": "^[A-Za-z0-9_-]+$"},
        "The same key with the same request is answered as the first time, and nothing is done twice; with another "
        "request it is refused. Any text without card data; letters, digits, `-` and `_` are always safe.",
    ),
    "If-Match": (
        {**_TEXT, "pattern": r'^("[0-9]{1,15}"|\*)$'},
        "The ETag of the order as it was read: the call is refused if somebody changed the order since.",
    ),
    "Prefer": (
        {**_TEXT, "pattern": "^wait=[0-9]{1,2}$"},
        f"`wait=N`: answer when the order waits or has ended, after N seconds at the latest ({LONGEST_WAIT_SECONDS} at most).",
    ),
}
_ANSWER: dict[str, tuple[dict[str, Any], str, bool]] = {
    "ETag": ({**_TEXT, "pattern": '^"[0-9]+"$'}, "The order's revision; to be sent as If-Match.", True),
    "Location": ({**_TEXT, "format": "uri-reference"}, "Where what was made can be read.", True),
    "Preference-Applied": (_TEXT, "That Prefer was heeded.", False),
    "Content-Disposition": (_TEXT, "The file's name; it is to be saved, not shown.", True),
    "X-Content-Type-Options": ({**_TEXT, "const": "nosniff"}, "The content is of the stated type.", True),
    "RateLimit": (_TEXT, 'What is left of the calls in this minute: `"calls";r=599;t=60`.', False),
    "RateLimit-Policy": (_TEXT, 'How many calls a minute: `"calls";q=600;w=60`.', False),
    "Retry-After": ({"type": "integer", "minimum": 0}, "Seconds after which it may be tried again.", False),
    "WWW-Authenticate": (_TEXT, "How to log in: HTTP Basic with user and token.", True),
}


def parameter_refs(names: Iterable[str]) -> list[dict[str, Any]]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def header_refs(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in sorted(names)}


def parameters() -> dict[str, Any]:
    """For `components.parameters`."""
    return {
        name: {"name": name, "in": "header", "required": False, "description": text, "schema": schema}
        for name, (schema, text) in _REQUEST.items()
    }


def headers() -> dict[str, Any]:
    """For `components.headers`."""
    return {
        name: {"description": text, "required": always, "schema": schema}
        for name, (schema, text, always) in _ANSWER.items()
    }
