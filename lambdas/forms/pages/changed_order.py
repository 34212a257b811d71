"""Shows the last page again after the order or its price changed since the page was shown."""

from dataclasses import replace

from lambdas.forms.checkout.chosen_payment import read_chosen_payment
from lambdas.forms.fields.agreement import MSA, AgreementField
from lambdas.forms.fields.filled import current_page, read_page
from lambdas.forms.form import Form
from lambdas.forms.pages import form_page
from lambdas.forms.pages.amounts import amount
from lambdas.forms.save_page import change_order
from lambdas.forms.session.shown_price import SEEN, seen_on
from lambdas.forms.shop import Shop, path_of, redirect_to_order
from lambdas.orders.model.info import Info, merge
from lambdas.orders.model.order import Order
from lambdas.web.http import Answer, WebRequest, see_other


def changes_on_page(shop: Shop, form: Form, order: Order, request: WebRequest) -> Info:
    """The changes of the order's `info` that the sent last page makes."""
    return read_page(form, form.last, request.typed, shop.input_of(form, order)).changes


def show_again(shop: Shop, form: Form, request: WebRequest) -> Answer:
    """Show the page again after the order or its price changed, with the new price marked. It asks for the agreement again."""
    session = shop.session_of(form, request)
    order = session.order
    if order is None or not order.is_lead or order.is_being_submitted(shop.now()):
        return redirect_to_order(shop, form, session, order) if order else see_other(path_of(form, form.first))
    seen = seen_on(session, request.typed.get(SEEN, ""))
    typed = {key: value for key, value in changes_on_page(shop, form, order, request).items() if key != MSA}
    kept = read_chosen_payment(shop, form, session, request.typed)
    order = withdraw_agreement(shop, form, change_order(shop, form, order, merge(typed, kept)))
    session = replace(session, order=order)
    page = current_page(form, shop.input_of(form, order))
    was = "" if seen is None or seen.total_cents is None else amount(seen.total_cents, seen.currency)
    return form_page.page_answer(shop, form, page, session, request, was=was)


def withdraw_agreement(shop: Shop, form: Form, order: Order) -> Order:
    """Clear the agreement, because the client agreed to another order or price."""
    info: Info = {}
    for field in form.fields:
        if isinstance(field, AgreementField):
            info = merge(info, field.cleared(order.info))
    return change_order(shop, form, order, merge(info, {MSA: {"signer": ""}})) if info else order
