"""Coupons as new callers get them."""

from typing import Annotated, Literal, TypedDict

from typing_extensions import Doc

from lambdas.api.coupons.lists import CouponList
from lambdas.api.http.values import iso
from lambdas.catalog.coupon import ALL_PLANS, Coupon, Discount


class DiscountView(TypedDict):
    kind: Annotated[Literal["percentage", "amount"], Doc("What `value` is.")]
    value: Annotated[str, Doc("Decimal text: percent, or an amount of money.")]


class OptionDiscountView(TypedDict):
    recurring: Annotated[DiscountView, Doc("Off the option's price.")]
    setup: Annotated[DiscountView, Doc("Off the option's set-up.")]


class CouponView(TypedDict):
    coupon_id: Annotated[str, Doc("The coupon's id.")]
    coupon_code: Annotated[str, Doc("The code that buyers enter.")]
    class_id: Annotated[int, Doc("The brand.")]
    plan_id: Annotated[str | None, Doc("The service plan it is for; null for all.")]
    description: Annotated[str, Doc("What buyers read.")]
    descriptions: Annotated[dict[str, str], Doc("The description in other languages, by locale.")]
    starts_at: Annotated[str | None, Doc("From when it is valid.")]
    expires_at: Annotated[str | None, Doc("Until when it is valid; null: without end.")]
    active: Annotated[bool, Doc("Whether it can be used.")]
    vip: Annotated[bool, Doc("Whether it is for existing clients only.")]
    recurring: Annotated[bool, Doc("Whether it is taken off every period, not the first alone.")]
    discount: Annotated[DiscountView, Doc("Off the price of a period.")]
    setup_discount: Annotated[DiscountView, Doc("Off the set-up.")]
    options: Annotated[dict[str, OptionDiscountView] | None, Doc("By option id; null if a list left them out.")]
    clients: Annotated[list[str] | None, Doc("Ids of the clients it is for; empty: all. Null if a list left them out.")]
    max_uses: Annotated[int | None, Doc("How often it can be used; null: without limit.")]
    total_uses: Annotated[int, Doc("How often it has been used.")]


class CouponsView(TypedDict):
    coupons: Annotated[list[CouponView], Doc("The coupons.")]


def coupons_view(found: CouponList) -> CouponsView:
    return {"coupons": [_listed(coupon, found) for coupon in found.coupons]}


def coupon_view(coupon: Coupon) -> CouponView:
    return {
        "coupon_id": coupon.coupon_id,
        "coupon_code": coupon.coupon_code,
        "class_id": coupon.class_id,
        "plan_id": None if coupon.plan_id == ALL_PLANS else coupon.plan_id,
        "description": coupon.description,
        "descriptions": coupon.descriptions,
        "starts_at": iso(coupon.start),
        "expires_at": iso(coupon.expire or None),
        "active": coupon.active,
        "vip": coupon.vip,
        "recurring": coupon.recurring,
        "discount": _discount(coupon.discount, coupon.currency),
        "setup_discount": _discount(coupon.setup_discount, coupon.currency),
        "options": {
            spo_id: {
                "recurring": _discount(option.recurring, coupon.currency),
                "setup": _discount(option.setup, coupon.currency),
            }
            for spo_id, option in coupon.options.items()
        },
        "clients": list(coupon.clients),
        "max_uses": coupon.max_uses or None,
        "total_uses": coupon.total_uses,
    }


def _listed(coupon: Coupon, found: CouponList) -> CouponView:
    view = coupon_view(coupon)
    if not found.with_options:
        view["options"] = None
    if not found.with_clients:
        view["clients"] = None
    return view


def _discount(discount: Discount, currency: str) -> DiscountView:
    return {"kind": "amount" if discount.is_amount else "percentage", "value": discount.text(currency)}
