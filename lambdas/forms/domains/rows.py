"""How each name of a domains field stands, as the page shows it."""

from collections.abc import Iterable

from lambdas.forms.domains.domains_field import DomainsField
from lambdas.forms.domains.names import is_sold, named
from lambdas.forms.fields.field import Given, Typed
from lambdas.forms.form import Page
from lambdas.forms.pages.amounts import amount, per_period
from lambdas.forms.shop import Shop
from lambdas.languages.texts import N_, _
from lambdas.orders.contact.hosts import in_letters
from lambdas.orders.contact.unfit import UnfitError
from lambdas.rate_limits.form_limits import is_admitted
from lambdas.rate_limits.sources import source_of
from lambdas.registrar.registrar import Standing
from lambdas.runtime.models import Frozen
from lambdas.web.http import WebRequest

_STANDINGS = {
    Standing.FREE: N_("Free"),
    Standing.TAKEN: N_("Taken"),
    Standing.PREMIUM: N_("Free, but at a higher price. Contact us to order it"),
    Standing.UNKNOWN: N_(
        "We could not find out whether it is free. You can order it: we check it before we register it"
    ),
}
ORDERABLE = (Standing.FREE, Standing.UNKNOWN)


class Row(Frozen):
    """A name, or what was typed in its place. `spelt`: in ASCII, if that is another form. `input`: what ticks it, if it can be
    ordered."""

    shown: str
    spelt: str = ""
    says: str
    price: str = ""
    input: str = ""
    is_ticked: bool = False


class Rows(Frozen):
    """Of one field. `note`: on all of them."""

    field: str
    rows: tuple[Row, ...] = ()
    note: str = ""


def rows_of(shop: Shop, page: Page, typed: Typed, given: Given, request: WebRequest) -> dict[str, Rows]:
    """By the name of the field; none for a field where nothing is typed."""
    found = (_rows(shop, field, typed, given, request) for field in domain_fields(page))
    return {rows.field: rows for rows in found if rows.rows}


def domain_fields(page: Page) -> list[DomainsField]:
    return [field for field in page.fields if isinstance(field, DomainsField)]


def standings(shop: Shop, names: Iterable[str], request: WebRequest) -> dict[str, Standing]:
    """How the names stand. Over the limit of looks, what is not known already stays unknown."""
    wanted = list(names)
    known = shop.lookups.known(wanted)
    if len(known) == len(set(wanted)):
        return known
    limit = shop.limits.looks_of_source
    if not is_admitted(shop.windows, "looks_of_source", source_of(request.source), limit, shop.now()):
        return {**dict.fromkeys(wanted, Standing.UNKNOWN), **known}
    return shop.lookups.look_up(wanted)


def _rows(shop: Shop, field: DomainsField, typed: Typed, given: Given, request: WebRequest) -> Rows:
    sold = field.sold(given)
    ticked = [name for name in field.ticked(typed) if is_sold(name, sold)]
    try:
        found = {each.name or each.shown: each for each in named(typed.get(field.name, ""), sold)}
    except UnfitError:
        return Rows(field=field.name)
    note = field.too_many() if len(found) > field.most else ""
    shown = list(found.values())[: field.most]
    names = [name for name in dict.fromkeys((*(each.name for each in shown), *ticked)) if name]
    stand = standings(shop, names[: 2 * field.most], request)
    of_names = (_row(field, name, stand[name], given, is_ticked=name in ticked) for name in stand)
    return Rows(
        field=field.name,
        rows=(*of_names, *(Row(shown=each.shown, says=each.why) for each in shown if each.why)),
        note=note,
    )


def _row(field: DomainsField, name: str, standing: Standing, given: Given, *, is_ticked: bool) -> Row:
    shown, plan = in_letters(name), field.sold(given).get(name.partition(".")[2])
    can_be = plan is not None and standing in ORDERABLE
    price = plan.pricing[field.period] if plan else None
    return Row(
        shown=shown,
        spelt=name if name != shown else "",
        says=_(_STANDINGS[standing]),
        price=f"{amount(price.price, given.currency)} {per_period(field.period)}" if price and can_be else "",
        input=field.tick(name) if can_be else "",
        is_ticked=is_ticked and can_be,
    )
