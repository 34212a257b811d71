"""The calculated values of a pack, under the names of reference/ubersmith.md 5.3, and how an update sends them back.

`price`, `setup`, `monthly_fee` and `setup_fee` are one unit's list prices, so a caller who sends them back asks for the same
price again. `cost` and `total_setup` are the first charge, coupon included. Of a pack whose first period was shortened,
`prorated_total` is, in the place of `cost`. Over all packs, they and the taxes make the total.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from lambdas.orders.errors import Problem
from lambdas.orders.model.info import merge
from lambdas.orders.model.money import MoneyError, format_cents, format_percent, parse_cents
from lambdas.orders.model.order import Order
from lambdas.orders.model.packs import AppliedCoupon, AppliedTax, PricedPack, tax_totals
from lambdas.orders.parsing.info_keys import is_pack
from lambdas.orders.parsing.pack_keys import ANSWERED
from lambdas.orders.parsing.packs import coupon_code

WORKED_OUT = ("coupon_ids", "coupon_credits", "taxes")  # of the whole order; nobody's to say
_TOTAL_SETUP = "total_setup"
_WHOLE = frozenset({"quantity", "period"})
_NEVER_KEPT = {*ANSWERED, _TOTAL_SETUP}


def with_prices(info: Mapping[str, Any], priced: tuple[PricedPack, ...], currency: str) -> dict[str, Any]:
    """`info` with the calculated values beside those that the caller sent. An accepted coupon becomes an object."""
    filled = dict(info)
    for pack in priced:
        if isinstance(stated := info.get(pack.pack), Mapping):
            coupon = {"coupon": _coupon(pack.coupon, pack, currency)} if pack.coupon else {}
            worked_out = _worked_out(pack, currency)
            kept = {key: value for key, value in stated.items() if not (key in worked_out and _is_read_as(key, value))}
            filled[pack.pack] = {**merge(worked_out, kept), **coupon}
    return filled


def _is_read_as(key: str, value: Any) -> bool:
    """Whether the calculated value replaces this one: it is empty, or a whole number written as `2.0`."""
    return value in ("", None) or (key in _WHOLE and not str(value).isdecimal())


def credits_of(priced: tuple[PricedPack, ...]) -> dict[str, int]:
    """The reduction of the first charge by each coupon, in cents, by coupon id."""
    credits: dict[str, int] = {}
    for pack in priced:
        if pack.coupon:
            taken = credits.get(pack.coupon.coupon_id, 0)
            credits[pack.coupon.coupon_id] = taken + pack.discount_cents
    return credits


def taxes_of(priced: tuple[PricedPack, ...]) -> tuple[AppliedTax, ...]:
    """The taxes of the whole first charge, each once."""
    return tax_totals(tax for pack in priced for tax in pack.taxes)


def without_read_back(order: Order, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The sent content without values that were only read back; a coupon's object becomes its code.

    In a lead's pack, an amount that is sent back counts as stated, because the caller may mean to keep that price. After
    submit prices are fixed, so every unchanged value is left out.
    """
    shown = with_prices(order.info, order.priced, order.currency)
    packs = {pack.pack: pack for pack in order.priced}
    stated = {key: _without_answers(key, value) for key, value in sent.items() if key not in WORKED_OUT}
    if isinstance(stated.get("coupon"), Mapping):
        stated["coupon"] = coupon_code(stated["coupon"])
    for name, pack in stated.items():
        if name in packs and isinstance(pack, Mapping):
            monthly = _is_monthly(pack, order.info[name]) and "price" not in order.info[name]
            keys = ("title", "price") if monthly else ("title",)
            echoes = {
                key
                for key, value in pack.items()
                if (key in keys or not order.is_lead) and _is_echo(key, value, shown[name])
            }
            stated[name] = {key: value for key, value in pack.items() if key not in echoes}
        if name.startswith("pack") and isinstance(pack, Mapping) and isinstance(pack.get("coupon"), Mapping):
            stated[name] = _with_code(stated[name], packs.get(name))
    return stated


def setup_problems(before: Order, sent: Mapping[str, Any], after: Order) -> Iterator[Problem]:
    """A problem for each pack whose set-up differs from the `total_setup` that was sent, unless it was only read back."""
    known, worked_out = ({pack.pack: pack.net_setup_cents for pack in order.priced} for order in (before, after))
    for name, pack in sent.items():
        stated = pack.get(_TOTAL_SETUP) if is_pack(name) and isinstance(pack, Mapping) else None
        if stated in ("", None) or name not in worked_out:
            continue
        field = f"info.{name}.{_TOTAL_SETUP}"
        try:
            cents = parse_cents(stated, after.currency)
        except MoneyError as error:
            yield Problem(field, str(error))
            continue
        if cents not in (known.get(name), worked_out[name]):
            total = format_cents(worked_out[name], after.currency)
            text = f"is worked out, and comes to {total}; say setup, setup_fee and setup_qs instead"
            yield Problem(field, text)


def _without_answers(name: str, value: Any) -> Any:
    """The pack without calculated values. They mean nothing when sent, and must not outlive the next change."""
    if not is_pack(name) or not isinstance(value, Mapping):
        return value
    return {key: inner for key, inner in value.items() if key not in _NEVER_KEPT}


def _is_monthly(*packs: Mapping[str, Any]) -> bool:
    """Whether a price is for a month. Then the period's price, read back, was not stated by the caller."""
    return any(str(pack.get("bill_type") or "") == "1" for pack in packs)


def _is_echo(key: str, value: Any, shown: Mapping[str, Any]) -> bool:
    return key in shown and _as_text(value) == _as_text(shown[key])


def _with_code(sent: Mapping[str, Any], known: PricedPack | None) -> dict[str, Any]:
    """The code in place of the object. One that is applied already may be the order's, which must not count twice."""
    code = coupon_code(sent.get("coupon"))
    applied = known.coupon.coupon_code if known and known.coupon else ""
    rest = {key: value for key, value in sent.items() if key != "coupon"}
    return rest if not code or code.upper() == applied else {**rest, "coupon": code}


def _as_text(value: Any) -> Any:
    """As API 2.0 writes it, so that what comes from there can be compared."""
    match value:
        case bool():
            return "1" if value else "0"
        case Mapping():
            return {str(key): _as_text(inner) for key, inner in value.items()} or []
        case list() | tuple():
            return [_as_text(inner) for inner in value]
    return value if value is None else str(value)


def _worked_out(pack: PricedPack, currency: str) -> dict[str, Any]:
    return {
        "title": pack.title,
        "quantity": str(pack.quantity),
        "period": str(pack.period),
        "price": format_cents(pack.price_cents, currency),
        "setup": format_cents(pack.unit_setup_cents, currency),
        "monthly_fee": _amounts(pack.option_price_cents, currency),
        "setup_fee": _amounts(pack.option_setup_cents, currency),
        "cost": format_cents(pack.whole_recurring_cents, currency),
        **_prorated(pack, currency),
        "total_setup": format_cents(pack.net_setup_cents, currency),
        "option": pack.options,
        "options_desc": pack.options_desc,
        "groups_desc": pack.groups_desc,
        **_taxes(pack, currency),
    }


def _taxes(pack: PricedPack, currency: str) -> dict[str, Any]:
    """Tax amounts by tax id, where there are any."""
    charged = [tax for tax in pack.taxes if not tax.reverse_charge]
    recurring = {tax.tax_id: format_cents(tax.recurring_cents, currency) for tax in charged}
    setup = {tax.tax_id: format_cents(tax.setup_cents, currency) for tax in charged}
    name = "prorated_taxes2" if pack.proration else "primary_taxes2"
    return {name: recurring, "setup_taxes2": setup} if charged else {}


def _prorated(pack: PricedPack, currency: str) -> dict[str, str]:
    """Instead of `cost`, this is the recurring part of the first charge of a pack whose first period was shortened."""
    return {"prorated_total": format_cents(pack.first_recurring_cents, currency)} if pack.proration else {}


def _coupon(coupon: AppliedCoupon, pack: PricedPack, currency: str) -> dict[str, Any]:
    """The fields of a coupon that a client needs to show it (reference/ubersmith.md 4.7). The two amounts are its reductions."""
    return {
        "coupon_id": coupon.coupon_id,
        "coupon_code": coupon.coupon_code,
        "description": coupon.description,
        "recurring": coupon.recurring,
        "discount_value": _off(coupon.discount_value, coupon.dollar, currency),
        "dollar": coupon.dollar,
        "setup_discount_value": _off(coupon.setup_discount_value, coupon.setup_dollar, currency),
        "setup_dollar": coupon.setup_dollar,
        "discount": format_cents(pack.first_discount_cents, currency),
        "setup_discount": format_cents(pack.setup_discount_cents, currency),
    }


def _off(value: int, is_amount: bool, currency: str) -> str:
    return format_cents(value, currency) if is_amount else format_percent(value)


def _amounts(cents: Mapping[str, int], currency: str) -> dict[str, str]:
    return {key: format_cents(amount, currency) for key, amount in cents.items()}
