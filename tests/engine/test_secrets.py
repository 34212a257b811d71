"""Secrets of a template are known by their ARN."""

import json
import re
from typing import Any

from tests.engine.cloud import Cloud, unique
from tests.engine.test_http_api import deploy

SECRET = {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": "first"}}
OUTPUTS = {"Arn": {"Value": {"Ref": "Secret"}}}


def template(**properties: Any) -> dict[str, Any]:
    resource = {**SECRET, "Properties": {"SecretString": "first", **properties}}
    return {"Resources": {"Secret": resource}, "Outputs": OUTPUTS}


def test_a_secret_is_referred_to_by_its_arn(cloud: Cloud, uncorrected: Cloud) -> None:
    _, outputs = deploy(cloud, template())
    _, unmended = deploy(uncorrected, template())

    assert re.fullmatch(r"arn:aws:secretsmanager:us-east-1:000000000000:secret:.+-\w{6}", outputs["Arn"])
    assert not unmended["Arn"].startswith("arn:")
    found = cloud.client("secretsmanager").get_secret_value(SecretId=outputs["Arn"])
    assert found["SecretString"] == "first"


def test_it_is_changed_and_deleted_with_its_stack(cloud: Cloud) -> None:
    stack, outputs = deploy(cloud, template(Name=unique("secret")))
    formation = cloud.client("cloudformation")
    changed = template(Name=outputs["Arn"].rpartition(":")[2][:-7], Description="changed")
    formation.update_stack(StackName=stack, TemplateBody=json.dumps(changed))
    formation.get_waiter("stack_update_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 0.05, "MaxAttempts": 200}
    )
    described = cloud.client("secretsmanager").describe_secret(SecretId=outputs["Arn"])
    formation.delete_stack(StackName=stack)
    formation.get_waiter("stack_delete_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 0.05, "MaxAttempts": 200}
    )

    assert (described["ARN"], described["Description"]) == (outputs["Arn"], "changed")
    listed = cloud.client("secretsmanager").list_secrets()["SecretList"]
    assert outputs["Arn"] not in {each["ARN"] for each in listed}
