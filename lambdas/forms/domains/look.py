"""The button that looks names up: the page again with how each stands. Nothing is saved."""

from lambdas.forms.domains.domains_field import LOOK
from lambdas.forms.domains.rows import domain_fields
from lambdas.forms.form import Form, Page
from lambdas.forms.pages.form_page import card_number_inputs, page_answer
from lambdas.forms.session.session import Session
from lambdas.forms.shop import Shop
from lambdas.web.http import Answer, WebRequest


def show_looked_up(shop: Shop, form: Form, page: Page, session: Session, request: WebRequest) -> Answer | None:
    """The page with what was typed; None if it was another button."""
    if not request.typed.get(LOOK) or not (fields := domain_fields(page)):
        return None
    cards = card_number_inputs(page, request.typed, shop.input_of(form, session.order))
    typed = {**request.typed, **dict.fromkeys(cards, "")}
    errors = {field.name: field.when_missing for field in fields if not typed.get(field.name, "").strip()}
    return page_answer(shop, form, page, session, request, typed=typed, errors=errors)
