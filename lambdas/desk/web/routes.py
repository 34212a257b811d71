"""Routes a request to its page or act."""

import re
from http import HTTPStatus

from lambdas.desk.acts.carry_out import NOTICES, carry_out
from lambdas.desk.acts.seen import changes_since
from lambdas.desk.acts.wish import Wish
from lambdas.desk.drawing import WEB
from lambdas.desk.pages.board import read_board
from lambdas.desk.pages.order_list import read_orders
from lambdas.desk.pages.order_page import OrderPageView, read_order, view_of
from lambdas.desk.pages.search import find_orders
from lambdas.desk.pages.worklist import read_worklist
from lambdas.desk.web import sign_in
from lambdas.desk.web.cookies import end_cookie, session_token
from lambdas.desk.web.forms import CSRF, refuse_others
from lambdas.desk.web.shell import page
from lambdas.desk.web.site import Site
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.errors import OrderError, RevisionDiffersError
from lambdas.records.users.sessions import UserSession
from lambdas.runtime.telemetry import logger
from lambdas.web.http import Answer, RefusedError, WebRequest, see_other

PART = "part"
"""The query of a page that its script asks for: the content alone, and no sign that somebody uses the session."""
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_OWN_INPUTS = (CSRF, "revision", "seen", "action_id", "wait", "once")
_WAIT = re.compile(r"[a-z0-9_]{0,40}")


def route(site: Site, request: WebRequest) -> Answer:
    """Raises RefusedError, and OrderError for what has no page of its own."""
    match request.method, request.path:
        case "GET", ("desk", "static", name) if found := WEB.static_file(name):
            return found
        case "GET", ("desk", "sign-in"):
            return sign_in.show(site, request)
        case "GET", ("desk", "enter", link) if site.links:
            return sign_in.enter(site, site.links, request, link)
        case "POST", ("desk", "sign-in"):
            return sign_in.take(site, request)
    token = session_token(request)
    session = site.sessions.find(token, site.now()) if token else None
    if session is None:
        return _signed_out(request)
    if PART not in request.query:
        site.sessions.note_use(session, site.now())
    allowance = site.limits.count_call(session.user.name, session.user.calls_per_minute)
    if allowance:
        allowance.check()
    return _post(site, request, session) if request.method == "POST" else _get(site, request, session)


def _signed_out(request: WebRequest) -> Answer:
    if PART in request.query:
        return Answer(HTTPStatus.UNAUTHORIZED)
    answer = sign_in.to_sign_in(request)
    return see_other(answer.location, (end_cookie(request),)) if session_token(request) else answer


def _get(site: Site, request: WebRequest, session: UserSession) -> Answer:
    desk, user = site.desk, session.user
    match request.path:
        case ("desk",) | ("desk", "worklist"):
            work = read_worklist(desk, user, request.query.get("whose", ""), request.query.get("cursor", ""))
            return page(
                site, request, session, "worklist.html", title="Worklist", work=work, typed={}, wish=None, once=""
            )
        case ("desk", "board"):
            return page(site, request, session, "board.html", title="Board", queues=read_board(desk, user))
        case ("desk", "queues", queue, step) if _NUMBER.fullmatch(queue) and _NUMBER.fullmatch(step):
            found = read_orders(desk, user, int(queue), int(step), request.query.get("cursor", ""))
            return page(site, request, session, "orders.html", title=f"{found.step}, {found.queue}", list=found)
        case ("desk", "find"):
            return _find(site, request, session)
        case ("desk", "orders", order_id) if _NUMBER.fullmatch(order_id):
            return _order(site, request, session, order_id)
    raise _nothing_here()


def _find(site: Site, request: WebRequest, session: UserSession) -> Answer:
    """Orders that match. One whose number was typed is opened at once."""
    query = request.query.get("q", "")
    if has_card_number(query):
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "Nothing was searched for", "Card numbers find no order.")
    found = find_orders(site.desk, session.user, query, request.query.get("cursor", ""))
    if found.only and PART not in request.query and not request.query.get("cursor"):
        return see_other(f"/desk/orders/{found.only}")
    return page(site, request, session, "found.html", title="Find orders", found=found)


def _order(site: Site, request: WebRequest, session: UserSession, order_id: str) -> Answer:
    view = read_order(site.desk, session.user, order_id)
    notice = NOTICES.get(request.query.get("done", ""), "")
    return page(
        site,
        request,
        session,
        "order.html",
        title=f"Order {order_id}",
        order=view,
        notice=notice,
        changed=None,
        typed={},
        wish=None,
        once=_once(session, view),
    )


def _post(site: Site, request: WebRequest, session: UserSession) -> Answer:
    match request.path:
        case ("desk", "sign-out"):
            return sign_in.sign_out(site, request, session)
        case ("desk", "orders", order_id, what) if _NUMBER.fullmatch(order_id):
            refuse_others(request, session)
            return _act(site, request, session, _wish(request, order_id, what))
    raise _nothing_here()


def _wish(request: WebRequest, order_id: str, what: str) -> Wish:
    revision, action_id = request.typed.get("revision", ""), request.typed.get("action_id", "0")
    if not _NUMBER.fullmatch(revision) or not re.fullmatch(r"[0-9]{1,12}", action_id):
        text = (
            "The button did not say which version of the order it was about, so nothing was done. Load the order again."
        )
        raise RefusedError(HTTPStatus.BAD_REQUEST, "Nothing was done", text, ("Order", f"/desk/orders/{order_id}"))
    wait = request.typed.get("wait", "")
    if not _WAIT.fullmatch(wait):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "Nothing was done", "The button did not say what it was about.")
    typed = {name: value for name, value in request.typed.items() if name not in _OWN_INPUTS}
    once = request.typed.get("once", "")
    return Wish(
        what=what,
        order_id=order_id,
        revision=int(revision),
        action_id=int(action_id),
        wait=wait,
        typed=typed,
        once=once,
    )


def _act(site: Site, request: WebRequest, session: UserSession, wish: Wish) -> Answer:
    place = f"/desk/orders/{wish.order_id}"
    try:
        carry_out(site.desk, session.user, wish)
    except RevisionDiffersError:
        return _outdated(site, request, session, wish)
    except RefusedError as refused:
        raise RefusedError(refused.status, refused.title, refused.text, ("Back to the order", place)) from None
    except OrderError as error:
        logger.info("act refused", kind=error.kind, act=wish.what, order_id=wish.order_id)
        text = f"{error.message[:1].upper()}{error.message[1:]}."
        raise RefusedError(HTTPStatus.CONFLICT, "Not done", text, ("Back to the order", place)) from None
    logger.info("act carried out", act=wish.what, user=session.user.name, order_id=wish.order_id)
    return see_other(f"{place}?done={wish.what}")


def _outdated(site: Site, request: WebRequest, session: UserSession, wish: Wish) -> Answer:
    """The order as it is now, what changed, and what was typed. Nothing was done."""
    order = site.desk.order(session.user, wish.order_id)
    changed = changes_since(request.typed.get("seen", ""), order)
    if order.changed_how:
        changed.append(f"The last change was made by {order.changed_by or 'the system'}: {order.changed_how}.")
    view = view_of(site.desk, session.user, order)
    answer = page(
        site,
        request,
        session,
        "order.html",
        title=f"Not done: order {order.order_id} changed",
        order=view,
        notice="",
        changed=changed,
        typed=wish.typed,
        wish=wish,
        once=_once(session, view),
    )
    return Answer(HTTPStatus.CONFLICT, answer.body)


def _once(session: UserSession, view: OrderPageView) -> str:
    """The key of a message: the same until another one was posted, so that a double click makes one."""
    return session.derived(f"once:{view.order_id}:{view.latest_post_id}")


def _nothing_here() -> RefusedError:
    text = "There is no page at this address. Check that you copied all of it."
    return RefusedError(HTTPStatus.NOT_FOUND, "Page not found", text, ("Order desk", "/desk"))
