"""The services an order asks for: `info.pack1`, `info.pack2`, ... (reference/ubersmith.md 5.3)."""

from collections.abc import Iterable

from lambdas.runtime.models import Frozen

MAX_PACKS = 100
MAX_QUANTITY = 10_000
MAX_TITLE = 250  # each line of the invoice begins with it
PERIODS = range(121)  # months; 0 is one-time


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
    `vat_check`: the register's answer on the client's VAT number, its day and consultation number; empty if it was not asked.
    """

    IMPERSONAL = frozenset({"tax_id", "name", "rate", "recurring_cents", "setup_cents", "reverse_charge", "vat_check"})

    tax_id: str
    name: str
    rate: str
    recurring_cents: int = 0
    setup_cents: int = 0
    reverse_charge: bool = False
    vat_check: str = ""

    @property
    def cents(self) -> int:
        return self.recurring_cents + self.setup_cents

    @property
    def label(self) -> str:
        """As invoices and summaries name it; "reverse charge" is the law's wording (Directive 2006/112/EC, article 226, 11a)."""
        return f"{self.name}, reverse charge" if self.reverse_charge else f"{self.name} {self.rate}%"


class Proration(Frozen):
    """A first period that was shortened: from `start_at` to `ends_at`, which are `days` of the whole period's `of_days`.

    `cents` and `discount_cents` (the coupon's) are those of the shortened period. `with_next`: the whole period that follows is
    charged with it. `renews_at`: when the next charge is due. Times are beginnings of days of UTC, in Unix seconds.
    """

    IMPERSONAL = frozenset(
        {"start_at", "ends_at", "renews_at", "days", "of_days", "cents", "discount_cents", "with_next"}
    )

    start_at: int
    ends_at: int
    renews_at: int
    days: int
    of_days: int
    cents: int
    discount_cents: int = 0
    with_next: bool = False


class PricedPack(Frozen):
    """A pack with its price as it stood when the order was last changed; it is sold and invoiced so. Amounts in cents.

    `setup_cents` and `recurring_cents` are for the whole quantity and before the coupon; a period is `period` months (0:
    once). `price_cents`, `unit_setup_cents` and the options' amounts are those of one unit, an option's price per month. All
    are before tax; `taxes` are those on the first charge. `off_cents` and `setup_off_cents`: what the pack's own discount took
    off, before the coupon. `start_at`, `last_renewed_at` and `renew_at` (Unix seconds), and
    `auto_bill` (later periods are charged without asking) are as the caller sent them, or None.
    """

    IMPERSONAL = frozenset(
        {
            "pack", "plan_id", "quantity", "period", "options", "setup_cents", "recurring_cents", "status", "start_at",
            "last_renewed_at", "renew_at", "auto_bill", "price_cents", "unit_setup_cents", "option_price_cents",
            "option_setup_cents", "options_desc", "groups_desc", "coupon", "recurring_discount_cents",
            "setup_discount_cents", "taxes", "proration", "off_cents", "setup_off_cents",
        }
    )  # fmt: skip
    PERSONAL = frozenset({"title", "description"})

    pack: str
    plan_id: str
    title: str
    description: str
    quantity: int
    period: int
    options: dict[str, str]
    setup_cents: int
    recurring_cents: int
    status: int | None = None
    start_at: int | None = None
    last_renewed_at: int | None = None
    renew_at: int | None = None
    auto_bill: bool | None = None
    price_cents: int = 0
    unit_setup_cents: int = 0
    option_price_cents: dict[str, int] = {}
    option_setup_cents: dict[str, int] = {}
    options_desc: dict[str, str] = {}
    groups_desc: dict[str, str] = {}
    coupon: AppliedCoupon | None = None
    recurring_discount_cents: int = 0
    setup_discount_cents: int = 0
    taxes: tuple[AppliedTax, ...] = ()
    proration: Proration | None = None
    off_cents: int = 0
    setup_off_cents: int = 0

    @property
    def number(self) -> int:
        return int(self.pack.removeprefix("pack"))

    @property
    def first_list_cents(self) -> int:
        """The first period before the coupon, shortened if it is prorated, with the next one if that is charged too."""
        if self.proration is None:
            return self.recurring_cents
        return self.proration.cents + (self.recurring_cents if self.proration.with_next else 0)

    @property
    def first_discount_cents(self) -> int:
        """The coupon's reduction of that."""
        if self.proration is None:
            return self.recurring_discount_cents
        return self.proration.discount_cents + (self.recurring_discount_cents if self.proration.with_next else 0)

    @property
    def first_recurring_cents(self) -> int:
        """The first period, after the coupon."""
        return self.first_list_cents - self.first_discount_cents

    @property
    def whole_recurring_cents(self) -> int:
        """A whole first period, after the coupon."""
        return self.recurring_cents - self.recurring_discount_cents

    @property
    def renewal_cents(self) -> int:
        """Each later period: the coupon counts there only if it recurs."""
        recurs = self.coupon is not None and self.coupon.recurring
        return self.whole_recurring_cents if recurs else self.recurring_cents

    @property
    def net_setup_cents(self) -> int:
        return self.setup_cents - self.setup_discount_cents

    @property
    def tax_cents(self) -> int:
        return sum(tax.cents for tax in self.taxes)

    @property
    def first_charge_cents(self) -> int:
        """The amount that is held and invoiced: set-up and the first period after the coupon, and their tax."""
        return self.net_setup_cents + self.first_recurring_cents + self.tax_cents

    @property
    def discount_cents(self) -> int:
        """The reduction of the first charge by the coupon."""
        return self.first_discount_cents + self.setup_discount_cents


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
