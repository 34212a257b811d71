"""Refuses names that cannot be ordered, with the cause. The others of the page are kept."""

from collections.abc import Mapping
from dataclasses import replace

from lambdas.forms.domains.rows import domain_fields, standings
from lambdas.forms.fields.field import Given
from lambdas.forms.fields.filled import Filled
from lambdas.forms.form import Page
from lambdas.forms.shop import Shop
from lambdas.languages.texts import N_, _, joined
from lambdas.orders.contact.hosts import in_letters
from lambdas.orders.model.info import text
from lambdas.registrar.registrar import Standing
from lambdas.web.http import WebRequest

_OF_NEW = {
    Standing.TAKEN: N_("{name} is taken. Choose another name, or transfer it if it is yours."),
    Standing.PREMIUM: N_("{name} costs more than other names. Contact us to order it."),
}
_OF_TRANSFERS = dict.fromkeys(
    (Standing.FREE, Standing.PREMIUM), N_("{name} is not registered, so it cannot be transferred. Register it instead.")
)


def domain_problems(
    shop: Shop, page: Page, filled: Filled, given: Given, request: WebRequest
) -> tuple[Filled, dict[str, str]]:
    """The page's entries without names that cannot be ordered so, and the errors at their field. A name that nobody could find
    out about may be ordered: an action of the queue checks it."""
    changes, errors = dict(filled.changes), dict[str, str]()
    for field in domain_fields(page):
        packs = {key: pack for key, pack in changes.items() if key in field.keys and isinstance(pack, Mapping)}
        names = {text(pack, "desserv"): key for key, pack in packs.items()}
        stand = standings(shop, names, request) if names else {}
        causes: dict[str, str] = {}
        for name, key in names.items():
            refused = _OF_TRANSFERS if field.is_transfer(key, replace(given, info=changes)) else _OF_NEW
            if why := refused.get(stand[name]):
                causes[key] = _(why, name=in_letters(name))
        changes |= dict.fromkeys(causes, "")
        if causes:
            errors[field.name] = joined(*causes.values())
    return replace(filled, changes=changes), errors
