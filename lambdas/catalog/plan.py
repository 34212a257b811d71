"""A service plan (reference ubersmith-orders 3.3: plans, prices by period, upgrades with options)."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict

from lambdas.orders.money import parse_cents
from lambdas.runtime.models import Frozen

PLANS_FILE = Path(__file__).with_name("plans.toml")

Cents = Annotated[int, BeforeValidator(parse_cents)]


class Price(Frozen):
    """Cents per unit: `price` each period, `setup` once."""

    model_config = ConfigDict(extra="forbid")

    price: Cents
    setup: Cents


class Option(Price):
    """A choice within an upgrade; its price is per month, as Ubersmith treats options."""

    name: str


class Upgrade(Frozen):
    model_config = ConfigDict(extra="forbid")

    name: str
    options: dict[str, Option]


class Plan(Frozen):
    """`pricing` by period in months (0: one-time); `upgrades` by upgrade id."""

    model_config = ConfigDict(extra="forbid")

    plan_id: str
    title: str
    code: str
    pricing: dict[int, Price]
    upgrades: dict[str, Upgrade] = {}


@cache
def load_plans(file: Path = PLANS_FILE) -> dict[str, Plan]:
    """All plans by id."""
    plans = [Plan.model_validate(raw) for raw in tomllib.loads(file.read_text("utf-8"))["plans"]]
    by_id = {plan.plan_id: plan for plan in plans}
    if len(by_id) != len(plans):
        raise ValueError(f"{file}: a plan_id is used more than once; give each plan an id of its own")
    return by_id
