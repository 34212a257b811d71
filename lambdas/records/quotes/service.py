"""A service as it was offered and signed, with prices of its own (reference/ubersmith.md 3.1: a quote's service line).

What was signed is what is sold: the catalogue's prices do not come into it. Amounts are those of one unit, in cents of the
quote's currency; discounts are
amounts too, and were taken off before the contract was signed.
"""

from typing import Any, Self

from pydantic import Field, model_validator

from lambdas.orders.model.money import format_cents
from lambdas.orders.model.packs import MAX_QUANTITY, PERIODS, PricedPack
from lambdas.runtime.models import Frozen


class Amounts(Frozen):
    """`price_cents` is charged each period (an option's: each month), `setup_cents` once; discounts are off each of them."""

    price_cents: int = Field(default=0, ge=0)
    setup_cents: int = Field(default=0, ge=0)
    discount_cents: int = Field(default=0, ge=0)
    setup_discount_cents: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _takes_off_no_more_than_there_is(self) -> Self:
        if self.discount_cents > self.price_cents:
            raise ValueError("discount: must not be more than the price")
        if self.setup_discount_cents > self.setup_cents:
            raise ValueError("setup_discount: must not be more than the set-up fee")
        return self

    @property
    def net_price_cents(self) -> int:
        return self.price_cents - self.discount_cents

    @property
    def net_setup_cents(self) -> int:
        return self.setup_cents - self.setup_discount_cents


class QuotedOption(Amounts):
    """A choice within an upgrade of the plan; an empty `option_id` is an upgrade that is priced but not in the catalogue."""

    option_id: str = ""


class QuotedService(Amounts):
    """`plan_id` is empty for a service that is in no catalogue. `period` in months, 0: once. `options` by upgrade id.

    `setup_per_unit`: set-up is charged for each unit, otherwise once for all of them.
    """

    plan_id: str = ""
    description: str = ""
    period: int = Field(ge=PERIODS.start, lt=PERIODS.stop)
    quantity: int = Field(default=1, ge=1, le=MAX_QUANTITY)
    setup_per_unit: bool = False
    options: dict[str, QuotedOption] = {}
    notes: str = ""

    @property
    def first_charge_cents(self) -> int:
        """The first period and set-up of all units, options included, before tax."""
        months, setups = max(self.period, 1), self.quantity if self.setup_per_unit else 1
        recurring = self.net_price_cents + sum(option.net_price_cents for option in self.options.values()) * months
        setup = self.net_setup_cents + sum(option.net_setup_cents for option in self.options.values())
        return recurring * self.quantity + setup * setups

    def as_pack(self, currency: str) -> dict[str, Any]:
        """`info.packN` of the order: every amount is named, so that none is taken from the catalogue."""
        named = {"plan_id": self.plan_id} if self.plan_id else {}
        chosen = {upgrade: option.option_id for upgrade, option in self.options.items() if option.option_id}
        monthly = {upgrade: format_cents(option.net_price_cents, currency) for upgrade, option in self.options.items()}
        setup = {upgrade: format_cents(option.net_setup_cents, currency) for upgrade, option in self.options.items()}
        return {
            **named,
            "desserv": self.description,
            "period": self.period,
            "quantity": self.quantity,
            "price": format_cents(self.net_price_cents, currency),
            "setup": format_cents(self.net_setup_cents, currency),
            "prorated": "0",
            **({"setup_qs": "1"} if self.setup_per_unit else {}),
            **({"options": chosen} if chosen else {}),
            **({"monthly_fee": monthly, "setup_fee": setup} if self.options else {}),
        }

    def facts(self, currency: str) -> dict[str, str]:
        """The signed facts, by the names of the pack, each as people read it."""
        options = {
            f"options.{upgrade}": f"{option.option_id} at {format_cents(option.net_price_cents, currency)}"
            f" and {format_cents(option.net_setup_cents, currency)} set-up"
            for upgrade, option in self.options.items()
        }
        setups = self.quantity if self.setup_per_unit else 1
        option_setup = sum(option.net_setup_cents for option in self.options.values())
        return {
            "plan_id": self.plan_id,
            "desserv": self.description,
            "quantity": str(self.quantity),
            "period": str(self.period),
            "price": format_cents(self.net_price_cents, currency),
            "setup": format_cents(self.net_setup_cents, currency),
            "total_setup": format_cents((self.net_setup_cents + option_setup) * setups, currency),
            "discount": format_cents(0, currency),
            **options,
        }


def facts_of(pack: PricedPack, currency: str) -> dict[str, str]:
    """The same facts of a pack as it is sold. A coupon is a discount that nobody signed."""
    upgrades = {**pack.options, **pack.option_price_cents, **pack.option_setup_cents}
    options = {
        f"options.{upgrade}": f"{pack.options.get(upgrade, '')}"
        f" at {format_cents(pack.option_price_cents.get(upgrade, 0), currency)}"
        f" and {format_cents(pack.option_setup_cents.get(upgrade, 0), currency)} set-up"
        for upgrade in upgrades
    }
    return {
        "plan_id": pack.plan_id,
        "desserv": pack.description,
        "quantity": str(pack.quantity),
        "period": str(pack.period),
        "price": format_cents(pack.price_cents, currency),
        "setup": format_cents(pack.unit_setup_cents, currency),
        "total_setup": format_cents(pack.setup_cents, currency),
        "discount": format_cents(pack.discount_cents + pack.off_cents + pack.setup_off_cents, currency),
        **options,
    }
