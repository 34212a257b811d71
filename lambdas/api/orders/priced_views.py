"""What an order asks for, as it is priced, as new callers get it: money as decimal text."""

from collections.abc import Iterable
from typing import TypedDict

from lambdas.orders.model.applied import AppliedTax
from lambdas.orders.model.money import format_cents
from lambdas.orders.model.packs import PricedPack


class TaxView(TypedDict):
    """`rate` in percent. `reverse_charge`: the client owes the tax and is charged none."""

    tax_id: str
    name: str
    rate: str
    amount: str
    reverse_charge: bool


class PricedServiceView(TypedDict):
    """A service the order asks for, as it is priced. `setup` and `recurring` are list prices of the whole quantity, one
    period of `period` months (0: once). `first_charge` has the tax on it; `renewal`, what each later period costs, has none."""

    pack: str
    plan_id: str
    title: str
    description: str
    quantity: int
    period: int
    options: dict[str, str]
    setup: str
    recurring: str
    setup_discount: str
    recurring_discount: str
    coupon_code: str | None
    tax: str
    taxes: list[TaxView]
    first_charge: str
    renewal: str


def priced_service(pack: PricedPack) -> PricedServiceView:
    return {
        "pack": pack.pack,
        "plan_id": pack.plan_id,
        "title": pack.title,
        "description": pack.description,
        "quantity": pack.quantity,
        "period": pack.period,
        "options": pack.options,
        "setup": format_cents(pack.setup_cents),
        "recurring": format_cents(pack.recurring_cents),
        "setup_discount": format_cents(pack.setup_discount_cents),
        "recurring_discount": format_cents(pack.recurring_discount_cents),
        "coupon_code": pack.coupon.coupon_code if pack.coupon else None,
        "tax": format_cents(pack.tax_cents),
        "taxes": tax_views(pack.taxes),
        "first_charge": format_cents(pack.first_charge_cents),
        "renewal": format_cents(pack.renewal_cents if pack.period else 0),
    }


def tax_views(taxes: Iterable[AppliedTax]) -> list[TaxView]:
    return [
        {
            "tax_id": tax.tax_id,
            "name": tax.name,
            "rate": tax.rate,
            "amount": format_cents(tax.cents),
            "reverse_charge": tax.reverse_charge,
        }
        for tax in taxes
    ]
