"""`/docs`, a page of Swagger UI, and `/openapi.json`. They need no login, because they contain nothing that is not in the source.

Standard library only, and no other host: what the page needs is in this function's own asset (infra/doors/docs.py).
"""

import base64
import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_OURS, _SWAGGER_UI = "lambdas/docs", "node_modules/swagger-ui-dist"
_DAY = "public, max-age=86400"
_ASK_EACH_TIME = "no-cache"  # keep it, but ask whether it is still the same
_JS, _TEXT = "text/javascript; charset=utf-8", "text/plain; charset=utf-8"


@dataclass(frozen=True)
class File:
    """`source`: below the root of the repository, and of the asset."""

    source: str
    content_type: str
    cache_control: str = _DAY


FILES: dict[str, File] = {
    "/docs": File(f"{_OURS}/page.html", "text/html; charset=utf-8", _ASK_EACH_TIME),
    "/docs/start.js": File(f"{_OURS}/start.js", _JS, _ASK_EACH_TIME),
    "/docs/page.css": File(f"{_OURS}/page.css", "text/css; charset=utf-8", _ASK_EACH_TIME),
    "/openapi.json": File("docs/openapi.json", "application/json", _ASK_EACH_TIME),
    "/docs/swagger-ui-bundle.js": File(f"{_SWAGGER_UI}/swagger-ui-bundle.js", _JS),
    "/docs/swagger-ui.css": File(f"{_SWAGGER_UI}/swagger-ui.css", "text/css; charset=utf-8"),
    "/docs/favicon-32x32.png": File(f"{_SWAGGER_UI}/favicon-32x32.png", "image/png"),
    "/docs/LICENSE": File(f"{_SWAGGER_UI}/LICENSE", _TEXT),
    "/docs/NOTICE": File(f"{_SWAGGER_UI}/NOTICE", _TEXT),
    "/docs/swagger-ui-bundle.js.LICENSE.txt": File(f"{_SWAGGER_UI}/swagger-ui-bundle.js.LICENSE.txt", _TEXT),
}

_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Swagger UI writes style attributes
        "img-src 'self' data:",  # its style sheet has its pictures in it
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The Lambda handler: an HTTP API event (payload 2.0) in, a file or 304 or 404 out; by HEAD without its content."""
    answer = _respond(event)
    return {**answer, "body": ""} if event["requestContext"]["http"]["method"] == "HEAD" else answer


def _respond(event: dict[str, Any]) -> dict[str, Any]:
    file = FILES.get(event["rawPath"])
    if file is None:
        text = b"There is no such page. The documentation of the API is at /docs.\n"
        return _answer(404, text, {"Content-Type": _TEXT, "Cache-Control": "no-store"})
    content, etag = _content(file)
    headers = {"ETag": etag, "Cache-Control": file.cache_control, "Vary": "Accept-Encoding"}
    if _is_known(etag, event["headers"].get("if-none-match", "")):
        return _answer(304, b"", headers)
    headers["Content-Type"] = file.content_type
    if _takes_gzip(event["headers"].get("accept-encoding", "")):
        return _answer(200, _compressed(file), {**headers, "Content-Encoding": "gzip"})
    return _answer(200, content, headers)


@cache
def _content(file: File) -> tuple[bytes, str]:
    """Content and ETag. The ETag is weak: it is the same whether compressed or not."""
    content = (ROOT / file.source).read_bytes()
    return content, f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'


@cache
def _compressed(file: File) -> bytes:
    return gzip.compress(_content(file)[0], mtime=0)


def _is_known(etag: str, if_none_match: str) -> bool:
    """https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2: weak comparison."""
    known = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return if_none_match.strip() == "*" or etag.removeprefix("W/") in known


def _takes_gzip(accept_encoding: str) -> bool:
    """https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3"""
    weights: dict[str, str] = {}
    for each in accept_encoding.lower().split(","):
        coding, _, weight = each.replace(" ", "").partition(";q=")
        weights[coding] = weight or "1"
    return weights.get("gzip", weights.get("*", "0")).strip("0.") != ""


def _answer(status: int, content: bytes, headers: dict[str, str]) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {**_HEADERS, **headers},
        "body": base64.b64encode(content).decode(),
        "isBase64Encoded": True,
    }
