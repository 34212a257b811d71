"""Step Functions: names, time limits, stopping, retries."""

import json
import time
from typing import Any

import pytest

from tests.engine.cloud import Cloud, error_code, eventually, unique

WAIT = {"Wait": {"Type": "Wait", "Seconds": 30, "End": True}}
PASS = {"Pass": {"Type": "Pass", "Output": {"got": "{% $states.input %}"}, "End": True}}
RAISING = """
class TransientError(Exception):
    pass
class PermanentError(Exception):
    pass
def handler(event, context):
    raise {"transient": TransientError, "permanent": PermanentError}[event["kind"]]("told to")
"""


def invoke(function: str, payload: Any, **fields: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": function, "Payload": payload},
        **fields,
    }


def test_execution_starts_at_once(cloud: Cloud) -> None:
    machine = cloud.machine(PASS, "Pass")
    began = time.monotonic()
    for _ in range(5):
        cloud.output(cloud.start(machine))
    assert (time.monotonic() - began) / 5 < 0.15


def test_same_name_and_input_while_running_is_the_same_execution(cloud: Cloud) -> None:
    machine, name = cloud.machine(WAIT, "Wait"), unique("order")
    first = cloud.start(machine, name, order_id="17")
    assert cloud.start(machine, name, order_id="17") == first
    assert error_code(lambda: cloud.start(machine, name, order_id="18")) == "ExecutionAlreadyExists"
    cloud.client("stepfunctions").stop_execution(executionArn=first)
    assert error_code(lambda: cloud.start(machine, name, order_id="17")) == "ExecutionAlreadyExists"


def test_uncorrected_engine_refuses_the_same_execution(uncorrected: Cloud) -> None:
    machine, name = uncorrected.machine(WAIT, "Wait"), unique("order")
    uncorrected.start(machine, name)
    assert error_code(lambda: uncorrected.start(machine, name)) == "ExecutionAlreadyExists"


def test_name_and_input_are_checked(cloud: Cloud) -> None:
    machine = cloud.machine(PASS, "Pass")
    assert error_code(lambda: cloud.start(machine, "a" * 80)) == "none"
    for name in ("a b", "a:b", "a" * 81):
        assert error_code(lambda: cloud.start(machine, name)) == "InvalidName"  # noqa: B023
    states = cloud.client("stepfunctions")
    assert error_code(lambda: states.start_execution(stateMachineArn=machine, input="{")) == "InvalidExecutionInput"


def test_machine_timeout_ends_the_execution(cloud: Cloud) -> None:
    execution = cloud.start(cloud.machine(WAIT, "Wait", TimeoutSeconds=1))
    ended = cloud.ended(execution)
    assert (ended["status"], ended["error"]) == ("TIMED_OUT", "States.Timeout")
    assert cloud.history(execution)[-1]["type"] == "ExecutionTimedOut"


def test_uncorrected_engine_ignores_the_machine_timeout(uncorrected: Cloud) -> None:
    execution = uncorrected.start(uncorrected.machine(WAIT, "Wait", TimeoutSeconds=1))
    time.sleep(1.3)
    assert uncorrected.describe(execution)["status"] == "RUNNING"


def test_retry_and_catch_by_exception_class(cloud: Cloud) -> None:
    retry = [{"ErrorEquals": ["TransientError"], "IntervalSeconds": 1, "MaxAttempts": 2, "JitterStrategy": "FULL"}]
    catch = [
        {"ErrorEquals": ["PermanentError"], "Next": "Permanent"},
        {"ErrorEquals": ["States.ALL"], "Output": "{% $states.errorOutput.Error %}", "Next": "Other"},
    ]
    call = invoke(cloud.function(RAISING), {"kind": "{% $states.input.kind %}"}, Retry=retry, Catch=catch, Next="Other")
    states = {
        "Call": call,
        "Permanent": {"Type": "Pass", "Output": "permanent", "End": True},
        "Other": {"Type": "Pass", "End": True},
    }
    machine = cloud.machine(states, "Call")
    transient, permanent = cloud.start(machine, kind="transient"), cloud.start(machine, kind="permanent")
    assert cloud.output(permanent) == "permanent"
    assert cloud.output(transient) == "TransientError"
    assert [event["type"] for event in cloud.history(transient)].count("TaskFailed") == 3
    assert [event["type"] for event in cloud.history(permanent)].count("TaskFailed") == 1


def test_max_delay_caps_the_backoff(cloud: Cloud) -> None:
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "BackoffRate": 50, "MaxDelaySeconds": 1}]
    call = invoke(cloud.function(RAISING), {"kind": "transient"}, Retry=[{**retry[0], "MaxAttempts": 2}], End=True)
    began = time.monotonic()
    assert cloud.ended(cloud.start(cloud.machine({"Call": call}, "Call")))["error"] == "TransientError"
    assert 2 <= time.monotonic() - began < 4


def test_task_timeout_is_caught(cloud: Cloud) -> None:
    function = cloud.function("import time\ndef handler(event, context): time.sleep(3)")
    catch = [{"ErrorEquals": ["States.Timeout"], "Output": "late", "Next": "Late"}]
    call = invoke(function, {}, TimeoutSeconds="{% 1 %}", Catch=catch, End=True)
    states = {"Call": call, "Late": {"Type": "Succeed", "Output": {"was": "{% $states.input %}"}}}
    assert cloud.output(cloud.start(cloud.machine(states, "Call"))) == {"was": "late"}


def test_stopped_execution_does_nothing_more_in_any_branch(cloud: Cloud) -> None:
    table = cloud.table()
    slow = cloud.function(
        "import time\ndef handler(event, context):\n    time.sleep(0.5)\n    raise ValueError('late')"
    )
    write = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem",
        "Arguments": {"TableName": table, "Item": {"pk": {"S": "after"}}},
        "End": True,
    }
    call = invoke(slow, {}, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Write"}], Next="Write")
    box = {"Type": "Parallel", "Branches": [{"StartAt": "Call", "States": {"Call": call, "Write": write}}], "End": True}
    execution = cloud.start(cloud.machine({"Box": box}, "Box"))
    eventually(lambda: "TaskScheduled" in [event["type"] for event in cloud.history(execution)])
    cloud.client("stepfunctions").stop_execution(executionArn=execution)
    eventually(lambda: any(line.startswith("END") for line in cloud.logs(slow)) if has_log(cloud, slow) else False)
    time.sleep(0.1)
    assert cloud.describe(execution)["status"] == "ABORTED"
    assert cloud.history(execution)[-1]["type"] == "ExecutionAborted"
    assert cloud.item(table, "after") == {}


def has_log(cloud: Cloud, function: str) -> bool:
    groups = cloud.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{function}")["logGroups"]
    return bool(groups)


def test_terminal_errors_are_not_caught_by_states_all(cloud: Cloud) -> None:
    box = {
        "Type": "Parallel",
        "Branches": [{"StartAt": "Nowhere", "States": {}}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Done"}],
        "Next": "Done",
    }
    execution = cloud.start(cloud.machine({"Box": box, "Done": {"Type": "Succeed"}}, "Box"))
    assert cloud.ended(execution)["error"] == "States.Runtime"


def test_history_is_paged_and_numbered(cloud: Cloud) -> None:
    branch = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "End": True}}}
    other = {"StartAt": "C", "States": {"C": {"Type": "Pass", "Next": "D"}, "D": {"Type": "Pass", "End": True}}}
    box = {"Type": "Parallel", "Branches": [branch, other], "End": True}
    execution = cloud.start(cloud.machine({"Box": box}, "Box"))
    cloud.output(execution)
    assert [event["id"] for event in cloud.history(execution)] == list(range(1, len(cloud.history(execution)) + 1))
    assert sorted(cloud.entered(execution)) == ["A", "B", "Box", "C", "D"]


def test_status_changes_reach_the_event_bus(cloud: Cloud) -> None:
    url, arn = cloud.queue()
    events, machine = cloud.client("events"), cloud.machine(WAIT, "Wait", TimeoutSeconds=1)
    rule = unique("rule")
    pattern = {"source": ["aws.states"], "detail": {"stateMachineArn": [machine], "status": ["ABORTED", "TIMED_OUT"]}}
    events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": arn}])
    stopped, timed_out = cloud.start(machine), cloud.start(machine)
    cloud.client("stepfunctions").stop_execution(executionArn=stopped)
    for execution, status in ((stopped, "ABORTED"), (timed_out, "TIMED_OUT")):
        event = eventually(lambda: cloud.receive(url))
        assert event["detail-type"] == "Step Functions Execution Status Change"
        assert (event["detail"]["executionArn"], event["detail"]["status"]) == (execution, status)


@pytest.mark.parametrize("value", [{"BOOL": True}, {"M": {"a": {"L": [{"NULL": True}]}}}])
def test_a_value_is_spelled_as_sdk_integrations_spell_it(cloud: Cloud, table: str, value: dict[str, Any]) -> None:
    update = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:dynamodb:updateItem",
        "Arguments": {
            "TableName": table,
            "Key": {"pk": {"S": "1"}},
            "UpdateExpression": "SET told = :value",
            "ExpressionAttributeValues": {":value": value},
        },
        "End": True,
    }

    ended = cloud.ended(cloud.start(cloud.machine({"Write": update}, "Write")))

    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    assert "told" not in cloud.item(table, "1")
