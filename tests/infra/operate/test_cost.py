"""The price of a stage is counted from its own template, and from the units that the bench measures."""

import pytest

from infra.app import ROOT
from infra.costs.month import CUSTOM_METRICS, costs_of_month
from infra.costs.order import (
    MEASURED,
    READS,
    TRANSITIONS,
    WRITES,
    costs_of_orders,
    unit_prices,
)
from infra.costs.tables import table
from infra.operate import cost
from lambdas.orders.model.queue import QUEUES_ROOT, Queue
from statemachines.__main__ import happy_path_transitions
from tests.bench import budgets
from tests.infra.filled_in import filled_in_prod
from tests.infra.template import Synthesized

SCALE = ROOT / "docs" / "scale.md"


def test_an_order_is_priced_within_the_budgets_of_the_bench() -> None:
    assert MEASURED[WRITES] <= budgets.WRITE_UNITS + budgets.LEDGER_UNITS
    assert MEASURED[READS] <= budgets.READ_UNITS
    assert MEASURED[TRANSITIONS] == happy_path_transitions(Queue.read(QUEUES_ROOT / "new_accounts"))
    logs_apart = sum(each.dollars for each in costs_of_orders("aarch64", 1)[:-1])
    assert 0.5 * budgets.PRICE < logs_apart <= budgets.PRICE


def test_every_unit_has_a_price_on_every_processor() -> None:
    for machine in ("aarch64", "x86_64"):
        assert unit_prices(machine).keys() == MEASURED.keys()
    arm, intel = (sum(each.dollars for each in costs_of_orders(machine)) for machine in ("aarch64", "x86_64"))
    assert arm < intel


def test_a_month_is_counted_from_the_stage_s_own_template(prod: Synthesized, operations: Synthesized) -> None:
    resources = [each for stack in (prod, operations) for each in stack.template["Resources"].values()]
    units = {each.what: each.units for each in costs_of_month(resources)}

    assert units["keys"] == sum(each["Type"] == "AWS::KMS::Key" for each in resources) > 0
    assert units["dashboards"] == 2
    assert units["metrics of alarms"] >= sum(each["Type"] == "AWS::CloudWatch::Alarm" for each in resources)
    without = [each for each in resources if each["Type"] != "AWS::KMS::Key"]
    assert "keys" not in {each.what for each in costs_of_month(without)}
    assert costs_of_month([])[0].units == CUSTOM_METRICS


def test_the_guide_has_the_tables_that_the_command_prints() -> None:
    """If this fails, put the expected table into docs/scale.md."""
    guide = SCALE.read_text("utf-8")

    assert table(costs_of_month(cost.resources_by_id(filled_in_prod()).values()), "a month") in guide
    assert table(costs_of_orders("aarch64"), "per 1,000 orders") in guide


def test_the_command_prints_both_tables_and_what_it_leaves_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert cost.main(["--stage", "dev"]) == 0

    said = capsys.readouterr().out
    assert table(costs_of_orders("aarch64"), "per 1,000 orders") in said
    assert "| a month |" in said
    assert "Not counted" in said


def test_a_stage_that_cannot_be_deployed_has_no_price(capsys: pytest.CaptureFixture[str]) -> None:
    assert cost.main(["--stage", "prod"]) == 1
    assert "stage prod is not ready to be deployed" in capsys.readouterr().err
