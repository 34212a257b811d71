"""Routes a request to its page or act."""

import re
from http import HTTPStatus

from lambdas.desk.drawing import WEB
from lambdas.desk.pages.board import read_board
from lambdas.desk.pages.history import read_whole_history
from lambdas.desk.pages.order_list import read_orders
from lambdas.desk.pages.search import find_orders
from lambdas.desk.pages.worklist import read_worklist
from lambdas.desk.web import acting, order_pages, sign_in
from lambdas.desk.web.cookies import end_cookie, session_token
from lambdas.desk.web.forms import refuse_others
from lambdas.desk.web.many import answer_about_many
from lambdas.desk.web.shell import page
from lambdas.desk.web.site import Site
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.records.users.sessions import UserSession
from lambdas.web.http import Answer, RefusedError, WebRequest, see_other

PART = "part"
"""The query of a page that its script asks for: the content alone, and no sign that somebody uses the session."""
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


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
    answer = _post if request.method == "POST" else _get
    return answer_about_many(site, request, session) or answer(site, request, session)


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
            notice = order_pages.notice_of_worklist(request)
            return page(
                site, request, session, "worklist.html", title="Worklist", work=work, notice=notice, back=work.whose
            )
        case ("desk", "board"):
            return page(site, request, session, "board.html", title="Board", queues=read_board(desk, user))
        case ("desk", "queues", queue, step) if _NUMBER.fullmatch(queue) and _NUMBER.fullmatch(step):
            found = read_orders(desk, user, int(queue), int(step), request.query.get("cursor", ""))
            return page(site, request, session, "orders.html", title=f"{found.step}, {found.queue}", list=found)
        case ("desk", "find"):
            return _find(site, request, session)
        case ("desk", "orders", order_id, *rest) if _NUMBER.fullmatch(order_id):
            return _of_order(site, request, session, order_id, tuple(rest))
    raise _nothing_here()


def _of_order(site: Site, request: WebRequest, session: UserSession, order_id: str, rest: tuple[str, ...]) -> Answer:
    match rest:
        case ():
            return order_pages.show(site, request, session, order_id)
        case ("history",):
            history = read_whole_history(site.desk, session.user, order_id, request.query.get("cursor", ""))
            return page(site, request, session, "history.html", title=f"History of order {order_id}", history=history)
        case ("files", file) if _NUMBER.fullmatch(file):
            return order_pages.download(site, session, order_id, file)
        case ("invoices", *name) if len(name) <= 1:
            if answer := order_pages.show_documents(site, session, order_id, *name):
                return answer
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


def _post(site: Site, request: WebRequest, session: UserSession) -> Answer:
    match request.path:
        case ("desk", "sign-out"):
            return sign_in.sign_out(site, request, session)
        case ("desk", "orders", order_id, what) if _NUMBER.fullmatch(order_id):
            refuse_others(request, session)
            return acting.act(site, request, session, acting.wish_of(request, order_id, what))
    raise _nothing_here()


def _nothing_here() -> RefusedError:
    text = "There is no page at this address. Check that you copied all of it."
    return RefusedError(HTTPStatus.NOT_FOUND, "Page not found", text, ("Order desk", "/desk"))
