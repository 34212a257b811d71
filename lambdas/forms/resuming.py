"""Resume links: somebody goes on with an order where it stood, on whatever device."""

from dataclasses import replace
from http import HTTPStatus

from lambdas.forms.door import Door, as_it_stands, path_of
from lambdas.forms.form import Form
from lambdas.forms.visit import new_visit
from lambdas.forms.wanting import WANTING
from lambdas.forms.web import Answer, RefusedError, WebRequest
from lambdas.records.link import LinkPurpose


def resume(door: Door, form: Form, token: str, request: WebRequest) -> Answer:
    """Begins a visit of the link's order on this browser, unless it has one, and leads to where the order stands."""
    link = door.links.opened(token, LinkPurpose.RESUME, door.now())
    if link is None or link.form != form.name:
        raise link_refused(door, form)
    order = door.service.get(order_id=link.order_id)
    door.counts.returned(form, order.order_id)
    visit = door.visit(form, request)
    if visit.order is None or visit.order.order_id != order.order_id:
        visit = new_visit()
        made = door.links.make(
            visit.token, LinkPurpose.VISIT, order.order_id,
            now=door.now(), form=form.name, by=f"link {link.link_id}", parent=link,
        )  # fmt: skip
        visit = replace(visit, order=order, link=made)
    answer = as_it_stands(door, form, visit, order)
    return replace(answer, cookies=visit.cookies(form, request))


def link_refused(door: Door, form: Form | None = None) -> RefusedError:
    """The same words for a link that never was, is over or was withdrawn."""
    text = "It has expired, was withdrawn, or was not copied whole. Write to us, and we send you a new one."
    anew = ("Get a new link by e-mail", path_of(form, WANTING)) if form else None
    return RefusedError(HTTPStatus.GONE, "This link does not open anything any more", text, anew)
