"""The coupon and the taxes of a pack as they stood when it was priced; nothing of them is worked out again after submit."""

from collections.abc import Iterable

from lambdas.runtime.models import Frozen


class AppliedCoupon(Frozen):
    """The coupon of a pack as it stood then. Discounts are hundredths of a percent, or cents where `dollar`."""

    IMPERSONAL = frozenset(
        {
            "coupon_id", "coupon_code", "description", "recurring", "discount_value", "dollar", "setup_discount_value",
            "setup_dollar",
        }
    )  # fmt: skip

    coupon_id: str
    coupon_code: str
    description: str = ""
    recurring: bool = False
    discount_value: int = 0
    dollar: bool = False
    setup_discount_value: int = 0
    setup_dollar: bool = False


class AppliedTax(Frozen):
    """A tax on a pack's first charge: `recurring_cents` on the first period, `setup_cents` on set-up, both after the coupon.

    `rate` is percent as decimal text. `reverse_charge`: the client owes the tax and is charged none; then `rate` is 0.
    """

    IMPERSONAL = frozenset({"tax_id", "name", "rate", "recurring_cents", "setup_cents", "reverse_charge"})

    tax_id: str
    name: str
    rate: str
    recurring_cents: int = 0
    setup_cents: int = 0
    reverse_charge: bool = False

    @property
    def cents(self) -> int:
        return self.recurring_cents + self.setup_cents

    @property
    def label(self) -> str:
        """As invoices and summaries name it; "reverse charge" is the law's wording (Directive 2006/112/EC, article 226, 11a)."""
        return f"{self.name}, reverse charge" if self.reverse_charge else f"{self.name} {self.rate}%"


def tax_totals(taxes: Iterable[AppliedTax]) -> tuple[AppliedTax, ...]:
    """Each tax once, with the sums of its amounts."""
    totals: dict[str, AppliedTax] = {}
    for tax in taxes:
        before = totals.get(tax.tax_id)
        sums = {
            "recurring_cents": tax.recurring_cents + (before.recurring_cents if before else 0),
            "setup_cents": tax.setup_cents + (before.setup_cents if before else 0),
        }
        totals[tax.tax_id] = tax.model_copy(update=sums)
    return tuple(totals.values())
