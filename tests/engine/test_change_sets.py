"""A stack takes one deployment at a time."""

import json
from typing import Any

from tests.engine.cloud import Cloud, error_code, eventually, unique

_WAITING = {
    "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
    "Waits": {
        "Type": "AWS::CloudFormation::WaitCondition",
        "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "3"},
    },
}


def template(**more: Any) -> str:
    topic = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": unique("topic")}}}
    return json.dumps({"Resources": {**topic, **more}})


def test_a_stack_that_is_changed_takes_no_other_change_set(cloud: Cloud) -> None:
    stacks, stack = cloud.client("cloudformation"), unique("stack")

    def status() -> str:
        return str(stacks.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])

    def change_set(name: str, **more: Any) -> None:
        stacks.create_change_set(
            StackName=stack, ChangeSetName=name, ChangeSetType="UPDATE", TemplateBody=template(**more)
        )

    stacks.create_stack(StackName=stack, TemplateBody=template())
    eventually(lambda: status() == "CREATE_COMPLETE")
    change_set("first", **_WAITING)
    stacks.execute_change_set(StackName=stack, ChangeSetName="first")

    assert status() == "UPDATE_IN_PROGRESS"
    assert error_code(lambda: change_set("second")) == "ValidationError"

    eventually(lambda: status() == "UPDATE_ROLLBACK_COMPLETE")
    change_set("third", **_WAITING)
    change_set("fourth")
    stacks.execute_change_set(StackName=stack, ChangeSetName="third")
    late = error_code(lambda: stacks.execute_change_set(StackName=stack, ChangeSetName="fourth"))
    assert late in ("ChangeSetNotFound", "InvalidChangeSetStatus")
