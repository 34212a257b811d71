"""Refuses what no page of the desk in this browser sent."""

from http import HTTPStatus

from lambdas.records.users.sessions import UserSession
from lambdas.web.http import RefusedError, WebRequest, is_of_another_site

CSRF = "csrf"


def refuse_others(request: WebRequest, session: UserSession) -> None:
    """Raise RefusedError unless a page of this session sent it."""
    if is_of_another_site(request) or not session.is_derived(CSRF, request.typed.get(CSRF, "")):
        text = "This was not sent by a page of the desk in this browser, so nothing was done. Load the page again."
        raise RefusedError(HTTPStatus.FORBIDDEN, "Nothing was done", text, ("Order desk", "/desk"))
