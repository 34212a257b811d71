"""Checks how API Gateway routes addresses. No request here changes anything."""

from collections.abc import Iterator

import httpx

from infra.operate.smoke.findings import Finding, Verdict

_CHALLENGE = "WWW-Authenticate"
# A REST API renames the header to this; whether an HTTP API does is what its documents do not say.
_RENAMED = "x-amzn-remapped-www-authenticate"
_NEEDS_LOGIN = (
    ("POST", "/order.list", "a method's own path"),
    ("POST", "/api/2.0", "API 2.0 without a slash"),
    ("POST", "/api/2.0/", "API 2.0, the empty tail of {proxy+}"),
    ("POST", "/api/2.0/index.php", "API 2.0, a tail of {proxy+}"),
)
_PUBLIC = (
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/robots.txt"),
    ("HEAD", "/robots.txt"),
    ("GET", "/favicon.ico"),
    ("GET", "/forms"),
    ("HEAD", "/forms"),
    ("GET", "/forms/"),
    ("GET", "/forms/no-such-form/"),
    ("GET", "/orders/"),
    ("POST", "/webhooks/"),
    ("GET", "/webhooks/"),
    ("GET", "/docs/"),
)


_SIGN_IN = "/desk/sign-in"
# Of each page for staff: nobody may frame it, keep it, or run a script of their own in it.
_GUARDS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


def ask_doors(http: httpx.Client) -> Iterator[Finding]:
    """`http`: without a login, at the API's address; it follows no redirects."""
    for method, path, what in _NEEDS_LOGIN:
        yield _challenge(http, method, path, what)
    for method, path in _PUBLIC:
        yield _public(http, method, path)
    yield _desk(http)


def _challenge(http: httpx.Client, method: str, path: str, what: str) -> Finding:
    answer = http.request(method, path)
    about = f"login asked for: {method} {path}"
    sent = answer.headers.get(_CHALLENGE, "")
    if answer.status_code == httpx.codes.UNAUTHORIZED and sent.startswith("Basic "):
        return Finding(about, Verdict.RIGHT, f"{what}: 401 with {_CHALLENGE}: {sent}")
    if _RENAMED in answer.headers:
        return Finding(about, Verdict.WRONG, f"{what}: API Gateway renamed {_CHALLENGE} to {_RENAMED}")
    missing = "" if sent else f" without {_CHALLENGE}"
    return Finding(about, Verdict.WRONG, f"{what}: {answer.status_code}{missing}; it should be 401 with a challenge")


def _public(http: httpx.Client, method: str, path: str) -> Finding:
    """A page, a redirect or a refusal, and never a log-in window before somebody who has no login."""
    answer = http.request(method, path)
    about = f"open to everybody: {method} {path}"
    asks = _CHALLENGE in answer.headers or _RENAMED in answer.headers
    if asks or answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return Finding(
            about, Verdict.WRONG, f"{answer.status_code}: a caller without a login is asked for one, or refused"
        )
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Finding(about, Verdict.WRONG, f"{answer.status_code}: API Gateway or the function failed; see its log")
    to = f" to {answer.headers['Location']}" if answer.is_redirect else ""
    return Finding(about, Verdict.RIGHT, f"{answer.status_code}{to}")


def _desk(http: httpx.Client) -> Finding:
    """The page where staff sign in, with what protects it."""
    about, answer = f"the desk's page to sign in: GET {_SIGN_IN}", http.get(_SIGN_IN)
    if answer.status_code != httpx.codes.OK or "<form" not in answer.text:
        return Finding(about, Verdict.WRONG, f"{answer.status_code}, and no form to sign in; see the log of the desk")
    bare = [name for name, held in _GUARDS.items() if held not in answer.headers.get(name, "")]
    if bare:
        return Finding(
            about, Verdict.WRONG, f"it has no {', '.join(bare)} that protects it; something removed it on the way"
        )
    return Finding(about, Verdict.RIGHT, f"200 with {', '.join(_GUARDS)}")
