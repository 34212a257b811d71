"""A service plan (docs/reference/ubersmith.md, 3.3)."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from lambdas.languages.translated import Translated
from lambdas.orders.model.money import parse_cents
from lambdas.orders.model.packs import MAX_TITLE, PERIODS
from lambdas.runtime.models import Frozen

PLANS_FILE = Path(__file__).with_name("plans.toml")


def _cents(stated: object, info: ValidationInfo) -> int:
    return parse_cents(stated, (info.context or {}).get("currency", USUAL_CURRENCY))


USUAL_CURRENCY = "USD"  # of a stage that names none
Cents = Annotated[int, BeforeValidator(_cents)]
# Orders, quotes and contracts take no others.
PlanId = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,17}$")]
UpgradeId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Months = Annotated[int, Field(ge=PERIODS.start, lt=PERIODS.stop)]
Title = Annotated[str, Field(min_length=1, max_length=MAX_TITLE)]
Told = Annotated[str, Field(max_length=1_000)]
Ending = Annotated[str, Field(pattern=r"^[a-z0-9-]{2,63}(\.[a-z0-9-]{2,63}){0,3}$")]
"""In ASCII, without a dot before it."""


class Price(Frozen):
    """Cents per unit: `price` each period, `setup` once."""

    model_config = ConfigDict(extra="forbid")

    price: Cents
    setup: Cents


class Option(Price, Translated):
    """A choice within an upgrade; its price is per month, as Ubersmith treats options.

    `value`: the name that programs use, such as `64`; by default its name. `description` and `data` are for pages that
    show it, and mean nothing here.
    """

    name: Title
    value: Told = ""
    description: Told = ""
    data: dict[str, Told] = {}

    @property
    def known_value(self) -> str:
        return self.value or self.name


class Upgrade(Translated):
    """A group of options, of which a service has one; `default` is taken if the caller chose none.

    `variable`: the name that programs use, such as `memory`; by default made of its name. `description`
    and `data`: as an option's.
    """

    model_config = ConfigDict(extra="forbid")

    name: Title
    default: UpgradeId
    variable: Told = ""
    description: Told = ""
    data: dict[str, Told] = {}
    options: dict[UpgradeId, Option]

    @property
    def known_variable(self) -> str:
        return self.variable or re.sub(r"\W+", "_", self.name.lower()).strip("_")

    @model_validator(mode="after")
    def _default_is_an_option(self) -> "Upgrade":
        if self.default not in self.options:
            raise ValueError(f"default: must be one of the options {', '.join(self.options)}")
        return self


Need = Literal["domain", "transfer_code"]
"""Data that must be given with a plan before it can be sold. `domain`: a domain name per unit, as the service's description.
`transfer_code`: the authorisation code of the domain's present registrar."""


class Plan(Translated):
    """`pricing` by period in months (0: one-time); `upgrades` by upgrade id; `needs`: data that an order must give.

    `endings`: of the domain names that it sells, each directly below one of them, such as `com` or `co.uk`; empty: any host name.
    `features`: what the plan has, a line each, for the pages that offer it.
    `currency`: of all its prices. Brands that sell in another one do not have it.
    """

    model_config = ConfigDict(extra="forbid")

    plan_id: PlanId
    title: Title
    code: str
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = USUAL_CURRENCY
    pricing: dict[Months, Price] = Field(min_length=1)
    upgrades: dict[UpgradeId, Upgrade] = {}
    needs: tuple[Need, ...] = ()
    endings: tuple[Ending, ...] = ()
    features: tuple[Annotated[str, Field(min_length=1, max_length=120)], ...] = Field(default=(), max_length=12)

    @property
    def is_transfer(self) -> bool:
        return "transfer_code" in self.needs

    @model_validator(mode="after")
    def _endings_are_of_domains(self) -> "Plan":
        if (self.endings or self.is_transfer) and "domain" not in self.needs:
            raise ValueError('endings and transfer_code are of domain names, so `needs` must say "domain"')
        return self

    @model_validator(mode="after")
    def _options_have_ids_of_their_own(self) -> "Plan":
        """Coupons name an option by its id alone (spo_id)."""
        ids = [option_id for upgrade in self.upgrades.values() for option_id in upgrade.options]
        if len(ids) != len(set(ids)):
            raise ValueError("upgrades: an option's id is used more than once in this plan; give each one of its own")
        return self


@cache
def load_plans(file: Path = PLANS_FILE, currency: str = USUAL_CURRENCY) -> dict[str, Plan]:
    """All plans by id. `currency`: the stage's, which counts for plans that name none."""
    plans = [_plan({"currency": currency, **raw}) for raw in tomllib.loads(file.read_text("utf-8"))["plans"]]
    by_id = {plan.plan_id: plan for plan in plans}
    if len(by_id) != len(plans):
        raise ValueError(f"{file}: a plan_id is used more than once; give each plan an id of its own")
    return by_id


def _plan(raw: dict[str, Any]) -> Plan:
    return Plan.model_validate(raw, context={"currency": raw["currency"]})


def sold_in(plans: Mapping[str, Plan], currency: str) -> dict[str, Plan]:
    """The plans of brands that sell in this currency."""
    return {plan_id: plan for plan_id, plan in plans.items() if plan.currency == currency}
