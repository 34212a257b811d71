"""The page of pauses, and its buttons."""

from http import HTTPStatus

from lambdas.desk.desk import acting
from lambdas.desk.pages.pauses import read_pauses
from lambdas.desk.web.forms import reason_of, refuse_others
from lambdas.desk.web.refusal import Refusal, refusal_of, typed_in
from lambdas.desk.web.shell import page
from lambdas.desk.web.site import Site
from lambdas.orders.errors import OrderError
from lambdas.orders.pauses import PauseKind, SeenPause
from lambdas.records.pauses.errors import NotPausedError, OtherPauseError, PauseChangedError
from lambdas.records.pauses.pause import MAX_DAYS
from lambdas.records.users.rights import Right
from lambdas.records.users.sessions import UserSession
from lambdas.web.http import Answer, RefusedError, WebRequest, see_other

PATH = "/desk/pauses"
_MOST_REASON = 250
_DOUBLE_CLICK_SECONDS = 60
_LOOK = "Look at it as it is now, and decide again."
_NOTICES = {
    "paused": "It is paused. Orders keep arriving and wait.",
    "changed": "Its end and reason were changed. What waits for it waits until then.",
    "ended": "It was over already, so nothing was changed. What waited for it continues. Pause it again if it must wait longer.",
    "resumed": "It is paused no longer. What waited for it continues within minutes.",
    "over": "It was not paused any more, so nothing had to be done.",
}


def show_pauses(site: Site, request: WebRequest, session: UserSession, refusal: Refusal | None = None) -> Answer:
    """`refusal`: why a form of the page was refused. What was typed into it stays there."""
    found = read_pauses(site.desk, site.pausing, session.user)
    typed = typed_in(request) if refusal else {}
    notice = _NOTICES.get(request.query.get("done", ""), "")
    return page(
        site, request, session, "pauses.html", title="Pauses", pauses=found, notice=notice, refusal=refusal, typed=typed
    )


def answer_form(site: Site, request: WebRequest, session: UserSession, what: str) -> Answer:
    """Carry out what the page was sent for: `pause`, `change` or `resume`. Raises RefusedError for what no page of this session
    sent, OrderError."""
    refuse_others(request, session)
    try:
        done = {"pause": _begin, "change": _change, "resume": _end}[what](site, request, session)
    except RefusedError as error:
        return show_pauses(site, request, session, refusal_of(error, PATH))
    return see_other(f"{PATH}?done={done}")


def _begin(site: Site, request: WebRequest, session: UserSession) -> str:
    """The same button pressed twice pauses once."""
    (kind, name), reason, ends_at = _named(request), _reason(request), _end_at(site, request)
    try:
        site.pausing.begin(acting(session.user, "order.pause", Right.PAUSE), kind, name, reason=reason, ends_at=ends_at)
    except OtherPauseError as other:
        mine = (kind, name, session.user.name, reason)
        if mine not in [(each.kind, each.name, each.by, each.reason) for each in site.pausing.records.active()]:
            raise _conflict("Paused already", other, "Change its end above, or resume it first.") from None
    return "paused"


def _change(site: Site, request: WebRequest, session: UserSession) -> str:
    """Gives the pause that was shown another end and reason. The same button pressed twice changes it once."""
    (kind, name), seen, reason, ends_at = _named(request), _seen(request), _reason(request), _end_at(site, request)
    user = acting(session.user, "order.pause", Right.PAUSE)
    try:
        site.pausing.begin(user, kind, name, reason=reason, ends_at=ends_at, seen=seen)
    except NotPausedError:
        return "ended"
    except PauseChangedError as changed:
        if not _is_done(site, seen, (session.user.name, reason), ends_at):
            raise _conflict("Nothing was changed", changed, _LOOK) from None
    except OtherPauseError as other:
        raise _conflict("Nothing was changed", other, _LOOK) from None
    return "changed"


def _end(site: Site, request: WebRequest, session: UserSession) -> str:
    """Two who resume at once both read that it is paused no longer."""
    (kind, name), seen = _named(request), _seen(request)
    try:
        site.pausing.end(acting(session.user, "order.resume", Right.PAUSE), kind, name, seen=seen)
    except NotPausedError:
        return "over"
    except (PauseChangedError, OtherPauseError) as other:
        raise _conflict("Nothing was resumed", other, _LOOK) from None
    return "resumed"


def _is_done(site: Site, seen: SeenPause, said: tuple[str, str], ends_at: int) -> bool:
    """Whether this very change, by this user, is what became of the pause that was shown."""
    return any(
        each.pause_id == seen.pause_id
        and each.revision == (seen.revision or 0) + 1
        and (each.by, each.reason) == said
        and abs(each.ends_at - ends_at) < _DOUBLE_CLICK_SECONDS
        for each in site.pausing.records.active()
    )


def _seen(request: WebRequest) -> SeenPause:
    pause_id, revision = request.typed.get("pause_id", ""), request.typed.get("revision", "")
    if not pause_id or not (revision.isdecimal() and len(revision) < 10):
        raise _unfit("Load the page again: it does not say which pause it showed.")
    return SeenPause(pause_id=pause_id[:64], revision=int(revision))


def _reason(request: WebRequest) -> str:
    return reason_of(request, _MOST_REASON, _unfit, kept="with the orders that wait")


def _end_at(site: Site, request: WebRequest) -> int:
    minutes = request.typed.get("minutes", "")
    if not (minutes.isdecimal() and len(minutes) < 6 and 0 < int(minutes) <= MAX_DAYS * 24 * 60):
        raise _unfit(f"Say after how many minutes it ends, from 1 to {MAX_DAYS * 24 * 60:,}.")
    return site.now() + 60 * int(minutes)


def _conflict(title: str, error: OrderError, hint: str) -> RefusedError:
    """Gives the beginning of the error; the rest of it is for programs."""
    text = f"{error.message[:1].upper()}{error.message[1:].partition(';')[0]}. {hint}"
    return RefusedError(HTTPStatus.CONFLICT, title, text)


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
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "Nothing was paused or resumed", text)
