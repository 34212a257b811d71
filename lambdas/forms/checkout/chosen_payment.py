"""Keeps the way to pay that was chosen on a last page that was not taken: the page comes again with it, and charges no other."""

from collections.abc import Mapping

from lambdas.forms.fields.payment_choices import PAYMENT, changes_of, choices, page_to_enter
from lambdas.forms.form import Form
from lambdas.forms.session.session import Session
from lambdas.forms.shop import Shop
from lambdas.orders.model.info import Info


def read_chosen_payment(shop: Shop, form: Form, session: Session, typed: Mapping[str, str]) -> Info:
    """Changes of `info` for the typed choice.

    None for a choice that is not offered, or that leads to the provider's page: an earlier choice stays then.
    """
    choice = typed.get(PAYMENT, "")
    if page_to_enter(choice) or choice not in {each.value for each in choices(shop, form, form.last, session)}:
        return {}
    return changes_of(choice, shop, session)
