"""Pages of many orders at once: choose, look at the preview, run it, look at the run."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from lambdas.access.errors import NotAllowedError
from lambdas.bulk.errors import BulkRunNotFoundError, NothingToRunError, PreviewGoneError, TooManyOrdersError
from lambdas.desk.pages.bulk import preview_page, read_run, run_line
from lambdas.desk.pages.bulk_choice import ChoiceError, read_instruction, read_selection
from lambdas.desk.pages.bulk_form import choices_of, chosen_before
from lambdas.desk.pages.bulk_rights import may_bulk
from lambdas.desk.web.forms import reason_of, refuse_others
from lambdas.desk.web.refusal import Refusal, refusal_of, typed_in
from lambdas.desk.web.shell import page
from lambdas.desk.web.site import Site
from lambdas.orders.errors import InvalidOrderError, OrderError
from lambdas.records.users.rights import Right
from lambdas.records.users.sessions import UserSession
from lambdas.runtime.telemetry import logger
from lambdas.web.http import Answer, RefusedError, WebRequest, see_other

PATH = "/desk/bulk"
_TOKEN, _RUN = re.compile(r"[0-9a-f]{16}\.[0-9a-f]{32}"), re.compile(r"[0-9a-f]{16}")
_PLACE = re.compile(r"[0-9]{5}\.[0-9]{3}")
_LIST_PLACE = re.compile(r"[0-9]{11}\.[0-9a-f]{16}")
_MOST_REASON = 500
_BACK = ("Many orders", PATH)


def show_bulk(site: Site, request: WebRequest, session: UserSession, path: tuple[str, ...]) -> Answer:
    """`path`: below `/desk/bulk`. Raises RefusedError, OrderError."""
    _admit(session)
    match path:
        case ():
            return _choices(site, request, session, chosen_before(request.query))
        case ("previews", token) if _TOKEN.fullmatch(token):
            return _preview(site, request, session, token)
        case ("runs",):
            return _runs(site, request, session)
        case ("runs", run_id) if _RUN.fullmatch(run_id):
            return _run(site, request, session, run_id)
    raise _nothing_here()


def act_on_bulk(site: Site, request: WebRequest, session: UserSession, path: tuple[str, ...]) -> Answer:
    """As `show_bulk`, for what a page sends."""
    _admit(session)
    refuse_others(request, session)
    user = session.user
    try:
        match path:
            case ():
                return _begin(site, request, session)
            case ("previews", token, "continue") if _TOKEN.fullmatch(token):
                return see_other(f"{PATH}/previews/{site.previews.resume(user, token).token}")
            case ("previews", token, "run") if _TOKEN.fullmatch(token):
                return _start(site, request, session, token)
            case ("runs", run_id, "stop") if _RUN.fullmatch(run_id):
                site.runs.stop(
                    run_id, user, reason_of(request, _MOST_REASON, _unfit, kept="with the run", is_needed=False)
                )
                return see_other(f"{PATH}/runs/{run_id}")
            case ("runs", run_id, "continue") if _RUN.fullmatch(run_id):
                site.runs.resume(run_id, user)
                return see_other(f"{PATH}/runs/{run_id}")
    except OrderError as error:
        raise _refused(error) from None
    raise _nothing_here()


def _begin(site: Site, request: WebRequest, session: UserSession) -> Answer:
    typed = {name: value for name, value in request.typed.items() if name != "csrf"}
    try:
        instruction, selection = read_instruction(typed), read_selection(typed)
        made = site.previews.begin(session.user, instruction, selection)
    except ChoiceError as wrong:
        problem = str(wrong)
    except TooManyOrdersError as many:
        problem = _in_words(many)
    except InvalidOrderError as wrong:
        text = f"{'; '.join(problem.text for problem in wrong.problems)}."
        problem = f"{text[:1].upper()}{text[1:]}"
    else:
        return see_other(f"{PATH}/previews/{made.token}")
    kept = {
        **typed_in(request),
        "orders": typed.get("orders", ""),
    }  # many order numbers in a row may look like a card's
    return _choices(site, request, session, kept, refusal_of(_unfit(problem), PATH))


def _start(site: Site, request: WebRequest, session: UserSession, token: str) -> Answer:
    """Run what the preview showed. Without a reason that can be kept, the preview is shown again."""
    try:
        reason = reason_of(request, _MOST_REASON, _unfit, kept="with each order")
    except RefusedError as error:
        return _preview(site, request, session, token, refusal_of(error, f"{PATH}/previews/{token}"))
    run = site.runs.start(site.previews, token, session.user, reason)
    logger.info("bulk run begun at the desk", run=run.run_id, user=session.user.name)
    return see_other(f"{PATH}/runs/{run.run_id}")


def _choices(
    site: Site, request: WebRequest, session: UserSession, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Answer:
    choices = choices_of(site.desk, session.user)
    return page(site, request, session, "bulk.html", title="Many orders", choices=choices, typed=typed, refusal=refusal)


def _preview(
    site: Site, request: WebRequest, session: UserSession, token: str, refusal: Refusal | None = None
) -> Answer:
    try:
        found = site.previews.find(token, session.user.name)
    except PreviewGoneError as error:
        raise _refused(error) from None
    shown, typed = preview_page(found), typed_in(request) if refusal else {}
    return page(
        site, request, session, "bulk_preview.html", title="Preview", preview=shown, refusal=refusal, typed=typed
    )


def _runs(site: Site, request: WebRequest, session: UserSession) -> Answer:
    cursor = request.query.get("cursor", "")
    found, behind = site.runs.list_runs(session.user, behind=cursor if _LIST_PLACE.fullmatch(cursor) else "")
    lines = [run_line(site.runs.records, run, session.user) for run in found]
    return page(site, request, session, "bulk_runs.html", title="Runs", runs=lines, next_cursor=behind)


def _run(site: Site, request: WebRequest, session: UserSession, run_id: str) -> Answer:
    cursor = request.query.get("cursor", "")
    try:
        run = site.runs.get(run_id, session.user)
    except BulkRunNotFoundError as error:
        raise _refused(error) from None
    found = read_run(site.runs.records, run, session.user, cursor if _PLACE.fullmatch(cursor) else "")
    return page(site, request, session, "bulk_run.html", title=f"Run {run_id}", found=found)


def _admit(session: UserSession) -> None:
    if not may_bulk(session.user):
        raise NotAllowedError("order.bulk_preview", Right.BULK)


def _in_words(error: OrderError) -> str:
    if isinstance(error, PreviewGoneError):
        return "This preview is over, or it is another user's: it lasts half an hour. Look at a new one."
    if isinstance(error, NothingToRunError):
        return "There is no order that anything would be done with."
    if isinstance(error, BulkRunNotFoundError):
        return "There is no such run, or it has orders where you may not act on many."
    if isinstance(error, TooManyOrdersError):
        return f"{error.found_words} Narrow it by queue, step or times, and run one part after the other."
    return f"{error.message[:1].upper()}{error.message[1:]}."


def _refused(error: OrderError) -> RefusedError:
    logger.info("act on many orders refused", kind=error.kind)
    if isinstance(error, BulkRunNotFoundError):
        return RefusedError(HTTPStatus.NOT_FOUND, "Run not found", _in_words(error), ("Runs", f"{PATH}/runs"))
    return RefusedError(HTTPStatus.CONFLICT, "Nothing was done", _in_words(error), _BACK)


def _unfit(text: str) -> RefusedError:
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "Nothing was done", text, _BACK)


def _nothing_here() -> RefusedError:
    text = "There is no page at this address. Check that you copied all of it."
    return RefusedError(HTTPStatus.NOT_FOUND, "Page not found", text, _BACK)
