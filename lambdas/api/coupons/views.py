"""Coupons as new callers get them."""

from typing import Literal, TypedDict

from lambdas.api.coupons.lists import CouponList
from lambdas.api.http.values import iso
from lambdas.catalog.coupon import ALL_PLANS, Coupon, Discount
from lambdas.orders.model.money import format_cents


class DiscountView(TypedDict):
    """`value` is decimal text: a percentage, or an amount of money."""

    kind: Literal["percentage", "amount"]
    value: str


class OptionDiscountView(TypedDict):
    recurring: DiscountView
    setup: DiscountView


class CouponView(TypedDict):
    """`plan_id`, `expires_at`, `max_uses`: null where there is no limit. `recurring`: off every period, not the first only.

    `clients`: those it is for, all if empty. `options`, `clients`: null where a list was asked for without them.
    """

    coupon_id: str
    coupon_code: str
    class_id: int
    plan_id: str | None
    description: str
    descriptions: dict[str, str]
    starts_at: str | None
    expires_at: str | None
    active: bool
    vip: bool
    recurring: bool
    discount: DiscountView
    setup_discount: DiscountView
    options: dict[str, OptionDiscountView] | None
    clients: list[str] | None
    max_uses: int | None
    total_uses: int


class CouponsView(TypedDict):
    coupons: list[CouponView]


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
        "discount": _discount(coupon.discount),
        "setup_discount": _discount(coupon.setup_discount),
        "options": {
            spo_id: {"recurring": _discount(option.recurring), "setup": _discount(option.setup)}
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


def _discount(discount: Discount) -> DiscountView:
    return {"kind": "amount" if discount.is_amount else "percentage", "value": format_cents(discount.value)}
