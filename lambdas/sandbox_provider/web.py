"""Reads an event of API Gateway (payload 2.0), and answers with a page or a redirect.

As a real provider it shares nothing with the doors, so it reads its requests itself.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_HERE = Path(__file__).parent
_MAX_BODY_BYTES, _MAX_INPUTS = 10_000, 20
_BACK_PATH = re.compile(r"/forms/[a-z0-9-]{1,60}/[a-z0-9_-]{1,60}")
_STATE = re.compile(r"[A-Za-z0-9_-]{1,200}")

Response = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A request. `path`: its parts; `typed`: what its page sent; `origin`: this host, as the browser knows it."""

    method: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    typed: Mapping[str, str]
    origin: str


@dataclass(frozen=True)
class Shop:
    """The form that sent the browser here: the address to return to, and the `state` of its session."""

    back: str
    state: str

    def answered(self, **answer: str) -> Response:
        """Send the browser back with this answer."""
        headers = {"Location": f"{self.back}?{urlencode({'state': self.state, **answer})}"}
        return _response(HTTPStatus.SEE_OTHER, "", headers)


def read(event: Mapping[str, Any]) -> Asked:
    """Read the event. A part that cannot be read counts as not sent."""
    headers: dict[str, str] = event.get("headers") or {}
    http = event["requestContext"]["http"]
    host = headers.get("host") or event["requestContext"].get("domainName", "")
    raw = event.get("body") or ""
    body = base64.b64decode(raw) if event.get("isBase64Encoded") else raw.encode()
    return Asked(
        method=http["method"],
        path=tuple(part for part in event["rawPath"].split("/") if part),
        query=_pairs(event.get("rawQueryString") or ""),
        typed=_pairs(body.decode("utf-8", "replace")) if len(body) <= _MAX_BODY_BYTES else {},
        origin=f"{headers.get('x-forwarded-proto', 'https')}://{host}",
    )


def shop_of(asked: Asked) -> Shop | None:
    """The form to return to, if it is one of this host: this page cannot lead people elsewhere."""
    sent = asked.typed if asked.method == "POST" else asked.query
    back, state = sent.get("return", ""), sent.get("state", "")
    try:
        parts = urlsplit(back)
    except ValueError:
        return None
    ours = back == f"{asked.origin}{parts.path}" and _BACK_PATH.fullmatch(parts.path)
    return Shop(back, state) if ours and _STATE.fullmatch(state) else None


def page(template: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> Response:
    return _response(status, _templates().get_template(template).render(values), {})


def _pairs(encoded: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(encoded, keep_blank_values=True, max_num_fields=_MAX_INPUTS))
    except ValueError:
        return {}


def _response(status: HTTPStatus, body: str, headers: dict[str, str]) -> Response:
    always = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": _policy(),
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex",
    }
    return {"statusCode": int(status), "headers": {**always, **headers}, "body": body, "isBase64Encoded": False}


@cache
def _style() -> str:
    return (_HERE / "templates" / "style.css").read_text("utf-8")


@cache
def _policy() -> str:
    """No scripts at all, this one style, and the empty icon. https://www.w3.org/TR/CSP3/"""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["style"] = _style
    return environment
