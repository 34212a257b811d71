"""Coupons: the orders that one fits, and its discount (docs/reference/ubersmith.md, 3.4 and 4.7; docs/decisions.md).

Pure: no store, no clock. Discounts are worked out in whole cents and rounded once per line, half up.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from lambdas.orders.model.coupon_misfit import CouponMisfit
from lambdas.orders.model.money import digits_of, format_cents, format_percent
from lambdas.orders.ports import Sale
from lambdas.runtime.models import Frozen

ALL_PLANS = "0"
WHOLE = 10_000  # 100.00 percent
MAX_CODE = 64


class Discount(Frozen):
    """`value` is in hundredths of a percent, or in cents if it is an amount (Ubersmith's `dollar`, `discount_type` 1)."""

    value: int = 0
    is_amount: bool = False

    def text(self, currency: str) -> str:
        return format_cents(self.value, currency) if self.is_amount else format_percent(self.value)

    def exactly(self, cents: int) -> int:
        """The discount on these cents, in ten-thousandths of a cent, at most all of them."""
        return min(self.value, cents) * WHOLE if self.is_amount else min(self.value, WHOLE) * cents

    def after(self, cents: int) -> "Discount":
        """The rest of an amount after its discount on these cents. A percentage stays."""
        return Discount(value=self.value - min(self.value, cents), is_amount=True) if self.is_amount else self


class OptionDiscount(Frozen):
    """The discount on one option of a plan, instead of the coupon's own discount."""

    recurring: Discount = Discount()
    setup: Discount = Discount()


@dataclass(frozen=True)
class Charge:
    """A part of a pack's price, whole quantity: of the option `spo_id`, or of the plan and all else (empty)."""

    spo_id: str
    recurring_cents: int
    setup_cents: int


class Coupon(Frozen):
    """A coupon. `start` and `expire` are Unix seconds, both inclusive; 0 is never in `expire`, no limit in `max_uses`.

    `vip`: for existing clients only. `clients`: for these only, if there are any. `recurring`: for later periods too.
    `currency`: of its amounts; empty in coupons of earlier releases, which knew amounts with two digits only.
    `class_id` is the brand; `descriptions` are by locale, such as `en_US`; `options` by `spo_id`.
    """

    coupon_id: str = ""
    coupon_code: str
    class_id: int
    currency: str = ""
    plan_id: str = ALL_PLANS
    description: str = ""
    descriptions: dict[str, str] = {}
    start: int = 0
    expire: int = 0
    active: bool = True
    vip: bool = False
    recurring: bool = False
    discount: Discount = Discount()
    setup_discount: Discount = Discount()
    max_uses: int = 0
    total_uses: int = 0
    options: dict[str, OptionDiscount] = {}
    clients: tuple[str, ...] = ()
    revision: int = 1

    @property
    def is_used_up(self) -> bool:
        return 0 < self.max_uses <= self.total_uses

    def covers(self, plan_id: str) -> bool:
        return self.plan_id in (ALL_PLANS, plan_id)

    def fits(self, sale: Sale) -> bool:
        """Whether this order may use it now, its plans and its uses apart."""
        return self.misfit(sale) is None

    def misfit(self, sale: Sale) -> CouponMisfit | None:
        """Why this order may not use it now, its plans and its uses apart; None if it may."""
        failed = (
            (self.class_id != sale.brand_id, CouponMisfit.UNKNOWN),
            (not self.active, CouponMisfit.OFF),
            (sale.now < self.start, CouponMisfit.TOO_EARLY),
            (0 < self.expire < sale.now, CouponMisfit.EXPIRED),
            (bool(self.clients) and sale.client_id not in self.clients, CouponMisfit.FOR_OTHERS),
            (self.vip and sale.client_id is None, CouponMisfit.FOR_CLIENTS),
            (not self._is_off(sale.currency), CouponMisfit.OTHER_SERVICES),
        )
        return next((misfit for is_so, misfit in failed if is_so), None)

    def _is_off(self, currency: str) -> bool:
        """Whether its discounts can be taken off amounts of this currency."""
        if self.currency == currency or not any(each.is_amount for each in self._discounts()):
            return True
        return not self.currency and digits_of(currency) == digits_of(self.currency)

    def _discounts(self) -> Iterator[Discount]:
        yield from (self.discount, self.setup_discount)
        for option in self.options.values():
            yield from (option.recurring, option.setup)

    def off(self, charges: Iterable[Charge]) -> tuple[int, int]:
        """Cents off the recurring and off the set-up charge: at most what they are."""
        recurring = setup = plain_recurring = plain_setup = 0
        for charge in charges:
            if own := self.options.get(charge.spo_id):
                recurring += own.recurring.exactly(charge.recurring_cents)
                setup += own.setup.exactly(charge.setup_cents)
            else:
                plain_recurring += charge.recurring_cents
                plain_setup += charge.setup_cents
        recurring += self.discount.exactly(plain_recurring)
        setup += self.setup_discount.exactly(plain_setup)
        return _half_up(recurring), _half_up(setup)

    def after(self, charges: Iterable[Charge]) -> "Coupon":
        """The coupon with its amounts lessened by what it took off these charges, for the packs that follow."""
        options, plain_recurring, plain_setup = dict(self.options), 0, 0
        for charge in charges:
            if own := options.get(charge.spo_id):
                options[charge.spo_id] = OptionDiscount(
                    recurring=own.recurring.after(charge.recurring_cents), setup=own.setup.after(charge.setup_cents)
                )
            else:
                plain_recurring += charge.recurring_cents
                plain_setup += charge.setup_cents
        left = {
            "discount": self.discount.after(plain_recurring),
            "setup_discount": self.setup_discount.after(plain_setup),
        }
        return self.model_copy(update={**left, "options": options})


class Coupons(Protocol):
    """Finds coupons by code."""

    def find(self, class_id: int, coupon_code: str) -> Coupon | None:
        """The brand's coupon of this code, in upper or lower case."""


class CouponUses(Protocol):
    """Counts uses of coupons. An order uses a coupon once, however often it is counted."""

    def redeem(self, coupon_id: str, order_id: str, *, now: int) -> bool:
        """Count the order's use. False if the coupon is used up, off, or out of its dates; then nothing is counted."""
        ...

    def is_used_by(self, coupon_id: str, order_id: str) -> bool:
        """Whether a use of this order is counted."""
        ...

    def give_back(self, order_id: str, *, keep: Iterable[str] = ()) -> tuple[str, ...]:
        """Uncount the order's uses, except those of the coupons to keep. Return the coupons' ids; none when repeated."""
        ...


def normal_code(code: str) -> str:
    """The code as it is stored, in upper case; empty if it cannot be a code."""
    code = code.strip().upper()
    return code if len(code) <= MAX_CODE else ""


def _half_up(ten_thousandths: int) -> int:
    return (ten_thousandths + WHOLE // 2) // WHOLE
