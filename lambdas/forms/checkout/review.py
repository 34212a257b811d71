"""The last page's review: each earlier page with its entries and the way back to it, and the button that orders.

https://design-system.service.gov.uk/patterns/check-answers/
"""

from lambdas.forms.fields.field import Given, Input
from lambdas.forms.fields.filled import fields_of, is_shown
from lambdas.forms.form import Form, Page
from lambdas.forms.shop import path_of
from lambdas.languages.texts import N_, _
from lambdas.orders.contact.places import country_code
from lambdas.orders.decisions.lead.on_account import costs_nothing
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.runtime.models import Frozen

_FREE = N_("Order")  # a button must not say "pay" if nothing is due


class Reviewed(Frozen):
    """An earlier page: its title, its path, and the label and value of each entry."""

    title: str
    path: str
    entries: tuple[tuple[str, str], ...]


def review_of(form: Form, page: Page, given: Given) -> tuple[Reviewed, ...]:
    """The entries of the pages before the last one; nothing for other pages."""
    if not page.payment:
        return ()
    found = (
        Reviewed(title=each.title, path=path_of(form, each), entries=_entries(form, each, given)) for each in form.pages
    )
    return tuple(each for each in list(found)[:-1] if each.entries)


def order_button(form: Form, page: Page, order: Order) -> str:
    """The words of the button that orders.

    Where the law of the buyer's or the seller's country asks for it, they name the obligation: Directive 2011/83/EU,
    article 8(2); in the United Kingdom, SI 2013/3134, regulation 14(4). A free first period that renews at a price obliges.
    """
    if not page.payment:
        return page.button
    is_free = not order.total_cents and costs_nothing(order)
    obliges = not is_free or any(pack.period and pack.renewal_cents for pack in order.priced)
    buyers = country_code(text(order.info, "country"))
    if obliges and {buyers, form.seller_country} & set(form.obliging_countries):
        return form.obliging_button
    return _(_FREE) if is_free else page.button


def entering_button(payment: Input | None, paid_by: str) -> str:
    """The words of the button that leads to the provider's page; empty if the button orders."""
    return next((choice.button for choice in payment.choices if choice.value == paid_by), "") if payment else ""


def _entries(form: Form, page: Page, given: Given) -> tuple[tuple[str, str], ...]:
    found = []
    for field in fields_of(page, given):
        if is_shown(form, field, given):
            typed = field.typed(given)
            found += [(each.label, _in_words(each, typed.get(each.name, ""))) for each in field.inputs(given)]
    return tuple((label, value) for label, value in found if value)


def _in_words(asked: Input, value: str) -> str:
    """The label of a choice; an entry as it was typed."""
    if not asked.choices:
        return value
    chosen = next((choice for choice in asked.choices if choice.value == value), None)
    return ", ".join(filter(None, (chosen.label, chosen.detail))) if chosen else ""
