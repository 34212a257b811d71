"""Starting and answering may be repeated, and say nothing of the order but its id and step."""

import json
from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from mypy_boto3_stepfunctions.client import SFNClient

from lambdas.orders.machine import Answer, StepFunctionsMachine
from tests.build import an_order

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:new_accounts"


@pytest.fixture(scope="module")
def client() -> SFNClient:
    return boto3.client(
        "stepfunctions", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
    )


@pytest.fixture
def stub(client: SFNClient) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def machine(client: SFNClient, stub: Stubber) -> StepFunctionsMachine:
    return StepFunctionsMachine({"1": ARN}, client=client)


START = {"stateMachineArn": ARN, "name": "order-1001", "input": json.dumps({"order_id": "1001"})}


def test_an_execution_is_named_after_its_order_and_given_ids_only(machine: StepFunctionsMachine, stub: Stubber) -> None:
    stub.add_response("start_execution", {"executionArn": "arn:x", "startDate": 0}, START)

    machine.start(an_order())


def test_an_execution_that_was_started_before_is_left_alone(machine: StepFunctionsMachine, stub: Stubber) -> None:
    stub.add_client_error("start_execution", "ExecutionAlreadyExists")

    machine.start(an_order())


def test_go_on_is_a_success_without_content(machine: StepFunctionsMachine, stub: Stubber) -> None:
    stub.add_response("send_task_success", {}, {"taskToken": "t", "output": "{}"})

    machine.answer("t", Answer.GO_ON)


@pytest.mark.parametrize("answer", [Answer.CANCELED, Answer.MOVED, Answer.SKIPPED])
def test_the_other_answers_are_errors_the_machine_knows_by_name(
    machine: StepFunctionsMachine, stub: Stubber, answer: Answer
) -> None:
    stub.add_response("send_task_failure", {}, {"taskToken": "t", "error": answer.value, "cause": "see the order"})

    machine.answer("t", answer)


@pytest.mark.parametrize("gone", ["TaskTimedOut", "TaskDoesNotExist"])
def test_a_state_that_waits_no_longer_is_left_alone(machine: StepFunctionsMachine, stub: Stubber, gone: str) -> None:
    stub.add_client_error("send_task_success", gone)

    machine.answer("t", Answer.GO_ON)


@pytest.mark.parametrize("code", ["InvalidToken", "ThrottlingException"])
def test_any_other_error_is_the_callers_to_try_again(machine: StepFunctionsMachine, stub: Stubber, code: str) -> None:
    stub.add_client_error("send_task_success", code)

    with pytest.raises(ClientError, match=code):
        machine.answer("t", Answer.GO_ON)
