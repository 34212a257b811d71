"""Coupons as API 2.0 answers them: all values as text (reference/ubersmith.md 4.7)."""

from typing import Any

from lambdas.api.coupons.lists import CouponList
from lambdas.api.http.values_2_0 import as_text
from lambdas.catalog.coupon import Coupon, Discount


def coupon_id(coupon: Coupon) -> str:
    """`order.coupon_add`."""
    return coupon.coupon_id


def coupon_and_parts(coupon: Coupon) -> dict[str, Any]:
    """`order.coupon_get`."""
    return {"coupon": _coupon(coupon), "options": _options(coupon), "clients": _clients(coupon)}


def coupons(found: CouponList) -> Any:
    """`order.coupon_list`: coupons by id, with what was asked for; `[]` if there are none."""
    return {
        coupon.coupon_id: {
            **_coupon(coupon),
            **({"options": _options(coupon)} if found.with_options else {}),
            **({"clients": _clients(coupon)} if found.with_clients else {}),
        }
        for coupon in found.coupons
    } or []


def _coupon(coupon: Coupon) -> dict[str, Any]:
    record: dict[str, Any] = as_text(
        {
            "coupon_id": coupon.coupon_id,
            "coupon_code": coupon.coupon_code,
            "class_id": coupon.class_id,
            "plan_id": coupon.plan_id,
            "description": coupon.description,
            **{f"description_{locale}": text for locale, text in coupon.descriptions.items()},
            "start": coupon.start,
            "expire": coupon.expire,
            "active": coupon.active,
            "vip": coupon.vip,
            "recurring": coupon.recurring,
            "discount_value": coupon.discount.text(coupon.currency),
            "dollar": coupon.discount.is_amount,
            "setup_discount_value": coupon.setup_discount.text(coupon.currency),
            "setup_dollar": coupon.setup_discount.is_amount,
            "max_uses": coupon.max_uses,
            "total_uses": coupon.total_uses,
        }
    )
    return record


def _options(coupon: Coupon) -> Any:
    return {
        spo_id: {
            "coupon_id": coupon.coupon_id,
            "spo_id": spo_id,
            "discount": option.recurring.text(coupon.currency),
            "discount_type": _type(option.recurring),
            "setup_discount": option.setup.text(coupon.currency),
            "setup_discount_type": _type(option.setup),
        }
        for spo_id, option in coupon.options.items()
    } or []


def _type(discount: Discount) -> str:
    return "1" if discount.is_amount else "0"


def _clients(coupon: Coupon) -> Any:
    return {client_id: {"coupon_id": coupon.coupon_id, "client_id": client_id} for client_id in coupon.clients} or []
