"""A service as a caller asks for it, before it has a price."""

from pydantic import Field

from lambdas.runtime.models import Frozen

WHOLE = 10_000  # 100.00 percent


class PackDiscount(Frozen):
    """The own discount of a pack: `value` in cents if it is an amount, else in hundredths of a percent."""

    value: int = 0
    is_amount: bool = False

    def off(self, cents: int) -> int:
        """At most all of it, rounded half up."""
        if self.is_amount:
            return min(self.value, cents)
        return (min(self.value, WHOLE) * cents + WHOLE // 2) // WHOLE


class Pack(Frozen):
    """One requested service. Amounts are cents per unit, None where the caller named none; `period` is in months.

    `price_is_monthly`: the price named is for a month, not for the period. Times are Unix seconds. `prorate_at`: until when the
    first period goes. `is_prorated`: False keeps it whole, whatever day others are billed on.
    """

    name: str
    plan_id: str = ""
    quantity: int = 1
    period: int | None = None
    options: dict[str, str] = {}
    price_cents: int | None = None
    setup_cents: int | None = None
    option_price_cents: dict[str, int] = {}
    option_setup_cents: dict[str, int] = {}
    setup_per_unit: bool = False
    price_is_monthly: bool = False
    title: str = ""
    description: str = ""
    auth_code: str = Field(default="", repr=False)
    status: int | None = None
    coupon: str = ""
    auto_bill: bool | None = None
    start_at: int | None = None
    last_renewed_at: int | None = None
    renew_at: int | None = None
    prorate_at: int | None = None
    is_prorated: bool | None = None
    discount: PackDiscount = PackDiscount()
    setup_discount: PackDiscount = PackDiscount()
