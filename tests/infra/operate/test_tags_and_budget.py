"""Tags of one's own, and a budget of a stage."""

import pytest

from infra.app import ROOT
from infra.operate.cost import resources_by_id
from infra.stages.errors import StageFileError
from infra.stages.readiness import StageNotReadyError, refuse_unready
from infra.stages.settings import read_settings, settings_of

DEV = (ROOT / "infra/stages/dev.toml").read_text("utf-8")


def test_tags_and_a_budget_are_on_the_stage() -> None:
    said = f'{DEV}\nbudget_dollars = 60\nalarm_mails = ["night@seaside.dev"]\ntags = {{ "cost center" = "4711", team = "x" }}\n'
    settings = read_settings("dev", said)
    resources = resources_by_id(settings)

    tagged = [each["Properties"]["Tags"] for each in resources.values() if each["Type"] == "AWS::DynamoDB::Table"]
    for tags in tagged:
        assert {"Key": "cost center", "Value": "4711"} in tags
        assert {"Key": "stage", "Value": "dev"} in tags
    (budget,) = (each["Properties"] for each in resources.values() if each["Type"] == "AWS::Budgets::Budget")
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 60, "Unit": "USD"}
    assert budget["Budget"]["CostFilters"] == {"TagKeyValue": ["user:stage$dev"]}
    for notice in budget["NotificationsWithSubscribers"]:
        assert notice["Subscribers"] == [{"Address": "night@seaside.dev", "SubscriptionType": "EMAIL"}]


def test_a_stage_that_names_no_budget_has_none() -> None:
    found = resources_by_id(settings_of("dev")).values()
    assert not [each for each in found if each["Type"] == "AWS::Budgets::Budget"]


def test_a_budget_that_nobody_hears_of_is_refused() -> None:
    with pytest.raises(StageNotReadyError, match="alarm_mails is missing: budget_dollars"):
        refuse_unready(read_settings("dev", f"{DEV}\nbudget_dollars = 60\n"), ROOT)


@pytest.mark.parametrize("key", ["stage", "project", "aws:x", "AWS:x", "", "a" * 129, "naïve"])
def test_a_tag_that_is_taken_or_cannot_be_written_is_refused(key: str) -> None:
    with pytest.raises(StageFileError, match="tags"):
        read_settings("dev", f'{DEV}\n[tags]\n"{key}" = "x"\n')
