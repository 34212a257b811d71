"""How each name of a domains field stands, as the page shows it."""

from collections.abc import Iterable, Iterator, Mapping

from lambdas.catalog.plan import Plan
from lambdas.forms.domains.domains_field import TICKED, DomainsField
from lambdas.forms.domains.names import is_sold, named
from lambdas.forms.fields.field import Given, Typed
from lambdas.forms.form import Page
from lambdas.forms.pages.amounts import amount, per_period
from lambdas.forms.shop import Shop
from lambdas.languages.texts import N_, _
from lambdas.orders.contact.hosts import in_letters
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.model.info import text
from lambdas.orders.parsing.transfer_code import KEY
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
REGISTRABLE, TRANSFERABLE = (Standing.FREE, Standing.UNKNOWN), (Standing.TAKEN, Standing.UNKNOWN)


class Offer(Frozen):
    """One way to order a name. `input` ticks it. `code_input`: of the code that a transfer needs. `has_code`: there is one."""

    input: str
    label: str
    price: str
    is_ticked: bool
    code_input: str = ""
    has_code: bool = False


class Row(Frozen):
    """A name, or what was typed in its place. `spelt`: in ASCII, if that is another form. `offers`: the ways to order it."""

    shown: str
    spelt: str = ""
    says: str
    offers: tuple[Offer, ...] = ()


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
    sold, moved = field.sold(given), field.moved(given)
    ticked = [name for name in field.ticked(typed) if is_sold(name, sold)]
    ticked += [name for name in field.transferred(typed) if is_sold(name, moved)]
    try:
        found = {each.name or each.shown: each for each in named(typed.get(field.name, ""), {**sold, **moved})}
    except UnfitError:
        return Rows(field=field.name)
    note = field.too_many() if len(found) > field.most else ""
    shown = list(found.values())[: field.most]
    names = [name for name in dict.fromkeys((*(each.name for each in shown), *ticked)) if name]
    stand = standings(shop, names[: 2 * field.most], request)
    of_names = (_row(field, name, stand[name], typed, given) for name in stand)
    return Rows(
        field=field.name,
        rows=(*of_names, *(Row(shown=each.shown, says=each.why) for each in shown if each.why)),
        note=note,
    )


def _row(field: DomainsField, name: str, standing: Standing, typed: Typed, given: Given) -> Row:
    shown = in_letters(name)
    return Row(
        shown=shown,
        spelt=name if name != shown else "",
        says=_(_STANDINGS[standing]),
        offers=tuple(_offers(field, name, standing, typed, given)),
    )


def _offers(field: DomainsField, name: str, standing: Standing, typed: Typed, given: Given) -> Iterator[Offer]:
    ending = name.partition(".")[2]
    registers, transfers = field.sold(given).get(ending), field.moved(given).get(ending)
    if registers and standing in REGISTRABLE:
        ticks = field.tick(name)
        yield Offer(
            input=ticks, label=_("Register"), price=_price(field, registers, given), is_ticked=_is_ticked(ticks, typed)
        )
    if transfers and standing in TRANSFERABLE:
        ticks, pack = field.transfer(name), given.info.get(field.ordered(given.info).get(name, ""))
        yield Offer(
            input=ticks,
            label=_("It is mine: transfer it here"),
            price=_price(field, transfers, given),
            is_ticked=_is_ticked(ticks, typed),
            code_input=field.code(name),
            has_code=isinstance(pack, Mapping) and bool(text(pack, KEY)),
        )


def _is_ticked(name: str, typed: Typed) -> bool:
    return typed.get(name) == TICKED


def _price(field: DomainsField, plan: Plan, given: Given) -> str:
    return f"{amount(plan.pricing[field.period].price, given.currency)} {per_period(field.period)}"
