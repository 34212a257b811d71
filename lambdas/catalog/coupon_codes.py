"""Looks up the coupon codes of one sale, each once."""

from lambdas.catalog.coupon import Coupon, Coupons, CouponUses, normal_code
from lambdas.orders.model.coupon_misfit import CouponMisfit
from lambdas.orders.ports import Sale


class CouponCodes:
    """The coupons of one sale, each looked up once."""

    def __init__(self, coupons: Coupons, uses: CouponUses, sale: Sale) -> None:
        self._coupons, self._uses, self._sale = coupons, uses, sale
        self._found: dict[str, Coupon | None] = {}

    def fitting(self, code: str) -> Coupon | None:
        """The coupon of this code if this order may use it, on some plan."""
        code = normal_code(code)
        if code and code not in self._found:
            coupon, misfit = self.looked_up(code)
            self._found[code] = None if misfit else coupon
        return self._found.get(code)

    def looked_up(self, code: str) -> tuple[Coupon | None, CouponMisfit | None]:
        """The coupon of this code, and why this order may not use it, if so."""
        coupon = self._coupons.find(self._sale.brand_id, code) if code else None
        if coupon is None:
            return None, CouponMisfit.UNKNOWN
        used_up = coupon.is_used_up and not self._is_ours(coupon)
        return coupon, coupon.misfit(self._sale) or (CouponMisfit.USED_UP if used_up else None)

    def _is_ours(self, coupon: Coupon) -> bool:
        """A submit whose outcome is open has counted its use already."""
        return bool(self._sale.order_id) and self._uses.is_used_by(coupon.coupon_id, self._sale.order_id)
