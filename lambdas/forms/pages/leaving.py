"""Leaves a page by its button Back, or by a step: saves what can be saved, and leads there without an error. A button that
changes the language stays on the page."""

from lambdas.forms.checkout.chosen_payment import read_chosen_payment
from lambdas.forms.fields.agreement import MSA
from lambdas.forms.fields.coupon_problem import coupon_problem
from lambdas.forms.fields.filled import read_page
from lambdas.forms.form import Form, Page
from lambdas.forms.pages.form_page import card_number_inputs, page_answer
from lambdas.forms.save_page import save
from lambdas.forms.session.coupon_guesses import refuse_guesses
from lambdas.forms.session.languages import SWITCH
from lambdas.forms.session.session import Session
from lambdas.forms.shop import Shop, path_of
from lambdas.orders.model.info import merge
from lambdas.web.http import Answer, WebRequest, see_other

GO = "go"  # name of the buttons; their value is the name of the page to go to


def show_in_language(shop: Shop, form: Form, page: Page, session: Session, request: WebRequest) -> Answer | None:
    """The page in the language of the pressed button, with what was typed; None if it was another button. Nothing is saved."""
    if not request.typed.get(SWITCH):
        return None
    given = shop.input_of(form, session.order)
    typed = {**request.typed, **dict.fromkeys(card_number_inputs(page, request.typed, given), "")}
    refuse_guesses(shop, form, session, read_page(form, page, typed, given).changes, request)
    return page_answer(shop, form, page, session, request, typed=typed)


def leave(shop: Shop, form: Form, page: Page, session: Session, request: WebRequest) -> Answer | None:
    """The way to the page that the pressed button names; None if it was the button of the page itself.

    Entries that are wrong are not saved, and nobody agrees to anything by going back. Raises RefusedError.
    """
    wanted = form.page(request.typed.get(GO, ""))
    if wanted is None or session.order is None:
        return None
    given = shop.input_of(form, session.order)
    cards = card_number_inputs(page, request.typed, given)
    filled = read_page(form, page, {**request.typed, **dict.fromkeys(cards, "")}, given)
    refuse_guesses(shop, form, session, filled.changes, request)
    filled, _ = coupon_problem(shop, form, page, session, filled)
    changes = {key: value for key, value in filled.changes.items() if key != MSA}
    if page.payment:
        changes = merge(changes, read_chosen_payment(shop, form, session, request.typed))
    save(shop, form, session, changes, request)
    return see_other(path_of(form, wanted))
