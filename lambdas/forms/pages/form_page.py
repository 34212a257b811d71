"""The pages of a form: shows a page with the order's values, and saves the correct entries of a page that was sent."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from lambdas.forms.checkout.difference import difference
from lambdas.forms.checkout.review import entering_button, order_button, review_of
from lambdas.forms.domains.checks import domain_problems
from lambdas.forms.domains.rows import rows_of
from lambdas.forms.fields import leftovers, payment_choices
from lambdas.forms.fields.contact import PhoneField
from lambdas.forms.fields.coupon_problem import coupon_note, coupon_problem
from lambdas.forms.fields.field import Given
from lambdas.forms.fields.filled import Filled, current_page, read_page, typed_of
from lambdas.forms.fields.views import field_views
from lambdas.forms.form import Form, Page
from lambdas.forms.pages.steps import steps_of
from lambdas.forms.pages.summary import Summary, summary_of
from lambdas.forms.pages.templates import drawn
from lambdas.forms.preselection import carried, preselection, with_link_coupon
from lambdas.forms.save_page import preview_order, save
from lambdas.forms.session.coupon_guesses import refuse_guesses
from lambdas.forms.session.csrf import CSRF, HONEYPOT, SHOWN, machine_problem
from lambdas.forms.session.session import Session
from lambdas.forms.session.shown_price import stamp_of
from lambdas.forms.session.throttle import RETRY_SECONDS, count_lead
from lambdas.forms.shop import NEW, SIGN_IN, SIGN_OUT, Shop, path_of, redirect_to_order
from lambdas.languages.texts import N_, _
from lambdas.mail.link_mail import address_of
from lambdas.orders.card_numbers.digits import folded
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.contact.telephone import is_telephone
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.web.http import Answer, WebRequest, see_other

_NO_CARDS = N_("This looks like a card number. Do not enter one here: the payment page asks for it later.")
_OURS = (CSRF, SHOWN)


def show(shop: Shop, form: Form, page: Page, session: Session, request: WebRequest) -> Answer:
    """Show the page, or lead to where the order is."""
    order = session.order
    if order is None:
        shop.refuse_closed(form)
        return (
            _page_of_link(shop, form, page, session, request)
            if page == form.first
            else see_other(path_of(form, form.first))
        )
    if not order.is_lead or order.is_being_submitted(shop.now()):
        return redirect_to_order(shop, form, session, order)
    here = current_page(form, shop.input_of(form, order))
    if form.pages.index(page) > form.pages.index(here):
        return see_other(path_of(form, here))
    return _page_of_link(shop, form, page, session, request)


def _page_of_link(shop: Shop, form: Form, page: Page, session: Session, request: WebRequest) -> Answer:
    """The page, with the choices that its address makes. Search engines may list it as it is for everybody."""
    if chosen := preselection(shop, form, page, session, request):
        return page_answer(shop, form, page, session, request, typed=chosen.typed, note=chosen.note)
    answer = page_answer(shop, form, page, session, request)
    return replace(answer, indexed=session.order is None and not request.query)


def take(shop: Shop, form: Form, page: Page, session: Session, request: WebRequest) -> tuple[Session, Answer | None]:
    """Save the page's entries. The answer is the page again if an entry is wrong, else None."""
    typed = request.typed
    if session.order is None:
        shop.refuse_closed(form)
        if problem := machine_problem(typed, session, shop.now(), shop.min_seconds):
            return session, page_answer(shop, form, page, session, request, typed=typed, errors={"": problem})
    if cards := dict.fromkeys(card_number_inputs(page, typed, shop.input_of(form, session.order)), _(_NO_CARDS)):
        kept = {name: "" if name in cards else value for name, value in typed.items()}
        return session, page_answer(shop, form, page, session, request, typed=kept, errors=cards)
    filled = with_link_coupon(form, page, read_page(form, page, typed, shop.input_of(form, session.order)), typed)
    refuse_guesses(shop, form, session, filled.changes, request)
    if session.order is None and (refusal := count_lead(shop, filled.changes, request)):
        answer = page_answer(shop, form, page, session, request, typed=typed, errors={"": refusal})
        return session, replace(answer, status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": RETRY_SECONDS})
    filled, refused_code = coupon_problem(shop, form, page, session, filled)
    filled, refused_names = domain_problems(shop, page, filled, shop.input_of(form, session.order), request)
    errors = {
        **filled.errors,
        **refused_names,
        **refused_code,
        **payment_choices.problems(shop, form, page, session, typed=typed, changes=filled.changes),
    }
    if page.payment and session.order is not None and not errors:
        return session, None  # what it changes is written with the submit, at the price that was shown
    if filled.changes or session.order is not None:
        session = save(shop, form, session, filled.changes, request)
    if errors:
        return session, page_answer(shop, form, page, session, request, typed=typed, errors=errors)
    return session, None


def card_number_inputs(page: Page, typed: Mapping[str, str], given: Given) -> list[str]:
    """Names of the inputs that hold a card number. A telephone field may hold anything that is a telephone number."""
    found = [name for name, value in typed.items() if name not in _OURS and has_card_number(value)]
    telephones = {field.name for field in page.fields if isinstance(field, PhoneField)}
    country = typed.get("country") or text(given.info, "country")
    return [name for name in found if name not in telephones or not is_telephone(folded(typed[name]), country)]


def page_answer(
    shop: Shop,
    form: Form,
    page: Page,
    session: Session,
    request: WebRequest,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    was: str | None = None,
    note: str = "",
) -> Answer:
    """The page. `typed`: entries to show instead of saved ones. `note`: a remark that is no error. `was`: the first charge that
    the page showed before the order or its price changed; empty if unknown, None if nothing changed.

    Longer than 30 lines, because it fills in one template.
    """
    given = shop.input_of(form, session.order)
    filled = read_page(form, page, typed, given) if typed is not None else Filled(typed_defaults(form, page, given))
    filled = with_link_coupon(form, page, filled, typed or {})
    if errors:  # the price shown is the one without a refused code
        filled, _error = coupon_problem(shop, form, page, session, filled)
        filled, _error = domain_problems(shop, page, filled, given, request)
    preview = preview_order(shop, form, session.order, filled.changes)
    sold, free = replace(session, order=preview), bool(page.payment) and payment_choices.is_free(preview)
    values = {**typed_of(page, given), **(typed or {})}
    errors, summary = errors or {}, summarize(shop, form, preview)
    payment = payment_choices.input_of(shop, form, page, sold)
    paid_by = values.get("payment") or payment_choices.current_choice(shop, form, page, sold)
    body = drawn(
        "form_page.html",
        **page_values(shop, form, page, session, typed or {}),
        note=note,
        fields=field_views(form, page, shop.input_of(form, preview)),
        typed=values,
        domains=rows_of(shop, page, typed if typed is not None else values, given, request),
        errors=errors,
        summary=summary,
        payment=payment,
        paid_by=paid_by,
        entering=entering_button(payment, paid_by),
        free=free,
        order_button=order_button(form, page, preview),
        review=review_of(form, page, given),
        saved=payment_choices.saved_method(session) if page.payment and not errors and was is None else "",
        notice=difference(was, summary.first_charge) if was is not None else _notice(form, page, session, given),
        seen=stamp_of(session, preview),
        was=was if was != summary.first_charge else "",
    )
    again = HTTPStatus.CONFLICT if was is not None else HTTPStatus.OK
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else again
    return Answer(status, body, cookies=session.cookies(form, request), form_targets=shop.hosted.origins)


def summarize(shop: Shop, form: Form, order: Order) -> Summary:
    """The price beside a page of the form, with a note on what is open."""
    is_open = order.is_lead and form.asks_country_of(order)
    return summary_of(order, coupon_note(shop, order), plans=shop.plans, tax_is_open=is_open)


def _notice(form: Form, page: Page, session: Session, given: Given) -> str:
    noted = session.link.notice if session.link and page.payment else ""
    return " ".join(filter(None, (noted, leftovers.notice(form, given))))


def typed_defaults(form: Form, page: Page, given: Given) -> dict[str, Any]:
    """The page's initial values as changes, so that its price includes them."""
    return read_page(form, page, typed_of(page, given), given).changes


def page_values(shop: Shop, form: Form, page: Page, session: Session, typed: Mapping[str, str]) -> dict[str, Any]:
    """The template values of every page of a form."""
    here = form.pages.index(page)
    paths = {each.name: path_of(form, each) for each in form.pages}
    return {
        "form": form,
        "page": page,
        "steps": steps_of(form, page, shop.input_of(form, session.order), begun=session.order is not None, paths=paths),
        "action": path_of(form, page),
        "price_path": path_of(form, "price"),
        "back_to": form.pages[here - 1].name if here else "",
        "reference": session.order.reference if session.order else "",
        "sign_in_path": path_of(form, SIGN_IN) if session.order else "",
        "sign_out_path": path_of(form, SIGN_OUT) if session.is_signed_in else "",
        "whose": address_of(session.order) if session.order else "",
        "new_path": path_of(form, NEW),
        "hidden": {CSRF: session.csrf, SHOWN: session.stamp(shop.now()), **carried(typed)},
        "honeypot": HONEYPOT,
        "refresh": 0,
    }
