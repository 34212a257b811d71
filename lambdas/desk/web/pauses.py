"""The page of pauses, and its buttons."""

from http import HTTPStatus

from lambdas.desk.desk import acting
from lambdas.desk.pages.pauses import read_pauses
from lambdas.desk.web.forms import reason_of, refuse_others
from lambdas.desk.web.shell import page
from lambdas.desk.web.site import Site
from lambdas.orders.pauses import PauseKind
from lambdas.records.pauses.errors import NotPausedError, OtherPauseError
from lambdas.records.pauses.pause import MAX_DAYS
from lambdas.records.users.rights import Right
from lambdas.records.users.sessions import UserSession
from lambdas.web.http import Answer, RefusedError, WebRequest, see_other

PATH = "/desk/pauses"
_MOST_REASON = 250
_NOTICES = {
    "paused": "It is paused. Orders keep arriving and wait.",
    "resumed": "It is paused no longer. What waited for it continues within minutes.",
    "over": "It was not paused any more, so nothing had to be done.",
}


def show_pauses(site: Site, request: WebRequest, session: UserSession) -> Answer:
    found = read_pauses(site.desk, site.pausing, session.user)
    notice = _NOTICES.get(request.query.get("done", ""), "")
    return page(site, request, session, "pauses.html", title="Pauses", pauses=found, notice=notice)


def begin_pause(site: Site, request: WebRequest, session: UserSession) -> Answer:
    """The same button pressed twice pauses once. Raises RefusedError, OrderError."""
    refuse_others(request, session)
    kind, name = _named(request)
    reason, minutes = (
        reason_of(request, _MOST_REASON, _unfit, kept="with the orders that wait"),
        request.typed.get("minutes", ""),
    )
    if not (minutes.isdecimal() and len(minutes) < 6 and 0 < int(minutes) <= MAX_DAYS * 24 * 60):
        raise _unfit(f"Say after how many minutes it ends, from 1 to {MAX_DAYS * 24 * 60:,}.")
    acting_user = acting(session.user, "order.pause", Right.PAUSE)
    ends_at = site.now() + 60 * int(minutes)
    try:
        site.pausing.begin(acting_user, kind, name, reason=reason, ends_at=ends_at)
    except OtherPauseError as other:
        mine = (kind, name, session.user.name, reason)
        if mine not in [(each.kind, each.name, each.by, each.reason) for each in site.pausing.records.active()]:
            text = (
                f"{other.message[:1].upper()}{other.message[1:].partition(';')[0]}. Resume it first, to pause it again."
            )
            raise RefusedError(HTTPStatus.CONFLICT, "Paused already", text, ("Pauses", PATH)) from None
    return see_other(f"{PATH}?done=paused")


def end_pause(site: Site, request: WebRequest, session: UserSession) -> Answer:
    """Two who resume at once both read that it is paused no longer. Raises RefusedError, OrderError."""
    refuse_others(request, session)
    kind, name = _named(request)
    try:
        site.pausing.end(acting(session.user, "order.resume", Right.PAUSE), kind, name)
    except NotPausedError:
        return see_other(f"{PATH}?done=over")
    return see_other(f"{PATH}?done=resumed")


def _named(request: WebRequest) -> tuple[PauseKind, str]:
    kind, _, name = request.typed.get("what", "")[:200].partition(":")
    if (
        kind not in list(PauseKind)
        or not name
        or (kind == PauseKind.QUEUE and not (name.isdecimal() and len(name) < 16))
    ):
        raise _unfit("Choose what is paused from the list.")
    return PauseKind(kind), name


def _unfit(text: str) -> RefusedError:
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "Nothing was paused or resumed", text, ("Pauses", PATH))
