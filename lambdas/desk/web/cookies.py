"""The desk's cookies: one of a session, and one that proves that the sign-in page was opened in this browser."""

import re

from lambdas.web.http import WebRequest

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_SESSION, _SIGN_IN = "desk", "desk-sign-in"


def session_token(request: WebRequest) -> str:
    """Empty if the browser has none."""
    return _read(request, _SESSION)


def sign_in_token(request: WebRequest) -> str:
    """Empty if the browser has none."""
    return _read(request, _SIGN_IN)


def session_cookie(request: WebRequest, token: str) -> str:
    """A `Set-Cookie` value. It ends with the browser; the record of the session says when at the latest."""
    return _cookie(request, _SESSION, token)


def sign_in_cookie(request: WebRequest, token: str) -> str:
    return _cookie(request, _SIGN_IN, token)


def end_cookie(request: WebRequest) -> str:
    return _cookie(request, _SESSION, "", "; Max-Age=0")


def _read(request: WebRequest, name: str) -> str:
    found = request.cookies.get(_name(request, name), "")
    return found if _TOKEN.fullmatch(found) else ""


def _cookie(request: WebRequest, name: str, value: str, more: str = "") -> str:
    """`__Host-` keeps other hosts from setting it; plain HTTP is for local use only.

    Lax: a link to an order in a mail or a chat opens it. What changes anything is sent by POST, and that brings no cookie
    from another site.
    """
    secure = "; Secure" if request.is_secure else ""
    return f"{_name(request, name)}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{more}"


def _name(request: WebRequest, name: str) -> str:
    return f"__Host-{name}" if request.is_secure else name
