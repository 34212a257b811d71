"""Routes a request to its page."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from lambdas.forms.checkout.review import order_button
from lambdas.forms.domains.look import show_looked_up
from lambdas.forms.fields.contact import PhoneField
from lambdas.forms.fields.filled import read_page
from lambdas.forms.fields.views import field_views
from lambdas.forms.form import Form, Page
from lambdas.forms.pages import (
    changed_order,
    form_page,
    leaving,
    link_request,
    new_order,
    payment_page,
    resume,
    sign_in,
    unsubscribe,
)
from lambdas.forms.pages.entrance import ENTRANCES
from lambdas.forms.pages.look import look
from lambdas.forms.pages.templates import drawn, static_file
from lambdas.forms.pages.under_review import show_review
from lambdas.forms.preselection import with_link_coupon
from lambdas.forms.save_page import preview_order
from lambdas.forms.session.coupon_guesses import refuse_guesses
from lambdas.forms.session.csrf import refuse_card_numbers, refuse_other_sites
from lambdas.forms.session.session import Session
from lambdas.forms.session.shown_price import stamp_of
from lambdas.forms.shop import NEW, RESUME, RETURN, REVIEW, SIGN_IN, SIGN_OUT, WAIT, Shop, path_of, redirect_to_order
from lambdas.forms.status.status_page import reply, status_page
from lambdas.languages.texts import _
from lambdas.orders.errors import NotAfterSubmitError, OrderIsFinalError, RevisionDiffersError
from lambdas.orders.submit_errors import SubmitInProgressError, TotalDiffersError
from lambdas.records.links.reminder_stop import PLACE as REMINDERS
from lambdas.web.http import Answer, RefusedError, WebRequest, see_other

PRICE, ADDRESS, STATIC = "price", "address", "static"
RESERVED = (WAIT, RETURN, NEW, REVIEW, SIGN_IN, SIGN_OUT, RESUME, PRICE, ADDRESS)
"""Names a page of a form cannot have."""
NO_FORMS = (STATIC, REMINDERS)
"""Names a form cannot have."""

_SUBMITTED_MEANWHILE = (NotAfterSubmitError, OrderIsFinalError, SubmitInProgressError)


def route(shop: Shop, request: WebRequest) -> Answer:
    """Raises RefusedError, and OrderError for what has no page of its own."""
    if request.path[-1:] != (RETURN,):  # that one leads back to the payment page
        refuse_card_numbers(*request.path, *request.query.values())
    entrance = ENTRANCES.get(request.path) if request.method == "GET" else None
    return entrance(shop, request) if entrance else _route_path(shop, request)


def _route_path(shop: Shop, request: WebRequest) -> Answer:
    match request.method, request.path:
        case method, ("orders", token):
            return reply(shop, token, request) if method == "POST" else status_page(shop, token, request)
        case method, ("forms", "reminders", token):
            return unsubscribe.take(shop, token) if method == "POST" else unsubscribe.show(shop, token)
        case "GET", ("forms", "static", name) if found := static_file(name) or shop.looks.file(name):
            return found
        case "GET" | "POST" as method, ("forms", name, "resume", token) if form := shop.forms.get(name):
            return (resume.resume if method == "POST" else resume.ask)(shop, form, token, request)
        case _any, ("forms", _name, "resume", _token):
            raise _form_gone()
        case "GET" | "POST" as method, ("forms", name) if form := shop.forms.get(name):
            return _show_or_take(shop, form, method, form.first, request)
        case method, ("forms", name, place) if form := shop.forms.get(name):
            return _route_place(shop, form, method, place, request)
    raise _nothing_here()


def _route_place(shop: Shop, form: Form, method: str, place: str, request: WebRequest) -> Answer:
    gets: dict[str, Callable[[Session], Answer]] = {
        WAIT: lambda session: payment_page.show_wait(shop, form, session, request),
        RETURN: lambda session: payment_page.on_return(shop, form, session, request),
        REVIEW: lambda session: show_review(shop, form, session),
    }
    if method == "GET" and place in gets:
        return gets[place](shop.session_of(form, request))
    if method == "POST" and place in (SIGN_IN, RESUME):
        refuse_card_numbers(*request.typed.values())
    if method == "GET" and place in _GETS:
        return _GETS[place](shop, form, request)
    if method == "POST" and place in _POSTS:
        return _POSTS[place](shop, form, request)
    page = form.page(place)
    if page is None:
        raise _nothing_here()
    return _show_or_take(shop, form, method, page, request)


def _show_or_take(shop: Shop, form: Form, method: str, page: Page, request: WebRequest) -> Answer:
    """Show a page of the form, or take it when it was sent."""
    if method == "POST":
        return _take_page(shop, form, page, request)
    return form_page.show(shop, form, page, shop.session_of(form, request), request)


def _take_page(shop: Shop, form: Form, page: Page, request: WebRequest) -> Answer:
    """Take a page that was sent: save it, or lead to where its order is."""
    session = shop.session_of(form, request)
    refuse_other_sites(request, session)
    if session.order is None and page != form.first:
        return see_other(path_of(form, form.first))
    if session.order is not None and not session.order.is_lead:
        return redirect_to_order(shop, form, session, session.order)
    if session.link:
        shop.links.note(session.link, "")
    try:
        return _save_and_continue(shop, form, page, session, request)
    except (RevisionDiffersError, TotalDiffersError):
        return changed_order.show_again(shop, form, request)
    except _SUBMITTED_MEANWHILE:  # another tab or the clock was quicker: look again how the order stands
        session = shop.session_of(form, request)
        return (
            redirect_to_order(shop, form, session, session.order)
            if session.order
            else see_other(path_of(form, form.first))
        )


def _save_and_continue(shop: Shop, form: Form, page: Page, session: Session, request: WebRequest) -> Answer:
    """Save the page, then pay or continue. Raises RevisionDiffersError, TotalDiffersError if it showed another order or price."""
    left = leaving.show_in_language(shop, form, page, session, request)
    left = left or show_looked_up(shop, form, page, session, request)
    if left := left or leaving.leave(shop, form, page, session, request):
        return left
    session, again = form_page.take(shop, form, page, session, request)
    if again:
        return again
    if page.payment and session.order:
        return payment_page.pay(shop, form, session, session.order, request)
    return see_other(path_of(form, form.after(page)))


def _price(shop: Shop, form: Form, request: WebRequest) -> Answer:
    """The summary with the entries of a page applied. Nothing is saved."""
    session = shop.session_of(form, request)
    refuse_other_sites(request, session)
    page = form.page(request.query.get("page", "")) or form.first
    filled = read_page(form, page, request.typed, shop.input_of(form, session.order))
    filled = with_link_coupon(form, page, filled, request.typed)
    refuse_guesses(shop, form, session, filled.changes, request)
    order = preview_order(shop, form, session.order, filled.changes)
    body = drawn(
        "summary.html",
        summary=form_page.summarize(shop, form, order),
        page=page,
        seen=stamp_of(session, order),
        was="",
        order_button=order_button(form, page, order),
    )
    return Answer(HTTPStatus.OK, body)


def _address(shop: Shop, form: Form, request: WebRequest) -> Answer:
    """The address fields of a page as a country has them, without values, and hints on its telephone numbers. It is the same for
    everybody."""
    page = form.page(request.query.get("page", "")) or form.first
    given = replace(shop.input_of(form, None), info={"country": request.query.get("country", "")[:60]})
    fields = [field for field in field_views(form, page, given) if field.is_address]
    hints = {field.name: field.hint(given) for field in page.fields if isinstance(field, PhoneField)}
    return Answer(HTTPStatus.OK, drawn("address.html", fields=fields, hints=hints), cache="public, max-age=3600")


_GETS: dict[str, Callable[[Shop, Form, WebRequest], Answer]] = {
    SIGN_IN: sign_in.show,
    RESUME: link_request.show,
    NEW: new_order.ask,
    ADDRESS: _address,
}
_POSTS: dict[str, Callable[[Shop, Form, WebRequest], Answer]] = {
    SIGN_IN: sign_in.take,
    SIGN_OUT: sign_in.sign_out,
    RESUME: link_request.take,
    NEW: new_order.take,
    WAIT: payment_page.look_again,
    PRICE: _price,
}


def _nothing_here() -> RefusedError:
    text = _("There is no page at this address. Check that you copied all of it.")
    return RefusedError(HTTPStatus.NOT_FOUND, _("Page not found"), text)


def _form_gone() -> RefusedError:
    """The refusal for a link whose form was removed after it was mailed. The order still exists."""
    text = _("We no longer offer the order form of this link. Contact us to continue your order.")
    return RefusedError(
        HTTPStatus.GONE, _("This order form is closed"), text, (_("All order forms"), look().brand.forms_path)
    )
