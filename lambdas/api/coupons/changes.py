"""A coupon as a caller asks for it, and what could never be right about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from lambdas.api.amounts import asked_cents, asked_percent
from lambdas.api.coupons.requests import CouponAddRequest, CouponUpdateRequest, OptionDiscountRequest
from lambdas.catalog.coupon import ALL_PLANS, WHOLE, Coupon, Discount, OptionDiscount
from lambdas.catalog.plan import Plan
from lambdas.orders.errors import InvalidOrderError, Problem

_PLAIN = ("coupon_code", "description", "start", "expire", "class_id", "recurring", "max_uses", "active", "vip")


def changed(before: Coupon, request: CouponAddRequest | CouponUpdateRequest, currency: str) -> Coupon:
    """With what was sent; options that cost no less any more are left out. `currency`: what the brand sells in."""
    stated = request.model_dump(exclude_unset=True, exclude_none=True)
    read = _Read(before, currency)
    sent = {spo_id: _option(f"opts.{spo_id}.", option, read) for spo_id, option in (request.opts or {}).items()}
    options = {**before.options, **sent}
    return before.model_copy(
        update={
            **{name: stated[name] for name in _PLAIN if name in stated},
            "plan_id": str(stated.get("plan_id", before.plan_id)),
            "descriptions": {**before.descriptions, **(request.descriptions or {})},
            "currency": read.currency,
            "discount": read.discount("discount_value", request.discount_value, request.dollar, before.discount),
            "setup_discount": read.discount(
                "setup_discount_value", request.setup_discount_value, request.setup_dollar, before.setup_discount
            ),
            "options": {spo_id: option for spo_id, option in options.items() if option != OptionDiscount()},
        }
    )


@dataclass(frozen=True)
class _Read:
    """Reads discounts. The amounts of a coupon stay in the currency that it was made in."""

    before: Coupon
    sold_in: str

    @property
    def currency(self) -> str:
        return self.before.currency if self.before.coupon_id else self.sold_in

    def discount(self, field: str, sent: Decimal | None, is_amount: bool | None, before: Discount) -> Discount:
        """A value that was not sent stays as people read it: 10.00 percent becomes an amount of 10."""
        kind = before.is_amount if is_amount is None else is_amount
        if sent is None and kind == before.is_amount:
            return before
        stated = Decimal(before.text(self.currency)) if sent is None else sent
        value = asked_cents(field, stated, self.currency) if kind else asked_percent(field, stated)
        return Discount(value=value, is_amount=kind)


def _option(where: str, sent: OptionDiscountRequest, read: _Read) -> OptionDiscount:
    return OptionDiscount(
        recurring=read.discount(
            f"{where}discount", sent.discount, sent.discount_type and bool(sent.discount), Discount()
        ),
        setup=read.discount(
            f"{where}setup_discount",
            sent.setup_discount,
            sent.setup_discount_type and bool(sent.setup_discount),
            Discount(),
        ),
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
