"""Filters and sorts coupons for `order.coupon_list`."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lambdas.api.auth.caller import Caller
from lambdas.api.coupons.requests import CouponListRequest
from lambdas.catalog.coupon import Coupon
from lambdas.orders.table.list_filters import MAX_LIMIT
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.users.rights import Right


@dataclass(frozen=True)
class CouponList:
    """The coupons found, and which of their parts the caller requested."""

    coupons: tuple[Coupon, ...]
    with_options: bool
    with_clients: bool


def list_coupons(coupons: CouponRecords, request: CouponListRequest, caller: Caller) -> CouponList:
    """The coupons that the caller may see. Reads up to the last one of the page, or all of them to sort them."""
    found: Iterator[Coupon] = (
        coupon
        for coupon in coupons.every()
        if _is_wanted(coupon, request) and caller.user.may_in(Right.VIEW, None, coupon.class_id)
    )
    name, descending = request.order_by or "coupon_id", request.direction == "desc"
    if name != "coupon_id" or descending:  # they come by id: any other order needs all of them
        found = iter(sorted(found, key=lambda coupon: _sort_key(coupon, name), reverse=descending))
    offset = request.offset or 0
    answered = tuple(islice(found, offset, offset + (request.limit or MAX_LIMIT)))
    return CouponList(answered, bool(request.include_options), bool(request.include_clients))


def _is_wanted(coupon: Coupon, request: CouponListRequest) -> bool:
    return (
        (request.plan_id is None or coupon.plan_id == str(request.plan_id))
        and (request.class_id is None or coupon.class_id == request.class_id)
        and (request.active is None or coupon.active == request.active)
        and (request.start is None or coupon.start >= request.start)
        and (request.expire is None or 0 < coupon.expire <= request.expire)
    )


def _sort_key(coupon: Coupon, name: str) -> tuple[Any, int]:
    number = int(coupon.coupon_id)
    return (number if name == "coupon_id" else getattr(coupon, name)), number
