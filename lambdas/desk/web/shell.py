"""The frame around a page: head, navigation, sign-out. A page's script asks for the content alone."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from lambdas.desk.drawing import WEB, drawn
from lambdas.desk.pages.bulk_rights import CHOSEN, may_bulk
from lambdas.desk.pages.pauses import pause_line
from lambdas.desk.web.forms import CSRF
from lambdas.desk.web.refusal import Refusal
from lambdas.desk.web.site import Site
from lambdas.records.users.sessions import UserSession
from lambdas.web.http import Answer, WebRequest

_PART = "part"
_KEPT = ("q", "whose", "cursor", "at", "queue", "step")  # of a query, when a page is loaded again


def page(
    site: Site,
    request: WebRequest,
    session: UserSession,
    template: str,
    *,
    title: str,
    is_live: bool = True,
    refusal: Refusal | None = None,
    **values: Any,
) -> Answer:
    """The page of this fragment, or the fragment alone. `is_live`: it changes while it is looked at. After a refusal it does not,
    because it holds what was typed. Longer than 30 lines, because it names all that every fragment may use."""
    csrf = session.derived(CSRF)
    user = session.user
    common: dict[str, Any] = {
        "csrf": csrf,
        "once": "",
        "typed": {},
        "wish": None,
        "back": "",
        "may_bulk": may_bulk(user),
        "refusal": refusal,
    }
    paused = [pause_line(site.desk, pause) for pause in site.pausing.read_active(user)]
    content = drawn(WEB, "paused.html", paused=paused) + drawn(WEB, template, **{**common, **values})
    if _PART in request.query:
        return Answer(HTTPStatus.OK, content)
    shell = {"title": title, "company": site.desk.company, "user": user.name, **common}
    content = Markup(content)  # noqa: S704 - drawn from escaped values
    again = refusal.shown_at if refusal else _address(request)
    whole = drawn(WEB, "shell.html", **shell, content=content, again=again, is_live=is_live and not refusal)
    return Answer(refusal.status if refusal else HTTPStatus.OK, whole)


def _address(request: WebRequest) -> str:
    """The page's own address, without what is shown once, such as a notice."""
    kept = {name: said for name, said in request.query.items() if said and (name in _KEPT or name.startswith(CHOSEN))}
    return "/" + "/".join(request.path) + (f"?{urlencode(kept)}" if kept else "")


def message_page(
    status: HTTPStatus, title: str, text: str, *, company: str, link: tuple[str, str] | None = None
) -> Answer:
    """A page with one message. `link`: text and path of the next step."""
    return Answer(status, drawn(WEB, "message.html", title=title, text=text, company=company, link=link))
