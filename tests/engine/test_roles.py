"""Functions and machines may do what their roles allow: refused otherwise, as on AWS."""

import json
import urllib.request
from typing import Any

from infra.local.engine_process import ACCOUNT_ID, REGION
from tests.engine.cloud import Cloud, unique

READ = """
import boto3

def handler(event, context):
    client = boto3.client("dynamodb")
    try:
        found = client.get_item(TableName=event["table"], Key={"pk": {"S": event["pk"]}})
        return found.get("Item", {}).get("pk", {}).get("S", "nothing")
    except client.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
"""


def role(cloud: Cloud, *statements: dict[str, Any], service: str = "lambda") -> str:
    name = unique("role")
    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    made = cloud.client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    cloud.client("iam").put_role_policy(RoleName=name, PolicyName="Exact", PolicyDocument=document)
    return str(made["Role"]["Arn"])


def allow(*actions: str, on: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def table_arn(name: str) -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT_ID}:table/{name}"


def answer(cloud: Cloud, function: str, **event: Any) -> Any:
    failed, said = cloud.invoke(function, event)
    assert failed is None, said
    return said


def test_a_function_without_the_permission_is_refused(cloud: Cloud, table: str) -> None:
    function = cloud.function(READ, Role=role(cloud, allow("dynamodb:PutItem", on=table_arn(table))))

    assert answer(cloud, function, table=table, pk="1") == "AccessDeniedException"


def test_as_released_the_engine_lets_everybody_do_everything(uncorrected: Cloud) -> None:
    table = uncorrected.table()
    uncorrected.put(table, "1")
    function = uncorrected.function(READ, Role=role(uncorrected, allow("dynamodb:PutItem", on=table_arn(table))))

    assert answer(uncorrected, function, table=table, pk="1") == "1"


def test_a_function_reads_what_its_leading_keys_allow(cloud: Cloud, table: str) -> None:
    condition = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["1*"]}, "Null": {"dynamodb:LeadingKeys": "false"}}
    permission = allow("dynamodb:GetItem", on=table_arn(table), Condition=condition)
    function = cloud.function(READ, Role=role(cloud, permission))

    found = [answer(cloud, function, table=table, pk=pk) for pk in ("1", "12", "2")]
    assert found == ["1", "12", "AccessDeniedException"]


def test_whoever_calls_from_outside_is_not_judged(cloud: Cloud, table: str) -> None:
    assert cloud.client("dynamodb").scan(TableName=table)["Count"] >= 20


def test_a_machine_is_judged_by_its_own_role(cloud: Cloud, table: str) -> None:
    read = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:dynamodb:getItem",
        "Arguments": {"TableName": table, "Key": {"pk": {"S": "1"}}},
        "End": True,
    }
    found = []
    for action in ("dynamodb:GetItem", "dynamodb:PutItem"):
        own = role(cloud, allow(action, on=table_arn(table)), service="states")
        found.append(cloud.ended(cloud.start(cloud.machine({"Read": read}, "Read", role=own))))
    may, may_not = found

    assert may["status"] == "SUCCEEDED"
    assert (may_not["status"], may_not["error"]) == ("FAILED", "DynamoDb.DynamoDbException")
    assert f"is not authorized to perform: dynamodb:GetItem on resource: {table_arn(table)}" in may_not["cause"]


def test_a_call_whose_action_nobody_wrote_down_is_refused_and_says_where(cloud: Cloud, table: str) -> None:
    code = """
import boto3

def handler(event, context):
    try:
        return boto3.client("dynamodb").describe_table(TableName=event["table"])["Table"]["TableName"]
    except Exception as error:
        return str(error)
"""
    function = cloud.function(code, Role=role(cloud, allow("dynamodb:*", on="*")))

    assert "infra/local/engine/iam/calls.py does not know the call" in answer(cloud, function, table=table)


def test_the_engine_says_what_it_judged(cloud: Cloud, table: str) -> None:
    arn = role(cloud, allow("dynamodb:GetItem", "dynamodb:Query", on=table_arn(table)))
    name = arn.rpartition("/")[2]
    function = cloud.function(READ, Role=arn)
    for pk in ("1", "2"):
        answer(cloud, function, table=table, pk=pk)
    with urllib.request.urlopen(f"{cloud.engine.endpoint_url}/_orderq/permissions") as told:  # noqa: S310
        report = json.load(told)

    assert report["judged"][name] == 2
    assert [each for each in report["used"] if each[0] == name] == [[name, "dynamodb:GetItem", f"table/{table}"]]
    assert [name, "dynamodb:Query", f"table/{table}"] in report["granted"]
