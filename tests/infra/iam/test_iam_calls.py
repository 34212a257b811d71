"""What requests ask of IAM, and that resources are what the Service Authorization Reference names."""

import json
import re
from pathlib import Path
from typing import Any

import cfnlint
import pytest

from infra.local.engine.iam.calls import Place, UnknownCallError, calls_of
from infra.local.engine.iam.policy import Call

PLACE = Place(
    "eu-west-1", "111122223333", {"token": "arn:aws:states:eu-west-1:111122223333:stateMachine:m"}.__getitem__
)
TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/T"
KEY = {"pk": {"S": "client#1"}, "sk": {"S": "client"}}


def asked(service: str, operation: str, **parameters: Any) -> list[Call]:
    return calls_of(service, f"Prefix_2012.{operation}", PLACE, body=json.dumps(parameters).encode())


def leading(*keys: str, **more: str) -> dict[str, tuple[str, ...]]:
    return {"dynamodb:LeadingKeys": keys} | {f"dynamodb:{name}": (value,) for name, value in more.items()}


@pytest.mark.parametrize("operation", ["GetItem", "UpdateItem", "DeleteItem"])
def test_a_call_for_an_item_is_judged_by_its_partition_key(operation: str) -> None:
    assert asked("dynamodb", operation, TableName="T", Key=KEY) == [
        Call(f"dynamodb:{operation}", TABLE, leading("client#1"))
    ]


def test_a_put_is_judged_by_what_it_puts_and_a_table_may_be_named_by_its_arn() -> None:
    assert asked("dynamodb", "PutItem", TableName=TABLE, Item=KEY | {"x": {"N": "1"}}) == [
        Call("dynamodb:PutItem", TABLE, leading("client#1"))
    ]


def test_a_transaction_is_judged_by_all_that_is_in_it() -> None:
    found = asked(
        "dynamodb",
        "TransactWriteItems",
        TransactItems=[
            {"Put": {"TableName": "T", "Item": KEY}},
            {"Update": {"TableName": "T", "Key": KEY}},
            {"Delete": {"TableName": "T", "Key": KEY}},
            {"ConditionCheck": {"TableName": "U", "Key": {"pk": {"S": "api_user#ada"}, "sk": {"S": "x"}}}},
        ],
    )

    keys = leading("client#1", EnclosingOperation="TransactWriteItems")
    assert found[:3] == [Call(f"dynamodb:{each}Item", TABLE, keys) for each in ("Put", "Update", "Delete")]
    assert found[3].action == "dynamodb:ConditionCheckItem"
    assert found[3].resource.endswith("table/U")
    assert found[3].keys["dynamodb:LeadingKeys"] == ("api_user#ada",)


def test_a_transaction_of_reads_is_judged_as_reads() -> None:
    (found,) = asked("dynamodb", "TransactGetItems", TransactItems=[{"Get": {"TableName": "T", "Key": KEY}}])

    assert (found.action, found.keys["dynamodb:LeadingKeys"]) == ("dynamodb:GetItem", ("client#1",))


def test_a_query_for_some_attributes_names_them_and_those_it_compares() -> None:
    values = {":pk": {"S": "invoices#1"}, ":first": {"S": "invoice#"}, ":open": {"S": "open"}}
    query: dict[str, Any] = {
        "TableName": "T",
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :first)",
        "ExpressionAttributeValues": values,
    }
    some = {
        "ProjectionExpression": "#a, due_at",
        "ExpressionAttributeNames": {"#a": "status"},
        "FilterExpression": "n = :open",
    }

    (all_of_it,) = asked("dynamodb", "Query", **query)
    (part,) = asked("dynamodb", "Query", **query, **some, Select="SPECIFIC_ATTRIBUTES")
    assert "dynamodb:Attributes" not in all_of_it.keys
    assert part.keys["dynamodb:Attributes"] == ("due_at", "n", "pk", "sk", "status")
    assert part.keys["dynamodb:Select"] == ("SPECIFIC_ATTRIBUTES",)


def test_a_batch_has_all_its_keys_and_actions_of_its_own() -> None:
    other = {"pk": {"S": "api_user#ada"}, "sk": {"S": "api_user"}}

    assert asked("dynamodb", "BatchGetItem", RequestItems={"T": {"Keys": [KEY, other]}}) == [
        Call("dynamodb:BatchGetItem", TABLE, leading("client#1", "api_user#ada"))
    ]
    writes = [{"PutRequest": {"Item": KEY}}, {"DeleteRequest": {"Key": other}}]
    assert asked("dynamodb", "BatchWriteItem", RequestItems={"T": writes}) == [
        Call("dynamodb:BatchWriteItem", TABLE, leading("client#1", "api_user#ada"))
    ]


@pytest.mark.parametrize(
    "expression", ["pk = :pk AND begins_with(sk, :first)", "#pk=:pk", "(pk = :pk) and sk > :first"]
)
def test_a_query_is_judged_by_the_partition_it_reads(expression: str) -> None:
    values = {":pk": {"S": "client#1"}, ":first": {"S": "client#2"}}

    assert asked(
        "dynamodb", "Query", TableName="T", KeyConditionExpression=expression, ExpressionAttributeValues=values
    ) == [Call("dynamodb:Query", TABLE, leading("client#1"))]


def test_a_query_of_an_index_is_judged_by_the_index() -> None:
    (found,) = asked(
        "dynamodb",
        "Query",
        TableName="T",
        IndexName="by_step",
        KeyConditionExpression="queue_step = :where",
        ExpressionAttributeValues={":where": {"S": "1#11"}},
    )

    assert (found.resource, found.keys) == (f"{TABLE}/index/by_step", leading("1#11"))


def test_a_scan_has_no_leading_keys() -> None:
    assert asked("dynamodb", "Scan", TableName="T") == [Call("dynamodb:Scan", TABLE, {})]


def test_answers_to_a_token_are_judged_by_the_machine_that_waits() -> None:
    assert asked("states", "SendTaskFailure", taskToken="token") == [
        Call("states:SendTaskFailure", "arn:aws:states:eu-west-1:111122223333:stateMachine:m")
    ]


def test_a_mail_is_judged_by_its_sender_and_in_the_sandbox_by_its_recipients() -> None:
    mail = {
        "FromEmailAddress": "Seaside <orders@seaside.internal>",
        "Destination": {"ToAddresses": ["ada@home.internal"], "BccAddresses": ["Bob <bob@home.internal>"]},
    }
    found = calls_of("ses", "", PLACE, path="/v2/email/outbound-emails", body=json.dumps(mail).encode())

    identities = ["seaside.internal", "ada@home.internal", "bob@home.internal"]
    assert [each.resource.partition("identity/")[2] for each in found] == identities
    assert {each.action for each in found} == {"ses:SendEmail"}
    assert {each.keys["ses:FromAddress"] for each in found} == {("orders@seaside.internal",)}


@pytest.mark.parametrize(
    ("service", "target", "method", "path", "body"),
    [
        ("dynamodb", "D.DescribeTable", "POST", "/", {}),
        ("states", "S.DeleteStateMachine", "POST", "/", {}),
        ("s3", "", "DELETE", "/bucket", {}),
        ("lambda", "", "GET", "/2015-03-31/functions", {}),
        ("ses", "", "GET", "/v2/email/identities", {}),
        ("kms", "TrentService.Decrypt", "POST", "/", {}),
    ],
)
def test_a_call_that_is_not_known_is_never_let_through(
    service: str, target: str, method: str, path: str, body: dict[str, Any]
) -> None:
    with pytest.raises(UnknownCallError, match=r"iam/calls\.py does not know"):
        calls_of(service, target, PLACE, method=method, path=path, body=json.dumps(body).encode())


MAIL = b'{"FromEmailAddress": "a@b", "Destination": {}}'


def every_kind() -> list[Call]:
    message = {"QueueUrl": "http://127.0.0.1/111122223333/Q"}
    return [
        *asked("dynamodb", "TransactWriteItems", TransactItems=[{"ConditionCheck": {"TableName": "T", "Key": KEY}}]),
        *asked("dynamodb", "BatchGetItem", RequestItems={"T": {"Keys": [KEY]}}),
        *asked("dynamodb", "Scan", TableName="T"),
        *asked("states", "StartExecution", stateMachineArn="arn:aws:states:eu-west-1:111122223333:stateMachine:m"),
        *asked("events", "PutEvents", Entries=[{"EventBusName": "orders"}]),
        *asked("sqs", "SendMessage", **message),
        *asked("sqs", "SendMessageBatch", **message),
        *asked("secretsmanager", "GetSecretValue", SecretId="a"),
        *calls_of("lambda", "", PLACE, path="/2015-03-31/functions/f/invocations"),
        *calls_of("s3", "", PLACE, method="PUT", path="/bucket/orders/1"),
        *calls_of("ses", "", PLACE, path="/v2/email/outbound-emails", body=MAIL),
    ]


def test_every_action_and_its_resource_are_in_the_service_authorization_reference() -> None:
    """cfn-lint brings that reference along; made by others than the engine."""
    reference = json.loads((Path(cfnlint.__file__).parent / "data/AdditionalSpecs/Policies.json").read_text())
    for call in every_kind():
        service, _, action = call.action.partition(":")
        formats_of = {kind.lower(): found["ARNFormats"] for kind, found in reference[service]["Resources"].items()}
        kinds = reference[service]["Actions"][action.lower()]["Resources"]
        formats = [form for kind in kinds for form in formats_of[kind.lower()]]
        patterns = [re.sub(r"\\?\$\{\w+\}", "[^:]*", form) for form in formats]
        assert any(re.fullmatch(pattern, call.resource) for pattern in patterns), (call, formats)
