"""Sign-in with user and token, and sign-out. A token is never in an address, a page or a log."""

import re
from http import HTTPStatus
from urllib.parse import urlencode

from lambdas.access.errors import TooManyLoginsError
from lambdas.desk.drawing import WEB, drawn
from lambdas.desk.web.cookies import (
    end_cookie,
    session_cookie,
    session_token,
    sign_in_cookie,
    sign_in_token,
)
from lambdas.desk.web.forms import CSRF, refuse_others
from lambdas.desk.web.site import Site
from lambdas.rate_limits.sources import source_of
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.sessions import UserSession, derived, is_derived, new_token
from lambdas.records.users.sign_in_links import SignInLinks
from lambdas.runtime.telemetry import logger
from lambdas.web.http import Answer, RefusedError, WebRequest, is_of_another_site, see_other

HOME, PATH = "/desk", "/desk/sign-in"
_INSIDE = re.compile(r"/desk(/[A-Za-z0-9_-]{1,80}){0,4}")
_MOST = 500


def to_sign_in(request: WebRequest) -> Answer:
    """Lead to the sign-in page, and from there back to the page that was asked for."""
    path = "/" + "/".join(request.path)
    to = f"?{urlencode({'to': path})}" if _INSIDE.fullmatch(path) and path != HOME and request.method == "GET" else ""
    return see_other(PATH + to)


def show(site: Site, request: WebRequest, *, problem: str = "", name: str = "") -> Answer:
    token = sign_in_token(request) or new_token()
    to = request.typed.get("to", "") or request.query.get("to", "")
    body = drawn(
        WEB,
        "sign_in.html",
        title="Sign in",
        company=site.desk.company,
        csrf=derived(token, CSRF),
        to=_inside(to),
        problem=problem,
        name=name,
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return Answer(status, body, cookies=(sign_in_cookie(request, token),))


def take(site: Site, request: WebRequest) -> Answer:
    """Begin a session. A login that fails says the same for each reason."""
    if is_of_another_site(request) or not is_derived(sign_in_token(request), CSRF, request.typed.get(CSRF, "")):
        text = (
            "This page was not opened in this browser, or the browser blocked its cookies. Allow cookies and try again."
        )
        raise RefusedError(HTTPStatus.FORBIDDEN, "Sign in again", text, ("Sign in", PATH))
    name, token = request.typed.get("user", "").strip()[:_MOST], request.typed.get("token", "").strip()[:_MOST]
    try:
        user = _verified(site, request, name, token)
    except TooManyLoginsError as error:
        minutes = max(1, round((error.retry_after_seconds or 60) / 60))
        unit = "minute" if minutes == 1 else "minutes"
        return show(site, request, problem=f"Too many sign-ins failed from here. Try again in {minutes} {unit}.")
    cookie = site.sessions.begin(user, token, site.now()) if user else None
    if user is None or cookie is None:
        logger.warning("sign-in failed")
        return show(site, request, problem="User or token is wrong, or the token is no longer valid.", name=name[:60])
    logger.info("signed in", user=user.name)
    if old := session_token(request):
        site.sessions.end(old)
    return see_other(_inside(request.typed.get("to", "")) or HOME, (session_cookie(request, cookie),))


def enter(site: Site, links: SignInLinks, request: WebRequest, link: str) -> Answer:
    """Sign in by a link, once."""
    found = links.use(link, site.now())
    if found is None:
        text = "This link was used, or is too old. `make run` prints another one, or sign in with user and token."
        raise RefusedError(HTTPStatus.GONE, "The link is over", text, ("Sign in", PATH))
    cookie = session_cookie(request, site.sessions.begin_with(*found, site.now()))
    return see_other(_inside(request.query.get("to", "")) or HOME, (cookie,))


def sign_out(site: Site, request: WebRequest, session: UserSession) -> Answer:
    refuse_others(request, session)
    site.sessions.end(session.token)
    return see_other(PATH, (end_cookie(request),))


def _verified(site: Site, request: WebRequest, name: str, token: str) -> ApiUser | None:
    source, now = source_of(request.source), site.now()
    return site.limits.logins.log_in(name, source=source, look=lambda: site.users.verified(name, token, now))


def _inside(path: str) -> str:
    """The path if it is one of the desk, else empty: nobody is led elsewhere after a sign-in."""
    return path if _INSIDE.fullmatch(path) else ""
