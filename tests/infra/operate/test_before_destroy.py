"""A stage is not taken down while executions run, unless they are meant to end."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from infra.operate.before_destroy import protection_of, refuse_or_stop

_ROLE = "arn:aws:iam::123456789012:role/machine"
_DEFINITION = '{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}'


@pytest.fixture
def step_functions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("stepfunctions", region_name="us-east-1")


@pytest.fixture
def machines(step_functions: Any) -> dict[str, str]:
    names = ("new_accounts", "colocation")
    return {
        name: step_functions.create_state_machine(name=f"dev-{name}", definition=_DEFINITION, roleArn=_ROLE)[
            "stateMachineArn"
        ]
        for name in names
    }


def test_nothing_runs(step_functions: Any, machines: dict[str, str]) -> None:
    assert refuse_or_stop(step_functions, machines, stop=False) == ""


def test_what_runs_is_counted_by_queue_and_goes_on(step_functions: Any, machines: dict[str, str]) -> None:
    for _ in range(2):
        step_functions.start_execution(stateMachineArn=machines["colocation"])

    assert "(colocation 2)" in refuse_or_stop(step_functions, machines, stop=False)
    assert "(colocation 2)" in refuse_or_stop(step_functions, machines, stop=False)


def test_what_is_meant_to_end_is_ended_and_the_stage_may_go(step_functions: Any, machines: dict[str, str]) -> None:
    execution = step_functions.start_execution(stateMachineArn=machines["colocation"])["executionArn"]

    assert refuse_or_stop(step_functions, machines, stop=True) == ""
    assert step_functions.describe_execution(executionArn=execution)["status"] == "ABORTED"
    assert refuse_or_stop(step_functions, machines, stop=False) == ""


@pytest.mark.parametrize("is_protected", [True, False])
def test_a_stack_that_may_not_be_deleted_is_named_before_anything_is_ended(
    step_functions: Any, is_protected: bool
) -> None:
    cloudformation = boto3.client("cloudformation", region_name="us-east-1")
    stack = {
        "StackName": "OrderQueues-prod",
        "CreationTime": datetime.now(UTC),
        "StackStatus": "CREATE_COMPLETE",
        "EnableTerminationProtection": is_protected,
    }
    with Stubber(cloudformation) as answers:
        answers.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "OrderQueues-prod"})

        assert ("protected" in protection_of(cloudformation, "OrderQueues-prod")) is is_protected
