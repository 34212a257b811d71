"""Doors whose stage shifts calls: the API calls aliases, and CodeDeploy shifts each of them and rolls back by an alarm."""

from pathlib import Path
from typing import Any

import pytest

from infra.doors.shifts import ALIAS
from infra.permissions.grants import actions_of, grants_of
from tests.infra.conftest import synthesize
from tests.infra.filled_in import filled_in_prod
from tests.infra.template import Synthesized, name_of


@pytest.fixture(scope="module", params=["canary", "linear"])
def shifted(request: pytest.FixtureRequest, sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    settings = filled_in_prod().model_copy(update={"door_shift": request.param})
    return synthesize(settings, sources=sources, into=tmp_path_factory.mktemp("shifted"))


def called(stage: Synthesized) -> dict[str, Any]:
    """What each integration of the API calls."""
    found = stage.properties_of_type("AWS::ApiGatewayV2::Integration")
    return {name: integration["IntegrationUri"] for name, integration in found.items()}


def test_the_api_calls_nothing_but_aliases(shifted: Synthesized) -> None:
    aliases = shifted.properties_of_type("AWS::Lambda::Alias")
    permissions = shifted.properties_of_type("AWS::Lambda::Permission").values()
    of_the_api = [each for each in permissions if each["Principal"] == "apigateway.amazonaws.com"]

    assert {name_of(uri) for uri in called(shifted).values()} == set(aliases)
    assert {name_of(each["FunctionName"]) for each in of_the_api} == set(aliases)
    assert {each["Name"] for each in aliases.values()} == {ALIAS}


def test_each_alias_is_shifted_by_a_group_of_its_own(shifted: Synthesized) -> None:
    aliases, groups = (
        shifted.of_type("AWS::Lambda::Alias"),
        shifted.properties_of_type("AWS::CodeDeploy::DeploymentGroup"),
    )
    updates = {
        name: alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"]["Ref"]
        for name, alias in aliases.items()
    }
    (alarm,) = (name for name in shifted.of_type("AWS::CloudWatch::Alarm"))

    assert sorted(updates.values()) == sorted(shifted.logical_ids[name] for name in groups)
    for group in groups.values():
        assert shifted.settings.door_shift in group["DeploymentConfigName"].lower()
        assert group["AutoRollbackConfiguration"]["Enabled"] is True
        assert [name_of(each["Name"]) for each in group["AlarmConfiguration"]["Alarms"]] == [alarm]


def test_codedeploy_may_shift_the_doors_and_nothing_else(shifted: Synthesized) -> None:
    versions = shifted.properties_of_type("AWS::Lambda::Version").values()
    doors = {name_of(each["FunctionName"]) for each in versions}
    granted = [each for each in grants_of(shifted.template["Resources"]) if each.role == "Shifts"]
    allowed = {action: {each.resource for each in granted if action in each.actions} for action in actions_of(granted)}

    assert allowed == {
        "lambda:GetAlias": doors,
        "lambda:UpdateAlias": doors,
        "lambda:GetProvisionedConcurrencyConfig": {f"{door}:{ALIAS}" for door in doors},
        "cloudwatch:DescribeAlarms": {"arn:<Partition>:cloudwatch:<Region>:<AccountId>:alarm:*"},
    }


def test_only_doors_have_aliases(shifted: Synthesized) -> None:
    """Machines, streams and queues call functions as they are: an order's actions change for all orders at once."""
    mappings = shifted.properties_of_type("AWS::Lambda::EventSourceMapping").values()
    aliases = shifted.properties_of_type("AWS::Lambda::Alias")

    assert not {name_of(each["FunctionName"]) for each in mappings} & set(aliases)
    assert len(aliases) == len(called(shifted))


def test_a_stage_that_shifts_nothing_has_no_alias(local: Synthesized) -> None:
    kinds = {resource["Type"] for resource in local.resources.values()}

    assert not kinds & {"AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::CodeDeploy::DeploymentGroup"}
    assert {name_of(uri) for uri in called(local).values()} <= {f"{name}Function" for name in local.functions}
