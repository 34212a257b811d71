"""Routes what is about many orders: pauses, previews and bulk runs."""

from lambdas.desk.web.pauses import answer_form, show_pauses
from lambdas.desk.web.site import Site
from lambdas.records.users.sessions import UserSession
from lambdas.web.http import Answer, WebRequest


def answer_about_many(site: Site, request: WebRequest, session: UserSession) -> Answer | None:
    """None: it is about something else. Raises RefusedError, OrderError."""
    match request.method, request.path:
        case "GET", ("desk", "pauses"):
            return show_pauses(site, request, session)
        case "POST", ("desk", "pauses"):
            return answer_form(site, request, session, "pause")
        case "POST", ("desk", "pauses", ("change" | "resume") as what):
            return answer_form(site, request, session, what)
        case method, ("desk", "bulk", *rest):
            from lambdas.desk.web.bulk import act_on_bulk, show_bulk

            return (act_on_bulk if method == "POST" else show_bulk)(site, request, session, tuple(rest))
    return None
