"""The boxes of our machines: `Parallel` states whose branches wait for people."""

import time

from tests.engine.cloud import Cloud, error_code
from tests.engine.machines import box, branch, token_of, waiting


def test_each_branch_waits_with_a_token_of_its_own(cloud: Cloud, table: str) -> None:
    names = [f"t{number}" for number in range(6)]
    branches = [branch(name, waiting(table, name, Output=name, End=True)) for name in names]
    execution = cloud.start(cloud.machine({"Box": box(*branches, End=True)}, "Box"), order_id="3")
    tokens = [token_of(cloud, table, "3", name) for name in names]
    assert len(set(tokens)) == 6
    for token in tokens:
        cloud.client("stepfunctions").send_task_success(taskToken=token, output="{}")
    assert cloud.output(execution) == names


def states_in_branches(cloud: Cloud) -> list[str]:
    slow = cloud.function("import time\ndef handler(event, context): time.sleep(0.2)")
    names_itself = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": slow, "Payload": {}},
        "Output": "{% $states.context.State.Name %}",
        "End": True,
    }
    branches = [branch("A", names_itself), branch("B", {"Type": "Pass", "Output": "B", "End": True})]
    return list(cloud.output(cloud.start(cloud.machine({"Box": box(*branches, End=True)}, "Box"))))


def test_each_branch_has_a_context_of_its_own(cloud: Cloud) -> None:
    assert states_in_branches(cloud) == ["A", "B"]


def test_uncorrected_engine_mixes_up_the_contexts(uncorrected: Cloud) -> None:
    assert states_in_branches(uncorrected) == ["B", "B"]


def test_failing_branch_stops_its_siblings_and_names_the_error(cloud: Cloud, table: str) -> None:
    canceled = [{"ErrorEquals": ["OrderCanceled"], "Output": "{% $states.errorOutput.Error %}", "Next": "Router"}]
    first = waiting(table, "a", Catch=[{"ErrorEquals": ["OrderCanceled"], "Next": "Out"}], End=True)
    out = {"Type": "Fail", "Error": "OrderCanceled", "Cause": "by ann"}
    inner = box(branch("A", first, Out=out), End=True)
    outer = box(branch("Inner", inner), branch("B", waiting(table, "b", End=True)), Catch=canceled, End=True)
    states = {"Outer": outer, "Router": {"Type": "Pass", "End": True}}
    execution = cloud.start(cloud.machine(states, "Outer"), order_id="4")
    answer = cloud.client("stepfunctions")
    other = token_of(cloud, table, "4", "b")
    answer.send_task_failure(taskToken=token_of(cloud, table, "4"), error="OrderCanceled")
    assert cloud.output(execution) == "OrderCanceled"
    late = error_code(lambda: answer.send_task_success(taskToken=other, output="{}"))
    assert late == "TaskTimedOut"


def test_uncorrected_engine_waits_for_the_siblings(uncorrected: Cloud) -> None:
    table = uncorrected.table()
    uncorrected.put(table, "1")
    failing = branch("Out", {"Type": "Fail", "Error": "OrderCanceled"})
    states = {"Box": box(failing, branch("B", waiting(table, "b", End=True)), End=True)}
    execution = uncorrected.start(uncorrected.machine(states, "Box"), order_id="1")
    token_of(uncorrected, table, "1", "b")
    time.sleep(0.3)
    assert uncorrected.describe(execution)["status"] == "RUNNING"


def test_variables_choice_and_box_output(cloud: Cloud, table: str) -> None:
    get = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:dynamodb:getItem",
        "Arguments": {"TableName": table, "Key": {"pk": {"S": "{% $states.context.Execution.Input.order_id %}"}}},
        "Assign": {"found": "{% $exists($states.result.Item) %}"},
        "Next": "Found?",
    }
    choice = {
        "Type": "Choice",
        "Choices": [{"Condition": "{% $found %}", "Next": "Box"}],
        "Default": "Missing",
    }
    inside = {"Type": "Pass", "Assign": {"found": False}, "Output": "{% $states.input.given %}", "End": True}
    fields = {
        "Arguments": {"given": "{% $found %}"},
        "Output": {"results": "{% $states.result %}"},
        "Assign": {"all": "{% $states.result %}"},
        "Next": "Done",
    }
    states = {
        "Get": get,
        "Found?": choice,
        "Box": box(branch("X", inside), branch("Y", inside), **fields),
        "Missing": {"Type": "Fail", "Error": "Missing"},
        "Done": {
            "Type": "Pass",
            "Output": {"box": "{% $states.input %}", "all": "{% $all %}", "found": "{% $found %}"},
            "End": True,
        },
    }
    machine = cloud.machine(states, "Get")
    assert cloud.output(cloud.start(machine, order_id="10")) == {
        "box": {"results": [True, True]},
        "all": [True, True],
        "found": True,
    }
    assert cloud.ended(cloud.start(machine, order_id="missing"))["error"] == "Missing"
