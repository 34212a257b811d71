"""A coupon as a caller asks for it, and what could never be right about it."""

from collections.abc import Iterator, Mapping

from lambdas.api.coupons.requests import CouponAddRequest, CouponUpdateRequest, OptionDiscountRequest
from lambdas.catalog.coupon import ALL_PLANS, WHOLE, Coupon, Discount, OptionDiscount
from lambdas.catalog.plan import Plan
from lambdas.orders.errors import InvalidOrderError, Problem

_PLAIN = ("coupon_code", "description", "start", "expire", "class_id", "recurring", "max_uses", "active", "vip")


def changed(before: Coupon, request: CouponAddRequest | CouponUpdateRequest) -> Coupon:
    """With what was sent; options that cost no less any more are left out."""
    stated = request.model_dump(exclude_unset=True, exclude_none=True)
    options = {**before.options, **{spo_id: _option(option) for spo_id, option in (request.opts or {}).items()}}
    return before.model_copy(
        update={
            **{name: stated[name] for name in _PLAIN if name in stated},
            "plan_id": str(stated.get("plan_id", before.plan_id)),
            "descriptions": {**before.descriptions, **(request.descriptions or {})},
            "discount": Discount(
                value=stated.get("discount_value", before.discount.value),
                is_amount=stated.get("dollar", before.discount.is_amount),
            ),
            "setup_discount": Discount(
                value=stated.get("setup_discount_value", before.setup_discount.value),
                is_amount=stated.get("setup_dollar", before.setup_discount.is_amount),
            ),
            "options": {spo_id: option for spo_id, option in options.items() if option != OptionDiscount()},
        }
    )


def _option(sent: OptionDiscountRequest) -> OptionDiscount:
    recurring, setup = sent.discount or 0, sent.setup_discount or 0
    return OptionDiscount(
        recurring=Discount(value=recurring, is_amount=sent.discount_type and recurring > 0),
        setup=Discount(value=setup, is_amount=sent.setup_discount_type and setup > 0),
    )


def checked(coupon: Coupon, plans: Mapping[str, Plan], *, before: Coupon | None = None) -> Coupon:
    """The coupon. Raises InvalidOrderError for one that could never be right. What it was for `before` it may be for still:
    a plan that is sold no more keeps nobody from ending its coupons."""
    same_places = before is not None and (before.plan_id, before.options) == (coupon.plan_id, coupon.options)
    problems = [*(() if same_places else _wrong_places(coupon, plans)), *_wrong_percentages(coupon)]
    if coupon.expire and coupon.expire < coupon.start:
        problems.append(Problem("expire", "is before start; send a later one, or 0 for a coupon without an end"))
    if problems:
        raise InvalidOrderError(tuple(problems))
    return coupon


def _wrong_places(coupon: Coupon, plans: Mapping[str, Plan]) -> Iterator[Problem]:
    plan = plans.get(coupon.plan_id)
    if plan is None and coupon.plan_id != ALL_PLANS:
        yield Problem("plan_id", f"no such service plan; the plans are {', '.join(plans)}, and 0 is all of them")
        return
    sold = [plan] if plan else list(plans.values())
    known = [spo_id for one in sold for upgrade in one.upgrades.values() for spo_id in upgrade.options]
    for spo_id in sorted(coupon.options.keys() - set(known)):
        yield Problem(f"opts.{spo_id}", f"no such plan option; the coupon's are {', '.join(known) or 'none'}")


def _wrong_percentages(coupon: Coupon) -> Iterator[Problem]:
    discounts = {"discount_value": coupon.discount, "setup_discount_value": coupon.setup_discount}
    for spo_id, option in coupon.options.items():
        discounts |= {f"opts.{spo_id}.discount": option.recurring, f"opts.{spo_id}.setup_discount": option.setup}
    for field, discount in discounts.items():
        if not discount.is_amount and discount.value > WHOLE:
            yield Problem(field, "is a percentage, so it must be at most 100; an amount has type 1")
