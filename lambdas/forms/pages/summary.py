"""The price summary of an order, read from the amounts it will be charged and never calculated a second time."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from lambdas.catalog.plan import Plan
from lambdas.catalog.spoken_packs import spoken_pack
from lambdas.forms.pages.amounts import amount, day_of, per_period
from lambdas.languages.formats import listed
from lambdas.languages.language import spoken
from lambdas.languages.texts import N_, _
from lambdas.orders.model.order import Order
from lambdas.orders.model.packs import PricedPack
from lambdas.runtime.models import Frozen

_TAX_OPEN = N_("Worked out from your address")


class Line(Frozen):
    """One service. Amounts are text with their currency."""

    title: str
    detail: str
    price: str
    period: str


class Summary(Frozen):
    """`first_charge_cents`: the amount held at submit and invoiced; the texts are for people.

    `tax`: its amount, or how it is found while `tax_is_open`. `renewals`: the price of later periods with its tax, by period;
    `renewals_note`: whether tax is in it. `coupon_note`: why the coupon code gives no discount. `tax_note`: why a
    VAT number takes no tax off.
    """

    lines: tuple[Line, ...]
    setup: str
    recurring: str
    discount: str
    tax: str
    first_charge: str
    first_charge_cents: int
    tax_is_open: bool = False
    renewals: tuple[str, ...] = ()
    renewals_note: str = ""
    coupon_note: str = ""
    tax_note: str = ""

    @property
    def then(self) -> str:
        """The later charges, without a full stop; empty if there are none."""
        if not self.renewals:
            return ""
        then = _("Then {amounts}", amounts=listed(self.renewals))
        return f"{then}, {self.renewals_note}" if self.renewals_note else then

    @property
    def is_empty(self) -> bool:
        return not self.lines


def summary_of(
    order: Order, coupon_note: str = "", *, plans: Mapping[str, Plan] | None = None, tax_is_open: bool = False
) -> Summary:
    """The summary of the order at its current price.

    `plans`: give the names in other languages. `tax_is_open`: the address that decides the taxes is not known yet.
    """
    packs = tuple(spoken_pack(pack, plans or {}, spoken().tag) for pack in order.priced)
    money = _Money(order.currency)
    discount = sum(pack.discount_cents for pack in packs)
    return Summary(
        lines=tuple(_line(pack, money) for pack in packs),
        setup=money(sum(pack.setup_cents for pack in packs)),
        recurring=money(sum(pack.first_list_cents for pack in packs)),
        discount=money(-discount) if discount else "",
        tax=_(_TAX_OPEN) if tax_is_open else money(sum(pack.tax_cents for pack in packs)),
        tax_is_open=tax_is_open,
        first_charge=money(order.total_cents),
        first_charge_cents=order.total_cents,
        renewals=_renewals(packs, money),
        renewals_note=_renewals_note(packs, tax_is_open=tax_is_open),
        coupon_note=coupon_note,
        tax_note=_tax_note(packs),
    )


def _tax_note(packs: tuple[PricedPack, ...]) -> str:
    """Why tax is charged although a VAT number was entered."""
    if any(tax.vat_check.startswith("unavailable") for pack in packs for tax in pack.taxes):
        return _("We could not check your VAT number just now, so tax is charged. Try again later to order without it.")
    if any(tax.vat_check.startswith("invalid") for pack in packs for tax in pack.taxes):
        return _(
            "Your VAT number is not in the register of VAT numbers (VIES), so tax is charged. Correct it or remove it."
        )
    return ""


class _Money:
    def __init__(self, currency: str) -> None:
        self._currency = currency

    def __call__(self, cents: int) -> str:
        return amount(cents, self._currency)


def _line(pack: PricedPack, money: _Money) -> Line:
    chosen = [f"{pack.groups_desc.get(key, '')}: {name}".removeprefix(": ") for key, name in pack.options_desc.items()]
    quantity = f"{pack.quantity} \u00d7 " if pack.quantity > 1 else ""
    return Line(
        title=f"{quantity}{pack.title}",
        detail=", ".join([*chosen, *([pack.description] if pack.description else []), *_first_days(pack, money)]),
        price=money(pack.recurring_cents),
        period=per_period(pack.period),
    )


def _renewal_tax_cents(pack: PricedPack) -> int:
    """The tax on a later period, at the rates of the first charge."""
    exact = (pack.renewal_cents * Decimal(tax.rate) / 100 for tax in pack.taxes)
    return sum(int(cents.to_integral_value(ROUND_HALF_UP)) for cents in exact)


def _renewals_note(packs: tuple[PricedPack, ...], *, tax_is_open: bool) -> str:
    if tax_is_open:
        return _("before tax")
    return _("including tax") if any(_renewal_tax_cents(pack) for pack in packs) else ""


def _first_days(pack: PricedPack, money: _Money) -> list[str]:
    """The first charge of a service whose first period was shortened, and until when that is."""
    if pack.proration is None:
        return []
    return [_("{amount} until {day}", amount=money(pack.first_list_cents), day=day_of(pack.proration.renews_at))]


def _renewals(packs: tuple[PricedPack, ...], money: _Money) -> tuple[str, ...]:
    by_period: dict[int, int] = {}
    for pack in packs:
        if pack.period:
            due = pack.renewal_cents + _renewal_tax_cents(pack)
            by_period[pack.period] = by_period.get(pack.period, 0) + due
    return tuple(f"{money(cents)} {per_period(period)}" for period, cents in sorted(by_period.items()))
