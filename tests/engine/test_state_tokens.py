"""Tasks that wait for a person: tokens kept in the table, their answers and their time limits."""

import time

from tests.engine.cloud import Cloud, error_code, eventually
from tests.engine.machines import token_of, waiting


def test_answer_with_a_result(cloud: Cloud, table: str) -> None:
    states = {"A": waiting(table, "a", Output="{% $states.result.by %}", End=True)}
    execution = cloud.start(cloud.machine(states, "A"), order_id="1")
    token = token_of(cloud, table, "1")
    cloud.client("stepfunctions").send_task_success(taskToken=token, output='{"by": "ann"}')
    assert cloud.output(execution) == "ann"


def test_answer_with_an_error_is_caught_by_name(cloud: Cloud, table: str) -> None:
    skipped = [{"ErrorEquals": ["ActionSkipped"], "Output": "{% $states.errorOutput.Cause %}", "Next": "Next"}]
    states = {"A": waiting(table, "a", Catch=skipped, End=True), "Next": {"Type": "Pass", "End": True}}
    execution = cloud.start(cloud.machine(states, "A"), order_id="2")
    token = token_of(cloud, table, "2")
    cloud.client("stepfunctions").send_task_failure(taskToken=token, error="ActionSkipped", cause="ann")
    assert cloud.output(execution) == "ann"


def test_failed_condition_is_caught_by_name(cloud: Cloud, table: str) -> None:
    gone = [{"ErrorEquals": ["DynamoDb.ConditionalCheckFailedException"], "Output": "gone", "Next": "Next"}]
    states = {"A": waiting(table, "a", Catch=gone, End=True), "Next": {"Type": "Pass", "End": True}}
    assert cloud.output(cloud.start(cloud.machine(states, "A"), order_id="missing")) == "gone"


def test_token_answers_once_and_not_after_the_end(cloud: Cloud, table: str) -> None:
    states = {"A": waiting(table, "a", Next="Rest"), "Rest": {"Type": "Wait", "Seconds": 30, "End": True}}
    machine, answer = cloud.machine(states, "A"), cloud.client("stepfunctions")
    cloud.start(machine, order_id="5")
    token = token_of(cloud, table, "5")
    assert error_code(lambda: answer.send_task_success(taskToken=token, output="{")) == "InvalidOutput"
    answer.send_task_success(taskToken=token, output="{}")
    assert error_code(lambda: answer.send_task_failure(taskToken=token, error="E")) == "TaskTimedOut"
    stopped = cloud.start(machine, order_id="6")
    token = token_of(cloud, table, "6")
    answer.stop_execution(executionArn=stopped)
    # The task hears of the stop a moment later. A heartbeat tells so and changes nothing.
    eventually(lambda: error_code(lambda: answer.send_task_heartbeat(taskToken=token)) == "TaskTimedOut")
    for late in (
        lambda: answer.send_task_success(taskToken=token, output="{}"),
        lambda: answer.send_task_failure(taskToken=token, error="E"),
    ):
        assert error_code(late) == "TaskTimedOut"
    assert error_code(lambda: answer.send_task_success(taskToken="nonsense", output="{}")) == "InvalidToken"


def test_uncorrected_engine_takes_an_answer_after_the_stop(uncorrected: Cloud) -> None:
    table = uncorrected.table()
    uncorrected.put(table, "1")
    answer = uncorrected.client("stepfunctions")
    execution = uncorrected.start(uncorrected.machine({"A": waiting(table, "a", End=True)}, "A"), order_id="1")
    token = token_of(uncorrected, table, "1")
    answer.stop_execution(executionArn=execution)
    assert error_code(lambda: answer.send_task_success(taskToken=token, output="{}")) == "none"


def test_wait_times_out_and_its_retry_has_a_new_token(cloud: Cloud, table: str) -> None:
    again = [{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    states = {"A": {**waiting(table, "a", Retry=again, End=True), "TimeoutSeconds": 1}}
    execution = cloud.start(cloud.machine(states, "A"), order_id="7")
    first = token_of(cloud, table, "7")
    second = eventually(lambda: (found := token_of(cloud, table, "7")) != first and found)
    answer = cloud.client("stepfunctions")
    assert error_code(lambda: answer.send_task_success(taskToken=first, output="{}")) == "TaskTimedOut"
    answer.send_task_success(taskToken=str(second), output="{}")
    cloud.output(execution)


def test_missing_heartbeat_fails_the_task_and_a_heartbeat_keeps_it(cloud: Cloud, table: str) -> None:
    states = {"A": waiting(table, "a", HeartbeatSeconds=1, End=True)}
    machine, answer = cloud.machine(states, "A"), cloud.client("stepfunctions")
    silent, alive = cloud.start(machine, order_id="8"), cloud.start(machine, order_id="9")
    token = token_of(cloud, table, "9")

    def silent_ended() -> bool:
        answer.send_task_heartbeat(taskToken=token)
        return bool(cloud.describe(silent)["status"] != "RUNNING")

    began = time.monotonic()
    eventually(lambda: silent_ended() and time.monotonic() - began > 1.2)
    assert cloud.describe(silent)["error"] == "States.HeartbeatTimeout"
    answer.send_task_success(taskToken=token, output="{}")
    cloud.output(alive)


def test_uncorrected_engine_ignores_heartbeats(uncorrected: Cloud) -> None:
    table = uncorrected.table()
    uncorrected.put(table, "1")
    states = {"A": waiting(table, "a", HeartbeatSeconds=1, End=True)}
    execution = uncorrected.start(uncorrected.machine(states, "A"), order_id="1")
    time.sleep(1.4)
    assert uncorrected.describe(execution)["status"] == "RUNNING"


def test_function_that_fails_in_a_waiting_task_fails_the_task(cloud: Cloud) -> None:
    function = cloud.function("def handler(event, context): raise ValueError(event['token'][:0] + 'no')")
    call = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Arguments": {"FunctionName": function, "Payload": {"token": "{% $states.context.Task.Token %}"}},
        "TimeoutSeconds": 20,
        "End": True,
    }
    assert cloud.ended(cloud.start(cloud.machine({"Call": call}, "Call")))["error"] == "ValueError"
