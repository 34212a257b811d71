"""HTTP for pages: reads an event of API Gateway (payload 2.0) and writes a response with security headers."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from lambdas.languages.texts import N_
from lambdas.web.uploads import UnreadableUploadError, Upload, is_multipart, read_multipart

MAX_BODY_BYTES = 100_000
MAX_INPUTS = 300

Response = dict[str, Any]


class RefusedError(Exception):
    """A refused request, with the texts of its page. `link`: the next step; `other`: an alternative."""

    def __init__(
        self,
        status: HTTPStatus,
        title: str,
        text: str,
        link: tuple[str, str] | None = None,
        other: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(title)
        self.status, self.title, self.text, self.link, self.other = status, title, text, link, other


@dataclass(frozen=True)
class WebRequest:
    """`path`: its segments. `typed`: the inputs of a form that was sent. `origin`: our own, as the browser sees it."""

    method: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    typed: Mapping[str, str]
    cookies: Mapping[str, str]
    headers: Mapping[str, str]
    origin: str
    source: str
    files: tuple[Upload, ...] = ()

    @property
    def is_secure(self) -> bool:
        return self.origin.startswith("https:")


@dataclass(frozen=True)
class Answer:
    """A page or a redirect; with `content`, a file. `cookies`: whole `Set-Cookie` values. `form_targets`: origins that its forms
    may lead to. `indexed`: whether search engines may list the page."""

    status: HTTPStatus
    body: str = ""
    content_type: str = "text/html; charset=utf-8"
    location: str = ""
    cookies: tuple[str, ...] = ()
    form_targets: tuple[str, ...] = ()
    cache: str = "no-store"
    indexed: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = field(default=None, repr=False)


def see_other(location: str, cookies: tuple[str, ...] = ()) -> Answer:
    """A redirect (303) after a form was sent, so that going back or reloading sends nothing twice."""
    return Answer(HTTPStatus.SEE_OTHER, location=location, cookies=cookies)


def read_request(event: Mapping[str, Any], *, most_file_bytes: int = 0) -> WebRequest:
    """Read the event. HEAD is read as GET: only the response differs. Raises RefusedError for what no browser sends.

    `most_file_bytes`: of the files of a form; 0: no form of this door sends any.
    """
    headers: dict[str, str] = event.get("headers") or {}
    http = event["requestContext"]["http"]
    scheme = headers.get("x-forwarded-proto", "https")
    host = headers.get("host") or event["requestContext"].get("domainName", "")
    typed, files = _sent(event, headers, most_file_bytes) if http["method"] == "POST" else ([], ())
    return WebRequest(
        method="GET" if http["method"] == "HEAD" else http["method"],
        path=tuple(part for part in event["rawPath"].split("/") if part),
        query=dict(_pairs(event.get("rawQueryString") or "")),
        typed=dict(typed),
        cookies=dict(cookie.split("=", 1) for cookie in event.get("cookies") or () if "=" in cookie),
        headers=headers,
        origin=f"{scheme}://{host}",
        source=http.get("sourceIp", ""),
        files=files,
    )


def is_of_another_site(request: WebRequest) -> bool:
    """Whether a page of another site had the browser send this.

    Our pages send no referrer, so browsers send the origin `null`. `Sec-Fetch-Site` decides then.
    https://fetch.spec.whatwg.org/#append-a-request-origin-header
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    return origin not in (None, "null", request.origin) or site not in (None, "same-origin", "none")


def _sent(
    event: Mapping[str, Any], headers: Mapping[str, str], most_file_bytes: int
) -> tuple[list[tuple[str, str]], tuple[Upload, ...]]:
    content_type = headers.get("content-type", "")
    if not most_file_bytes or not is_multipart(content_type):
        return _pairs(_body(event, MAX_BODY_BYTES).decode("utf-8", errors="replace")), ()
    try:
        return read_multipart(content_type, _body(event, most_file_bytes + MAX_BODY_BYTES), most_parts=MAX_INPUTS)
    except UnreadableUploadError:
        raise _unreadable() from None


def _body(event: Mapping[str, Any], most: int) -> bytes:
    raw = event.get("body") or ""
    body = base64.b64decode(raw) if event.get("isBase64Encoded") else raw.encode()
    if len(body) > most:
        text = N_(
            "What you sent is more than this form accepts. Go back, and shorten your entries or choose smaller files."
        )
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, N_("You sent too much at once"), text)
    return body


def _pairs(encoded: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(encoded, keep_blank_values=True, max_num_fields=MAX_INPUTS)
    except ValueError:
        raise _unreadable() from None


def _unreadable() -> RefusedError:
    text = N_("The form could not be read. Go back and send it again.")
    return RefusedError(HTTPStatus.BAD_REQUEST, N_("Send the form again"), text)


def response_of(answer: Answer) -> Response:
    """The response with the headers of every page. Paths contain tokens, so no page sends a referrer."""
    headers = {
        "Content-Type": answer.content_type,
        "Cache-Control": answer.cache,
        "Content-Security-Policy": _policy(answer.form_targets),
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        **({} if answer.indexed else {"X-Robots-Tag": "noindex"}),
        **({"Location": answer.location} if answer.location else {}),
        **answer.headers,
    }
    return {
        "statusCode": int(answer.status),
        "headers": headers,
        "cookies": list(answer.cookies),
        "body": answer.body if answer.content is None else base64.b64encode(answer.content).decode(),
        "isBase64Encoded": answer.content is not None,
    }


def _policy(form_targets: tuple[str, ...]) -> str:
    """https://www.w3.org/TR/CSP3/ ; browsers hold `form-action` against where a form's answer redirects to, too."""
    targets = " ".join(["'self'", *form_targets])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"form-action {targets}; frame-ancestors 'none'; base-uri 'none'"
    )
