"""Which page a request is for."""

import json
from collections.abc import Callable
from http import HTTPStatus

from lambdas.forms.door import NEW, RESUME, RETURN, REVIEW, SIGN_IN, SIGN_OUT, WAIT, Door, as_it_stands, path_of
from lambdas.forms.fields.filled import read_page
from lambdas.forms.form import Form, Page
from lambdas.forms.pages import form_page, link_request, new_order, payment_page, resume, sign_in, unsubscribe
from lambdas.forms.pages.entrance import ENTRANCES
from lambdas.forms.pages.status_page import reply, status_page
from lambdas.forms.pages.summary import summary_of
from lambdas.forms.pages.templates import drawn, static_file
from lambdas.forms.save_page import previewed
from lambdas.forms.session.coupon_guesses import refuse_guesses
from lambdas.forms.session.csrf import refuse_card_numbers, refuse_other_sites
from lambdas.forms.session.session import Visit
from lambdas.forms.session.shown_price import stamp_of
from lambdas.forms.web import Answer, RefusedError, WebRequest, see_other
from lambdas.orders.contact.places import regions_of
from lambdas.orders.errors import NotAfterSubmitError, OrderIsFinalError, RevisionDiffersError
from lambdas.orders.submit_errors import SubmitInProgressError, TotalDiffersError
from lambdas.records.links.reminder_stop import PLACE as REMINDERS

PRICE, REGIONS, STATIC = "price", "regions", "static"
RESERVED = (WAIT, RETURN, NEW, REVIEW, SIGN_IN, SIGN_OUT, RESUME, PRICE, REGIONS)
"""Names a page of a form cannot have."""
NO_FORMS = (STATIC, REMINDERS)
"""Names a form cannot have."""

_SENT = (NotAfterSubmitError, OrderIsFinalError, SubmitInProgressError)


def routed(door: Door, request: WebRequest) -> Answer:
    """Raises RefusedError, and OrderError for what has no page of its own."""
    if request.path[-1:] != (RETURN,):  # that one leads back to the payment page
        refuse_card_numbers(*request.path, *request.query.values())
    entrance = ENTRANCES.get(request.path) if request.method == "GET" else None
    return entrance(door) if entrance else _routed(door, request)


def _routed(door: Door, request: WebRequest) -> Answer:
    match request.method, request.path:
        case method, ("orders", token):
            return reply(door, token, request) if method == "POST" else status_page(door, token)
        case method, ("forms", "reminders", token):
            return unsubscribe.take(door, token) if method == "POST" else unsubscribe.show(door, token)
        case "GET", ("forms", "static", name) if found := static_file(name):
            return found
        case "GET" | "POST" as method, ("forms", name, "resume", token) if form := door.forms.get(name):
            return (resume.resume if method == "POST" else resume.ask)(door, form, token, request)
        case _, ("forms", _, "resume", _):
            raise _form_gone()
        case "GET" | "POST" as method, ("forms", name) if form := door.forms.get(name):
            return _page(door, form, method, form.first, request)
        case method, ("forms", name, place) if form := door.forms.get(name):
            return _placed(door, form, method, place, request)
    raise _nothing_here()


def _placed(door: Door, form: Form, method: str, place: str, request: WebRequest) -> Answer:
    gets: dict[str, Callable[[Visit], Answer]] = {
        WAIT: lambda visit: payment_page.wait(door, form, visit, request),
        RETURN: lambda visit: payment_page.came_back(door, form, visit, request),
        REVIEW: lambda visit: payment_page.review(door, form, visit),
    }
    if method == "GET" and place in gets:
        return gets[place](door.visit(form, request))
    if method == "POST" and place in (SIGN_IN, RESUME):
        refuse_card_numbers(*request.typed.values())
    if method == "GET" and place in _GETS:
        return _GETS[place](door, form, request)
    if method == "POST" and place in _POSTS:
        return _POSTS[place](door, form, request)
    page = form.page(place)
    if page is None:
        raise _nothing_here()
    return _page(door, form, method, page, request)


def _page(door: Door, form: Form, method: str, page: Page, request: WebRequest) -> Answer:
    """A page of the form, to be filled in or sent."""
    if method == "POST":
        return _taken(door, form, page, request)
    return form_page.show(door, form, page, door.visit(form, request), request)


def _taken(door: Door, form: Form, page: Page, request: WebRequest) -> Answer:
    """A page that was sent."""
    visit = door.visit(form, request)
    refuse_other_sites(request, visit)
    if visit.order is None and page != form.first:
        return see_other(path_of(form, form.first))
    if visit.order is not None and not visit.order.is_lead:
        return as_it_stands(door, form, visit, visit.order)
    if visit.link:
        door.links.note(visit.link, "")
    try:
        return _sent(door, form, page, visit, request)
    except (RevisionDiffersError, TotalDiffersError):
        return payment_page.shown_again(door, form, request)
    except _SENT:  # another tab or the clock was quicker: look again how the order stands
        visit = door.visit(form, request)
        return as_it_stands(door, form, visit, visit.order) if visit.order else see_other(path_of(form, form.first))


def _sent(door: Door, form: Form, page: Page, visit: Visit, request: WebRequest) -> Answer:
    """What becomes of the page. Raises RevisionDiffersError, TotalDiffersError where it is paid and showed something else."""
    visit, again = form_page.take(door, form, page, visit, request)
    if again:
        return again
    if page.payment and visit.order:
        return payment_page.pay(door, form, visit, visit.order, request)
    return see_other(path_of(form, form.after(page)))


def _price(door: Door, form: Form, request: WebRequest) -> Answer:
    """The summary as what is typed on a page would make it; nothing is kept."""
    visit = door.visit(form, request)
    refuse_other_sites(request, visit)
    page = form.page(request.query.get("page", "")) or form.first
    filled = read_page(form, page, request.typed, door.given(visit.order))
    refuse_guesses(door, form, visit, filled.changes, request)
    order = previewed(door, form, visit.order, filled.changes)
    return Answer(
        HTTPStatus.OK, drawn("summary.html", summary=summary_of(order), page=page, seen=stamp_of(visit, order), was="")
    )


def _regions(door: Door, form: Form, request: WebRequest) -> Answer:
    """The regions of a country, by code; none where its addresses carry none."""
    found = regions_of(request.query.get("country", ""))
    return Answer(HTTPStatus.OK, json.dumps(found), "application/json", cache="public, max-age=86400")


_GETS: dict[str, Callable[[Door, Form, WebRequest], Answer]] = {
    SIGN_IN: sign_in.show,
    RESUME: link_request.show,
    NEW: new_order.ask,
    REGIONS: _regions,
}
_POSTS: dict[str, Callable[[Door, Form, WebRequest], Answer]] = {
    SIGN_IN: sign_in.take,
    SIGN_OUT: sign_in.sign_out,
    RESUME: link_request.take,
    NEW: new_order.take,
    WAIT: payment_page.look_again,
    PRICE: _price,
}


def _nothing_here() -> RefusedError:
    text = "There is no page at this address. Look whether it was copied whole."
    return RefusedError(HTTPStatus.NOT_FOUND, "Nothing here", text)


def _form_gone() -> RefusedError:
    """A link that was mailed before its form was taken away; the order is still there."""
    text = "The order form behind this link is not offered any more. Write to us if you want to go on with your order."
    return RefusedError(HTTPStatus.GONE, "This order form is closed", text, ("All order forms", "/forms"))
