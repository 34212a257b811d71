"""Resume links: somebody goes on with an order where it stood, on whatever device.

Looking at a link changes nothing, for programs that look through mails follow links. The page says whose order it is; its
button begins a visit here and closes the order's other ones, so that nobody else reads what whoever got the mail writes.
"""

from dataclasses import replace
from http import HTTPStatus

from lambdas.forms.door import NEW, RESUME, SIGN_IN, Door, as_it_stands, path_of, proves
from lambdas.forms.form import Form
from lambdas.forms.pages.amounts import day_of
from lambdas.forms.pages.question import question
from lambdas.forms.session.csrf import refuse_other_sites
from lambdas.forms.session.session import Visit, new_visit
from lambdas.forms.web import Answer, RefusedError, WebRequest, see_other
from lambdas.mail.link_mail import address_of
from lambdas.orders.model.order import Order
from lambdas.records.links.link import Link, LinkPurpose
from lambdas.runtime.observe import MetricUnit, metrics


def ask(door: Door, form: Form, token: str, request: WebRequest) -> Answer:
    """Whose order it is, and a button to go on with it. A browser that has the order open is led to where it stands.

    Raises RefusedError for a link that opens nothing.
    """
    _, order = _opened(door, form, token)
    visit = door.any_visit(form, request)
    if _has(visit, order):
        return _led_on(door, form, visit, order)
    whose = "belongs to a client's account" if order.client_id else f"was begun for {address_of(order) or 'nobody yet'}"
    texts = (
        f"It {whose}, on {day_of(order.ts)}. If you continue it here, it is closed in every other browser.",
        "If that is not you, or you began no order, leave it alone and begin one of your own.",
    )
    return question(
        door, form, visit, request,
        title=f"Continue order {order.order_id}?", texts=texts, button=f"Continue order {order.order_id}",
        action=f"{path_of(form, RESUME)}/{token}", other=("Begin a new order", path_of(form, NEW)),
    )  # fmt: skip


def resume(door: Door, form: Form, token: str, request: WebRequest) -> Answer:
    """Begin a visit of the link's order in this browser, unless it has one, and lead to where the order stands.

    Raises RefusedError for what another site sends, and for a link that opens nothing.
    """
    visit = door.any_visit(form, request)
    link, order = _opened(door, form, token)
    if _has(visit, order):
        return _led_on(door, form, visit, order)
    refuse_other_sites(request, visit)
    begun = new_visit(door.signer)
    made = door.visits.begin(begun.token, link, door.now(), client_id=order.client_id)
    door.counts.returned(form, order.order_id)
    visit = replace(begun, link=made, order=order)
    return _led_on(door, form, visit, order, visit.cookies(form, request))


def _led_on(door: Door, form: Form, visit: Visit, order: Order, cookies: tuple[str, ...] = ()) -> Answer:
    if visit.is_locked:
        return see_other(path_of(form, SIGN_IN), cookies)
    answer = as_it_stands(door, form, visit, order)
    return see_other(answer.location, cookies)


def _opened(door: Door, form: Form, token: str) -> tuple[Link, Order]:
    """The link of this token and its order, which has the address still that the link was mailed to."""
    link = door.links.opened(token, LinkPurpose.RESUME, door.now())
    order = door.service.get(order_id=link.order_id) if link and link.form == form.name else None
    if link is None or order is None or not proves(link, order):
        raise link_refused(door, form)
    return link, order


def _has(visit: Visit, order: Order) -> bool:
    return visit.order is not None and visit.order.order_id == order.order_id


def link_refused(door: Door, form: Form | None = None) -> RefusedError:
    """The same words for a link that never was, is over or was withdrawn. Counted: many of them are guesses."""
    metrics.add_metric("LinksRefused", MetricUnit.Count, 1)
    text = "It has expired, was withdrawn, or was not copied whole. Write to us, and we send you a new one."
    anew = ("Get a new link by e-mail", path_of(form, RESUME)) if form else None
    return RefusedError(HTTPStatus.GONE, "This link does not open anything any more", text, anew)
