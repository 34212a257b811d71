"""The price summary of an order, read from the amounts it will be charged and never calculated a second time."""

from lambdas.forms.pages.amounts import amount, per_period
from lambdas.orders.model.order import Order
from lambdas.orders.model.packs import PricedPack
from lambdas.runtime.models import Frozen


class Line(Frozen):
    """One service. Amounts are text with their currency."""

    title: str
    detail: str
    price: str
    period: str


class Summary(Frozen):
    """`first_charge_cents`: the amount held at submit and invoiced; the texts are for people.

    `renewals`: the price of later periods, by period. `coupon_note`: why the coupon code gives no discount.
    """

    lines: tuple[Line, ...]
    setup: str
    recurring: str
    discount: str
    tax: str
    first_charge: str
    first_charge_cents: int
    renewals: tuple[str, ...] = ()
    coupon_note: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.lines


def summary_of(order: Order, coupon_note: str = "") -> Summary:
    """The summary of the order at its current price."""
    packs = order.priced
    money = _Money(order.currency)
    discount = sum(pack.discount_cents for pack in packs)
    return Summary(
        lines=tuple(_line(pack, money) for pack in packs),
        setup=money(sum(pack.setup_cents for pack in packs)),
        recurring=money(sum(pack.recurring_cents for pack in packs)),
        discount=money(-discount) if discount else "",
        tax=money(sum(pack.tax_cents for pack in packs)),
        first_charge=money(order.total_cents),
        first_charge_cents=order.total_cents,
        renewals=_renewals(packs, money),
        coupon_note=coupon_note,
    )


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
        detail=", ".join([*chosen, *([pack.description] if pack.description else [])]),
        price=money(pack.recurring_cents),
        period=per_period(pack.period),
    )


def _renewals(packs: tuple[PricedPack, ...], money: _Money) -> tuple[str, ...]:
    by_period: dict[int, int] = {}
    for pack in packs:
        if pack.period:
            by_period[pack.period] = by_period.get(pack.period, 0) + pack.renewal_cents
    return tuple(f"{money(cents)} {per_period(period)}" for period, cents in sorted(by_period.items()))
