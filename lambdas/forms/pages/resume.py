"""Resume links: continue an order where it stopped, on any device.

Opening a link changes nothing, because mail scanners follow links. The page says whose order it is. Its button begins a
session here and closes the order's other sessions, so that nobody else can read what the recipient of the mail enters.
"""

from dataclasses import replace
from http import HTTPStatus

from lambdas.forms.form import Form
from lambdas.forms.pages.amounts import day_of
from lambdas.forms.pages.question import question
from lambdas.forms.session.csrf import refuse_other_sites
from lambdas.forms.session.proved_address import prove
from lambdas.forms.session.session import Session, new_session
from lambdas.forms.shop import NEW, RESUME, SIGN_IN, Shop, path_of, redirect_to_order
from lambdas.languages.texts import _, joined
from lambdas.mail.link_mail import address_of, has_current_address
from lambdas.orders.model.order import Order
from lambdas.records.links.link import Link, LinkPurpose
from lambdas.runtime.telemetry import MetricUnit, metrics
from lambdas.web.http import Answer, RefusedError, WebRequest, see_other


def ask(shop: Shop, form: Form, token: str, request: WebRequest) -> Answer:
    """Show whose order it is and a button to continue it. A browser that already has the order is led to its page.

    Raises RefusedError for a link that is not open.
    """
    link, order = _open_link(shop, form, token)
    session = shop.any_session(form, request)
    if _has_order(session, order):  # no mail scanner has this cookie, so it was the buyer who opened the mail
        return _continue_order(shop, form, session, prove(shop, link, order))
    texts = (
        joined(_whose(order), _("If you continue it here, it closes in every other browser.")),
        _("If this is not your order, leave it and begin a new one."),
    )
    return question(
        shop, form, session, request,
        title=_("Continue order {order_id}?", order_id=order.reference), texts=texts,
        button=_("Continue order {order_id}", order_id=order.reference),
        action=f"{path_of(form, RESUME)}/{token}", other=(_("Begin a new order"), path_of(form, NEW)),
    )  # fmt: skip


def _whose(order: Order) -> str:
    day = day_of(order.ts)
    if order.client_id:
        return _("It belongs to a client's account and was begun on {day}.", day=day)
    if address := address_of(order):
        return _("It was begun for {address} on {day}.", address=address, day=day)
    return _("It was begun on {day}.", day=day)


def resume(shop: Shop, form: Form, token: str, request: WebRequest) -> Answer:
    """Begin a session of the link's order in this browser, unless it has one, and lead to the order's page.

    Raises RefusedError if another site sent the request, or for a link that is not open.
    """
    session = shop.any_session(form, request)
    link, order = _open_link(shop, form, token)
    if _has_order(session, order):
        return _continue_order(shop, form, session, prove(shop, link, order))
    refuse_other_sites(request, session)
    begun = new_session(shop.signer)
    made = shop.sessions.begin(begun.token, link, shop.now(), client_id=order.client_id)
    shop.counts.count_returned(form, order.order_id)
    order = prove(shop, link, order)
    session = replace(begun, link=made, order=order)
    return _continue_order(shop, form, session, order, session.cookies(form, request))


def _continue_order(shop: Shop, form: Form, session: Session, order: Order, cookies: tuple[str, ...] = ()) -> Answer:
    if session.is_locked:
        return see_other(path_of(form, SIGN_IN), cookies)
    answer = redirect_to_order(shop, form, session, order)
    return see_other(answer.location, cookies)


def _open_link(shop: Shop, form: Form, token: str) -> tuple[Link, Order]:
    """Find the open link of this token, and its order, which must still have the address that the link was mailed to."""
    link = shop.links.find_open(token, LinkPurpose.RESUME, shop.now())
    order = shop.service.get(order_id=link.order_id) if link and link.form == form.name else None
    if link is None or order is None or not has_current_address(link, order):
        raise link_refused(shop, form)
    return link, order


def _has_order(session: Session, order: Order) -> bool:
    return session.order is not None and session.order.order_id == order.order_id


def link_refused(shop: Shop, form: Form | None = None) -> RefusedError:
    """The same refusal for an unknown, expired or withdrawn link. It is counted, because many of them are guesses."""
    metrics.add_metric("LinksRefused", MetricUnit.Count, 1)
    text = _("It may have expired, been withdrawn or been cut off. Contact us for a new one.")
    anew = (_("Get a new link by email"), path_of(form, RESUME)) if form else None
    return RefusedError(HTTPStatus.GONE, _("This link no longer works"), text, anew)
