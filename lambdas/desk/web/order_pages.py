"""Pages of one order: as it is, as it was, after an act that was refused; and files of its messages."""

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from lambdas.desk.acts.carry_out import NOTICES
from lambdas.desk.acts.wish import Wish
from lambdas.desk.pages.documents import documents_of
from lambdas.desk.pages.files import read_file
from lambdas.desk.pages.order_page import OrderPageView, read_order, read_order_as_it_was, view_of
from lambdas.desk.web.refusal import Refusal, without_cards
from lambdas.desk.web.shell import page
from lambdas.desk.web.site import Site
from lambdas.documents.answers import document_answer, list_answer
from lambdas.documents.language import language_of_document
from lambdas.languages.language import SOURCE, speaking
from lambdas.orders.model.order import Order
from lambdas.records.users.sessions import UserSession
from lambdas.web.downloads import download_headers
from lambdas.web.http import Answer, WebRequest


def show(site: Site, request: WebRequest, session: UserSession, order_id: str) -> Answer:
    """The order; with `at`, as it was at that revision or time."""
    at = request.query.get("at", "")
    if at:
        view = read_order_as_it_was(site.desk, session.user, order_id, at)
        return _page(site, request, session, view, title=f"Order {order_id} as it was")
    notice = NOTICES.get(request.query.get("done", ""), "")
    view = read_order(site.desk, session.user, order_id)
    return _page(site, request, session, view, title=f"Order {order_id}", notice=notice)


def show_refused(
    site: Site, request: WebRequest, session: UserSession, *, order: Order, wish: Wish, refusal: Refusal
) -> Answer:
    """The order as it is now, why nothing was done, and what was typed, but no card number."""
    view = view_of(site.desk, session.user, order)
    title = f"Not done: order {order.order_id}"
    typed = without_cards(wish.typed)
    return _page(site, request, session, view, title=title, refusal=refusal, typed=typed, wish=wish)


def download(site: Site, session: UserSession, order_id: str, attach_id: str) -> Answer:
    """A file of a message, to save. Its type is that of our table of kinds, whatever its sender called it."""
    file, content = read_file(site.desk, session.user, order_id, attach_id)
    headers = download_headers(file.name)
    return Answer(HTTPStatus.OK, content_type=file.content_type, headers=headers, content=content)


def show_documents(site: Site, session: UserSession, order_id: str, name: str = "") -> Answer | None:
    """The list of the order's invoices and credit notes, or the one with this name. None: it has no such document."""
    found = documents_of(site.desk, session.user, order_id)
    to_order, path = (f"Order {order_id}", f"/desk/orders/{order_id}"), f"/desk/orders/{order_id}/invoices"
    if not name:
        return list_answer(found, order_id, path, (to_order,))
    desk, back = site.desk, (to_order, ("All invoices", path))
    with speaking(language_of_document(found[0], desk.service.orders.get, desk.languages) if found else SOURCE):
        return document_answer(found, unquote(name), path, back, electronic=desk.electronic_invoices)


def notice_of_worklist(request: WebRequest) -> str:
    """The sentence after an act on a row of the worklist; or empty."""
    done, order_id = NOTICES.get(request.query.get("done", "")), request.query.get("order", "")
    return f"Order {order_id}: {done}" if done and re.fullmatch(r"[0-9]{1,18}", order_id) else ""


def _page(
    site: Site, request: WebRequest, session: UserSession, view: OrderPageView, *, title: str, **values: Any
) -> Answer:
    once = session.derived(f"once:{view.order_id}:{view.latest_post_id}")  # the same until another message was posted
    shown = {"notice": "", **values}
    return page(
        site, request, session, "order.html", title=title, order=view, once=once, is_live=not view.as_of, **shown
    )
