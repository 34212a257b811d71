"""The plans file is valid, and a broken one is refused when it is read."""

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from lambdas.catalog.plan import PLANS_FILE, load_plans

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


@pytest.mark.parametrize(
    ("right", "wrong", "field"),
    [
        ('plan_id = "1"', 'plan_id = "0"', "plan_id"),
        ('plan_id = "1"', 'plan_id = "web basic"', "plan_id"),
        ('title = "Plan"', 'title = ""', "title"),
        ('title = "Plan"', f'title = "{"x" * 251}"', "title"),
        ("{ 1 = {", "{ 121 = {", "pricing"),
        ("{ 1 = {", "{ -1 = {", "pricing"),
        ('pricing = { 1 = { price = "5", setup = "0" } }', "pricing = {}", "pricing"),
    ],
)
def test_what_no_order_could_ask_for_is_refused(tmp_path: Path, right: str, wrong: str, field: str) -> None:
    file = tmp_path / "plans.toml"
    file.write_text((PLAN % "5").replace(right, wrong))

    with pytest.raises(ValidationError, match=field):
        load_plans(file)


def test_two_plans_of_one_id_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "plans.toml"
    file.write_text(2 * (PLAN % "1"))

    with pytest.raises(ValueError, match="plan_id"):
        load_plans(file)


UPGRADES = """
  [plans.upgrades.31]
  name = "Memory"
  default = "%s"
  options = { 100 = { name = "32 GB", price = "0", setup = "0" } }

  [plans.upgrades.32]
  name = "Disk"
  default = "%s"
  options = { %s = { name = "1 TB", price = "0", setup = "0" } }
"""


@pytest.mark.parametrize(
    ("written", "problem"),
    [(("100", "200", "200"), ""), (("101", "200", "200"), "must be one of"), (("100", "100", "100"), "more than once")],
)
def test_a_default_is_an_option_and_an_option_has_an_id_of_its_own(
    tmp_path: Path, written: tuple[str, str, str], problem: str
) -> None:
    file = tmp_path / "plans.toml"
    file.write_text(PLAN % "1" + UPGRADES % written)

    if problem:
        with pytest.raises(ValidationError, match=problem):
            load_plans(file)
    else:
        assert load_plans(file)["1"].upgrades["32"].default == "200"
