"""The plans file is valid, and a broken one is refused when it is read."""

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from lambdas.catalog.plan import PLANS_FILE, load_plans
from lambdas.orders.packs import PERIODS

PLAN = """
[[plans]]
plan_id = "1"
title = "Plan"
code = "plan"
pricing = { 1 = { price = "%s", setup = "0" } }
"""


def test_each_plan_has_an_id_of_its_own() -> None:
    written = tomllib.loads(PLANS_FILE.read_text("utf-8"))["plans"]

    assert len(load_plans()) == len(written)


def test_each_plan_is_sold_for_periods_an_order_can_ask_for() -> None:
    for plan in load_plans().values():
        assert plan.pricing
        assert plan.pricing.keys() <= set(PERIODS)


def test_prices_are_cents() -> None:
    plans = load_plans()

    assert plans["1"].pricing[1].price == 995
    assert plans["2"].upgrades["32"].options["111"].setup == 2500


@pytest.mark.parametrize("price", ["-1", "1.001", "much", "9,95"])
def test_a_price_that_is_no_amount_is_refused(tmp_path: Path, price: str) -> None:
    file = tmp_path / "plans.toml"
    file.write_text(PLAN % price)

    with pytest.raises(ValidationError, match=r"pricing\.1\.price"):
        load_plans(file)


def test_two_plans_of_one_id_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "plans.toml"
    file.write_text(2 * (PLAN % "1"))

    with pytest.raises(ValueError, match="plan_id"):
        load_plans(file)
