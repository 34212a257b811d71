"""Names in an account: stages stand beside each other, and one that was taken down or rolled back can be made again."""

import json
from collections.abc import Iterator
from typing import Any

from moto import mock_aws

from infra.operate.mail_identity import register_identity
from tests.infra.template import Synthesized

# What says a resource's physical name, by type. A type that is not here has no fixed name, which is checked too.
_NAMES = {
    "AWS::Events::EventBus": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::Logs::LogGroup": "LogGroupName",
}
_NAME_LIKE = {
    "AlarmName", "BucketName", "EmailIdentity", "FunctionName", "LayerName", "LogGroupName", "QueueName", "RoleName",
    "StateMachineName", "TableName", "TopicName",
}  # fmt: skip
# Properties with such a name that say which other resource is meant, or that name a part of one.
_MEANT = {("AWS::Lambda::Alias", "FunctionName"), ("AWS::Lambda::Alias", "Name"), ("AWS::Lambda::Version", "FunctionName"),
          ("AWS::CodeDeploy::DeploymentGroup", "ApplicationName"),
          ("AWS::Lambda::EventInvokeConfig", "FunctionName"), ("AWS::Lambda::EventSourceMapping", "FunctionName"),
          ("AWS::Lambda::Permission", "FunctionName")}  # fmt: skip
_OPTIONS = {"region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}


def named(stage: Synthesized) -> Iterator[tuple[str, Any]]:
    """Logical id and physical name of every resource that is given one."""
    for logical_id, resource in stage.resources.items():
        properties, kind = resource["Properties"], resource["Type"]
        for key in {*_NAME_LIKE, *([_NAMES[kind]] if kind in _NAMES else [])} & properties.keys():
            if (kind, key) not in _MEANT:
                yield logical_id, properties[key]


def test_no_name_of_a_stage_is_another_stage_s(prod: Synthesized, local: Synthesized) -> None:
    names = {each.settings.stage: {json.dumps(name) for _, name in named(each)} for each in (prod, local)}

    fixed = {stage: {name for name in found if "AWS::StackId" not in name} for stage, found in names.items()}
    assert fixed["prod"] and not fixed["prod"] & fixed["local"]
    assert all(stage in name for stage, found in fixed.items() for name in found)


def test_what_outlives_a_stack_has_a_name_that_is_new_at_each_creation(stage: Synthesized) -> None:
    kept = {name for name, resource in stage.resources.items() if resource.get("DeletionPolicy", "Delete") != "Delete"}

    fixed = {name: value for name, value in named(stage) if name in kept and "AWS::StackId" not in json.dumps(value)}

    assert fixed == {}
    assert bool(kept) == stage.settings.keep_data


def test_a_rolled_back_creation_leaves_no_named_thing_behind(prod: Synthesized) -> None:
    """`Retain` keeps what a failed operation has just made, and its name."""
    policies = {prod.resources[logical_id].get("DeletionPolicy", "Delete") for logical_id, _ in named(prod)}

    assert policies <= {"Delete", "RetainExceptOnCreate"}


def test_no_stack_makes_the_mail_s_identity(stage: Synthesized) -> None:
    assert not [each for each in stage.resources.values() if each["Type"].startswith("AWS::SES::")]


def test_a_mail_domain_is_made_known_once_for_all_stages() -> None:
    with mock_aws():
        first = register_identity("seaside.internal", _OPTIONS)
        again = register_identity("seaside.internal", _OPTIONS)

    assert first == again
    assert "seaside.internal" in first
