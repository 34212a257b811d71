"""Refusals about coupons."""

from lambdas.orders.errors import Again, Nature, OrderError, Problem


class CouponNotFoundError(OrderError):
    """Has Ubersmith's words (docs/reference/ubersmith.md, 4.8)."""

    kind = "not_found"
    nature = Nature.NOT_FOUND

    def __init__(self, field: str = "coupon_id") -> None:
        super().__init__("could not get coupon info", problems=(Problem(field, "no such coupon"),))


class CouponCodeTakenError(OrderError):
    kind = "conflict"
    nature = Nature.CONFLICT

    def __init__(self, class_id: int) -> None:
        text = f"another coupon of brand {class_id} has this code; choose another, or update that coupon"
        super().__init__(f"coupon_code: {text}", problems=(Problem("coupon_code", text),))


class CouponBusyError(OrderError):
    """Too many writes of one coupon at this moment; nothing was written."""

    kind = "coupon_busy"
    nature = Nature.CONFLICT
    again = Again.LATER
    retry_after_seconds = 1

    def __init__(self) -> None:
        super().__init__("the coupon is being used or changed by many at this moment; try the same again in a minute")
