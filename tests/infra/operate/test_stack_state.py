"""Two deploys of one stage at once: the second is refused in one line, and so is one whose impact was judged before the other."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from infra import cdk
from infra.cdk import environment_of
from infra.operate import stack_state
from infra.operate.impact import __main__
from infra.operate.stack_state import (
    DeployBusyError,
    ImpactOutdatedError,
    StackState,
    keep_judged,
    refuse_busy,
    refuse_outdated,
    state_of,
)

STACK = "OrderQueues-dev"
HERE: dict[str, Any] = {"region_name": "us-east-1"}
DEPLOY = ["deploy", STACK, "-c", "stage=dev"]


class Stacks:
    """CloudFormation, as far as it says what stacks there are."""

    def __init__(self) -> None:
        self.stacks: dict[str, dict[str, Any]] = {}
        self.at = datetime(2026, 11, 27, tzinfo=UTC)

    def deployed(self, name: str = STACK) -> None:
        """Made, or changed some time later."""
        self.at += timedelta(hours=1)
        known = self.stacks.get(name, {"CreationTime": self.at, "StackStatus": "CREATE_COMPLETE"})
        changed = {"LastUpdatedTime": self.at, "StackStatus": "UPDATE_COMPLETE"} if name in self.stacks else {}
        self.stacks[name] = {**known, **changed}

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:
        if StackName not in self.stacks:
            said: Any = {"Error": {"Code": "ValidationError", "Message": f"Stack with id {StackName} does not exist"}}
            raise ClientError(said, "DescribeStacks")
        return {"Stacks": [self.stacks[StackName]]}


@pytest.fixture
def cloudformation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stacks]:
    monkeypatch.setattr(stack_state, "ROOT", tmp_path)
    monkeypatch.setattr(cdk, "refuse_unprepared", lambda account: None)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    stacks = Stacks()
    with mock_aws():
        monkeypatch.setattr(boto3, "client", lambda *_, **__: stacks)
        yield stacks


@pytest.mark.parametrize(
    "status",
    [
        "CREATE_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "ROLLBACK_IN_PROGRESS",
        "DELETE_IN_PROGRESS",
    ],
)
def test_a_stack_that_is_being_changed_is_refused_in_one_line_that_says_what_and_since_when(status: str) -> None:
    with pytest.raises(DeployBusyError) as error:
        refuse_busy(StackState(STACK, status, "2026-11-27T04:00:00+00:00"), "dev")

    said = str(error.value)
    assert said.startswith(
        f"{STACK} is being changed by somebody else ({status}, begun 2026-11-27T04:00:00+00:00): wait"
    )
    assert "\n" not in said
    assert said.endswith("then `make deploy STAGE=dev` again; nothing was changed")


@pytest.mark.parametrize(
    "status", ["", "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"]
)
def test_one_at_rest_or_that_was_never_made_is_not(status: str) -> None:
    refuse_busy(StackState(STACK, status), "dev")


def test_the_state_is_that_of_the_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    client = boto3.client("cloudformation", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    began, updated = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    described = {"StackName": STACK, "CreationTime": began, "StackStatus": "UPDATE_IN_PROGRESS"}
    monkeypatch.setattr(boto3, "client", lambda *_, **__: client)
    with Stubber(client) as stub:
        stub.add_response("describe_stacks", {"Stacks": [{**described, "LastUpdatedTime": updated}]})
        stub.add_response("describe_stacks", {"Stacks": [described]})
        stub.add_client_error("describe_stacks", "ValidationError", f"Stack with id {STACK} does not exist")
        stub.add_client_error("describe_stacks", "AccessDenied", "no")
        assert state_of("dev", HERE) == StackState(STACK, "UPDATE_IN_PROGRESS", "2026-01-02T00:00:00+00:00")
        assert state_of("dev", HERE).changed == "2026-01-01T00:00:00+00:00"
        assert state_of("dev", HERE) == StackState(STACK)
        with pytest.raises(Exception, match="AccessDenied"):
            state_of("dev", HERE)


def test_a_deploy_after_its_impact_goes_on(cloudformation: Stacks) -> None:
    cloudformation.deployed()
    keep_judged(state_of("dev", HERE), "dev")

    environment_of(DEPLOY)


def test_a_deploy_that_another_one_came_before_is_refused(cloudformation: Stacks) -> None:
    """The impact was judged, then somebody else's deploy ended: what it would harm is not known."""
    cloudformation.deployed()
    keep_judged(state_of("dev", HERE), "dev")
    cloudformation.deployed()

    with pytest.raises(ImpactOutdatedError, match="by another deploy since its impact was judged"):
        environment_of(DEPLOY)
    keep_judged(state_of("dev", HERE), "dev")
    environment_of(DEPLOY)


def test_so_is_the_first_deploy_that_another_first_one_came_before(cloudformation: Stacks) -> None:
    keep_judged(state_of("dev", HERE), "dev")
    cloudformation.deployed()

    with pytest.raises(ImpactOutdatedError, match=r"it was of no deploy then"):
        environment_of(DEPLOY)


def test_and_one_whose_impact_nobody_judged(cloudformation: Stacks) -> None:
    with pytest.raises(ImpactOutdatedError, match="was not judged"):
        environment_of(DEPLOY)


def test_impact_keeps_what_it_judged_and_only_where_nothing_is_harmed(
    cloudformation: Stacks, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert __main__.main(["--stage", "dev"]) == 0
    refuse_outdated(state_of("dev", HERE), "dev", tmp_path)
    assert "not deployed yet" in capsys.readouterr().out


def test_impact_does_not_judge_a_stage_that_is_being_changed(
    cloudformation: Stacks, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    busy = StackState(STACK, "UPDATE_IN_PROGRESS", "2026-11-27T04:00:00+00:00")
    monkeypatch.setattr(__main__, "state_of", lambda stage, options: busy)

    assert __main__.main(["--stage", "dev"]) == 1
    assert "is being changed by somebody else" in capsys.readouterr().out
