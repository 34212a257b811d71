"""The priced services of an order for new callers. Money is decimal text."""

from collections.abc import Iterable
from typing import Annotated, TypedDict

from typing_extensions import Doc

from lambdas.api.http.values import iso
from lambdas.orders.model.money import format_cents
from lambdas.orders.model.packs import AppliedTax, PricedPack


class TaxView(TypedDict):
    tax_id: Annotated[str, Doc("The tax's id.")]
    name: Annotated[str, Doc("The tax's name.")]
    rate: Annotated[str, Doc("In percent.")]
    amount: Annotated[str, Doc("The amount of the first charge.")]
    reverse_charge: Annotated[bool, Doc("Whether the client owes the tax directly and is not charged it.")]
    vat_check: Annotated[
        str | None,
        Doc(
            "The register's answer on the client's VAT number, its day and consultation number, such as `valid 2026-11-28 "
            "WAPIAAAAX1`; or `invalid`, or `unavailable`. null: it was not asked."
        ),
    ]


class ProratedView(TypedDict):
    """A first period that was shortened, so that it ends on a common billing day."""

    starts_at: Annotated[str | None, Doc("The day it begins.")]
    ends_at: Annotated[str | None, Doc("The day it ends, which is not part of it.")]
    renews_at: Annotated[str | None, Doc("When the next period is charged.")]
    days: Annotated[int, Doc("How many days it has.")]
    of_days: Annotated[int, Doc("How many days a whole period has there.")]
    price: Annotated[str, Doc("List price of these days, for the whole quantity.")]
    discount: Annotated[str, Doc("What the coupon reduces that by.")]
    with_next: Annotated[bool, Doc("Whether the whole period that follows is charged with it.")]


class PricedServiceView(TypedDict):
    """A service that the order asks for, with its prices."""

    pack: Annotated[str, Doc("Its key in `info`, such as pack1.")]
    plan_id: Annotated[str, Doc("The service plan.")]
    title: Annotated[str, Doc("The plan's title.")]
    description: Annotated[str, Doc("What the buyer calls it, such as a domain name.")]
    quantity: Annotated[int, Doc("How many units.")]
    period: Annotated[int, Doc("Months in a billing period; 0: billed once.")]
    options: Annotated[dict[str, str], Doc("The chosen option of each upgrade, by upgrade id.")]
    setup: Annotated[str, Doc("List price of the set-up, for the whole quantity.")]
    recurring: Annotated[str, Doc("List price of one period, for the whole quantity.")]
    setup_discount: Annotated[str, Doc("What the coupon reduces the set-up by.")]
    recurring_discount: Annotated[str, Doc("What the coupon reduces the first period by.")]
    prorated: Annotated[ProratedView | None, Doc("The shortened first period; null if it is whole.")]
    coupon_code: Annotated[str | None, Doc("The coupon that applies; null if none does.")]
    tax: Annotated[str, Doc("The tax in the first charge.")]
    taxes: Annotated[list[TaxView], Doc("The taxes in the first charge.")]
    first_charge: Annotated[str, Doc("What is charged first, with tax.")]
    renewal: Annotated[str, Doc("What each later period costs, before tax.")]


def priced_service(pack: PricedPack, currency: str) -> PricedServiceView:
    return {
        "pack": pack.pack,
        "plan_id": pack.plan_id,
        "title": pack.title,
        "description": pack.description,
        "quantity": pack.quantity,
        "period": pack.period,
        "options": pack.options,
        "setup": format_cents(pack.setup_cents, currency),
        "recurring": format_cents(pack.recurring_cents, currency),
        "setup_discount": format_cents(pack.setup_discount_cents, currency),
        "recurring_discount": format_cents(pack.recurring_discount_cents, currency),
        "prorated": _prorated(pack, currency),
        "coupon_code": pack.coupon.coupon_code if pack.coupon else None,
        "tax": format_cents(pack.tax_cents, currency),
        "taxes": tax_views(pack.taxes, currency),
        "first_charge": format_cents(pack.first_charge_cents, currency),
        "renewal": format_cents(pack.renewal_cents if pack.period else 0, currency),
    }


def _prorated(pack: PricedPack, currency: str) -> ProratedView | None:
    found = pack.proration
    if found is None:
        return None
    return {
        "starts_at": iso(found.start_at),
        "ends_at": iso(found.ends_at),
        "renews_at": iso(found.renews_at),
        "days": found.days,
        "of_days": found.of_days,
        "price": format_cents(found.cents, currency),
        "discount": format_cents(found.discount_cents, currency),
        "with_next": found.with_next,
    }


def tax_views(taxes: Iterable[AppliedTax], currency: str) -> list[TaxView]:
    return [
        {
            "tax_id": tax.tax_id,
            "name": tax.name,
            "rate": tax.rate,
            "amount": format_cents(tax.cents, currency),
            "reverse_charge": tax.reverse_charge,
            "vat_check": tax.vat_check or None,
        }
        for tax in taxes
    ]
