"""Starting and answering may be repeated, and say nothing of the order but its id and step."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from mypy_boto3_stepfunctions.client import SFNClient

from lambdas.orders.machine import Answer, MachineGoneError, StepFunctionsMachine
from lambdas.orders.model.executions import Execution, execution_name, order_id_in
from tests.support.build import an_order

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


START = {"stateMachineArn": ARN, "name": execution_name(an_order()), "input": json.dumps({"order_id": "1001"})}


def test_an_execution_is_named_after_its_order_and_given_ids_only(machine: StepFunctionsMachine, stub: Stubber) -> None:
    stub.add_response("start_execution", {"executionArn": "arn:x", "startDate": 0}, START)

    assert machine.start(an_order())


def test_an_execution_is_named_so_that_another_order_of_its_number_has_another_one() -> None:
    first, second = an_order(), an_order(hash="another")

    assert execution_name(first) != execution_name(second)
    assert first.hash not in execution_name(first)
    assert order_id_in(execution_name(first)) == order_id_in(execution_name(first.changed(machine_run=3))) == "1001"


def test_how_an_execution_stands_is_asked_by_its_name_and_then_by_the_name_of_earlier_versions(
    machine: StepFunctionsMachine, stub: Stubber
) -> None:
    order = an_order()
    arn = ARN.replace(":stateMachine:", ":execution:")
    asked = {"executionArn": f"{arn}:{execution_name(order)}"}
    found = {
        "executionArn": arn,
        "stateMachineArn": ARN,
        "startDate": datetime.fromtimestamp(order.ts, UTC),
        "status": "ABORTED",
        "error": "Operator",
        "cause": "the rack burns",
    }
    stub.add_response("describe_execution", found, asked)
    stub.add_client_error("describe_execution", "ExecutionDoesNotExist", expected_params=asked)
    stub.add_response("describe_execution", found, {"executionArn": f"{arn}:order-1001"})

    for name in (execution_name(order), "order-1001"):
        said = {"error": "Operator", "cause": "the rack burns"}
        assert machine.execution(order) == Execution(name=name, status="ABORTED", started_at=order.ts, **said)


def test_an_execution_of_an_order_that_had_the_number_before_is_not_this_ones(
    machine: StepFunctionsMachine, stub: Stubber
) -> None:
    hour_before = datetime.fromtimestamp(an_order().ts - 3_600, UTC)
    before = {"executionArn": "x", "stateMachineArn": ARN, "startDate": hour_before, "status": "RUNNING"}
    stub.add_client_error("describe_execution", "ExecutionDoesNotExist")
    stub.add_response("describe_execution", before)

    assert machine.execution(an_order()) is None


def test_an_order_of_a_queue_without_a_machine_is_refused_by_name(machine: StepFunctionsMachine) -> None:
    with pytest.raises(MachineGoneError, match="queue 9 has no machine"):
        machine.start(an_order(order_queue_id=9))
    assert machine.execution(an_order(order_queue_id=9)) is None


def test_an_execution_whose_name_was_given_before_is_said_so(machine: StepFunctionsMachine, stub: Stubber) -> None:
    stub.add_client_error("start_execution", "ExecutionAlreadyExists")

    assert not machine.start(an_order())


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
