"""The frame around a page: head, navigation, sign-out. A page's script asks for the content alone."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from lambdas.desk.drawing import WEB, drawn
from lambdas.desk.web.forms import CSRF
from lambdas.desk.web.site import Site
from lambdas.records.users.sessions import UserSession
from lambdas.web.http import Answer, WebRequest

_PART = "part"
_KEPT = ("q", "whose", "cursor", "at")  # of a query, when a page is loaded again


def page(
    site: Site,
    request: WebRequest,
    session: UserSession,
    template: str,
    *,
    title: str,
    is_live: bool = True,
    **values: Any,
) -> Answer:
    """The page of this fragment, or the fragment alone. `is_live`: it changes while it is looked at."""
    csrf = session.derived(CSRF)
    content = drawn(WEB, template, **{"csrf": csrf, "once": "", "typed": {}, "wish": None, "back": "", **values})
    if _PART in request.query:
        return Answer(HTTPStatus.OK, content)
    shell = {"title": title, "company": site.desk.company, "user": session.user.name, "csrf": csrf}
    content = Markup(content)  # noqa: S704 - drawn from escaped values
    whole = drawn(WEB, "shell.html", **shell, content=content, again=_address(request), is_live=is_live)
    return Answer(HTTPStatus.OK, whole)


def _address(request: WebRequest) -> str:
    """The page's own address, without what is shown once, such as a notice."""
    kept = {name: request.query[name] for name in _KEPT if request.query.get(name)}
    return "/" + "/".join(request.path) + (f"?{urlencode(kept)}" if kept else "")


def message_page(
    status: HTTPStatus, title: str, text: str, *, company: str, link: tuple[str, str] | None = None
) -> Answer:
    """A page with one message. `link`: text and path of the next step."""
    return Answer(status, drawn(WEB, "message.html", title=title, text=text, company=company, link=link))
