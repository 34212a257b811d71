"""A client that sends its later calls after the pattern of the first, held to what botocore's own does with the same."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from lambdas.runtime.dynamodb_calls import speed_up
from tests.support.quick_dynamodb import through_http
from tests.support.tables import make_table

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
BUSY = {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "slow down"}


@pytest.fixture(autouse=True)
def dynamodb() -> Iterator[None]:
    with mock_aws():
        yield


def a_client(**more: Any) -> Any:
    """By retries that do not wait, so that a test of them does not either."""
    config = Config(parameter_validation=False, user_agent="tests", **more)
    return through_http(boto3.client("dynamodb", region_name="us-east-1", config=config))


def a_patterned_client(**more: Any) -> Any:
    """One that has a pattern of each operation that is used below."""
    client = speed_up(a_client(**more))
    make_once(client)
    client.put_item(TableName="records", Item=KEY)
    client.get_item(TableName="records", Key=KEY)
    client.transact_write_items(TransactItems=[{"Put": {"TableName": "records", "Item": KEY}}])
    return client


def make_once(client: Any) -> str:
    if "records" not in client.list_tables()["TableNames"]:
        make_table(client, "records")
    return "records"


@dataclass
class Wire:
    """What a client sends. `answers` are given in turn, in place of DynamoDB's; None: its own."""

    answers: list[Any] = field(default_factory=list)
    sent: list[Any] = field(default_factory=list)

    def __call__(self, request: Any, **_: Any) -> Any:
        self.sent.append(request)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer


def on_the_wire(client: Any, *answers: Any) -> Wire:
    wire = Wire(list(answers))
    client.meta.events.register_first("before-send.dynamodb.*", wire)
    return wire


class Raw:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.content


def answered(status: int, body: Any, checksum: str | None = None) -> AWSResponse:
    content, headers = body if isinstance(body, bytes) else json.dumps(body).encode(), HTTPHeaders()
    if checksum:
        headers["x-amz-crc32"] = checksum
    return AWSResponse("https://dynamodb", status, headers, Raw(content))


def without_metadata(answer: Any) -> Any:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_each_operation_answers_the_second_time_as_botocore_does() -> None:
    ours, theirs = speed_up(a_client()), a_client()
    table = make_once(theirs)
    item = {
        **KEY,
        "n": {"N": "1.50"},
        "b": {"B": b"\x00\xff"},
        "m": {"M": {"l": {"L": [{"BOOL": True}, {"NULL": True}]}}},
    }
    asked: list[tuple[str, dict[str, Any]]] = [
        ("put_item", {"TableName": table, "Item": item}),
        ("get_item", {"TableName": table, "Key": KEY}),
        ("get_item", {"TableName": table, "Key": {**KEY, "sk": {"S": "none"}}}),
        ("batch_get_item", {"RequestItems": {table: {"Keys": [KEY]}}}),
        (
            "query",
            {"TableName": table, "KeyConditionExpression": "pk = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}},
        ),
        (
            "update_item",
            {
                "TableName": table,
                "Key": KEY,
                "UpdateExpression": "SET s = :s REMOVE b",
                "ExpressionAttributeValues": {":s": {"S": "ü"}},
                "ReturnValues": "ALL_NEW",
            },
        ),
        ("transact_write_items", {"TransactItems": [{"Put": {"TableName": table, "Item": item}}]}),
        ("delete_item", {"TableName": table, "Key": KEY, "ReturnValues": "ALL_OLD"}),
    ]
    for name, parameters in asked:  # the patterns
        getattr(ours, name)(**parameters)
    for name, parameters in asked:
        answers: list[Any] = []
        for client in (ours, theirs):
            theirs.put_item(TableName=table, Item=item)
            answers.append(without_metadata(getattr(client, name)(**parameters)))
        assert answers[0] == answers[1], name


def test_the_second_call_goes_out_once_and_not_by_botocores_way() -> None:
    client = a_patterned_client()
    wire = on_the_wire(client)

    client.get_item(TableName="records", Key=KEY)

    assert ["amz-sdk-request" in request.headers for request in wire.sent] == [False]


def test_the_second_request_is_the_first_but_for_its_time_and_its_number() -> None:
    client = speed_up(a_client())
    make_once(client)
    wire = on_the_wire(client)
    for _ in range(2):
        client.get_item(TableName="records", Key=KEY)

    first, second = wire.sent
    unlike = {
        "Authorization",
        "User-Agent",
        "X-Amz-Date",
        "amz-sdk-invocation-id",
        "amz-sdk-request",
        "X-Amzn-Trace-Id",
    }
    assert (first.method, first.url, first.body) == (second.method, second.url, second.body)
    assert {name: value for name, value in first.headers.items() if name not in unlike} == {
        name: value for name, value in second.headers.items() if name not in unlike
    }
    assert first.headers["User-Agent"].startswith(second.headers["User-Agent"])
    signed_in, _, _ = first.headers["Authorization"].decode().rpartition("Signature=")
    assert second.headers["Authorization"].decode().startswith(signed_in)


def test_what_a_condition_refuses_is_raised_as_botocore_does_and_asked_once() -> None:
    client = a_patterned_client()
    item = {**KEY, "left": {"S": "behind"}}
    new = {
        "TableName": "records",
        "Item": item,
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    client.put_item(TableName="records", Item=item)
    wire = on_the_wire(client)

    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as refused:
        client.put_item(**new)
    assert refused.value.response["Item"] == item
    assert len(wire.sent) == 2  # of which the second was answered by the first, and did not go out


@pytest.mark.parametrize(
    "trouble",
    [
        answered(400, BUSY),
        answered(500, {"__type": "InternalServerError"}),
        answered(503, b"<html>busy</html>"),
        EndpointConnectionError(endpoint_url="https://dynamodb"),
    ],
    ids=["throttled", "broken", "no JSON", "not reached"],
)
def test_trouble_that_passes_is_tried_again_by_botocore(trouble: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    client = a_patterned_client()
    wire = on_the_wire(client, trouble)

    answer = client.get_item(TableName="records", Key=KEY)

    assert answer["Item"] == KEY
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    assert len(wire.sent) == 3


def test_no_more_tries_are_made_than_the_client_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    client = a_patterned_client(retries={"total_max_attempts": 2})
    first, second = answered(400, BUSY), answered(400, BUSY)
    wire = on_the_wire(client, first, None, second)  # None: where botocore takes the first over

    with pytest.raises(ClientError, match="ThrottlingException"):
        client.get_item(TableName="records", Key=KEY)
    assert wire.answers == []
    assert len(wire.sent) == 3


def test_a_transaction_that_is_tried_again_is_the_same_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    client = a_patterned_client()
    writes = [{"Put": {"TableName": "records", "Item": KEY}}]
    wire = on_the_wire(client, answered(500, {"__type": "InternalServerError"}))

    client.transact_write_items(TransactItems=writes)

    tokens = {json.loads(request.body or b"{}")["ClientRequestToken"] for request in wire.sent}
    assert len(tokens) == 1


def test_an_answer_that_was_spoiled_on_its_way_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    client = a_patterned_client()
    wire = on_the_wire(client, answered(200, {"Item": {"pk": {"S": "x"}}}, checksum="1"))

    assert client.get_item(TableName="records", Key=KEY)["Item"] == KEY
    assert len(wire.sent) == 3


def test_a_success_gives_back_what_retries_had_taken_of_their_allowance() -> None:
    client = a_patterned_client()
    heard: list[int] = []
    client.meta.events.register(
        "after-call.dynamodb", lambda http_response, **_: heard.append(http_response.status_code)
    )

    client.get_item(TableName="records", Key=KEY)
    assert heard == [200]


def test_what_cannot_be_sent_is_said_to_whoever_sends_it() -> None:
    with pytest.raises(TypeError):
        a_patterned_client().get_item(TableName="records", Key={"pk": {"S": object()}})


def test_a_client_of_a_botocore_that_is_built_otherwise_stays_as_it_is() -> None:
    client = a_client()
    session = client._endpoint.http_session
    del client._endpoint.http_session
    assert speed_up(client) is client
    client._endpoint.http_session = session

    make_once(client)
    wire = on_the_wire(client)
    for _ in range(2):
        client.get_item(TableName="records", Key=KEY)
    assert ["amz-sdk-request" in request.headers for request in wire.sent] == [True, True]


def test_a_signer_that_is_asked_otherwise_by_now_leaves_calls_to_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    client = a_patterned_client()
    as_it_is = client._request_signer.get_auth_instance
    asked: list[None] = []

    def otherwise(*given: Any, **named: Any) -> Any:
        asked.append(None)
        if len(asked) == 1:
            raise TypeError("get_auth_instance() missing 1 required keyword-only argument")
        return as_it_is(*given, **named)

    monkeypatch.setattr(client._request_signer, "get_auth_instance", otherwise)
    monkeypatch.setattr(client._request_signer, "get_auth", otherwise)

    assert client.get_item(TableName="records", Key=KEY)["Item"] == KEY


@pytest.mark.parametrize("content", [b"[]", b"null", b'"text"'], ids=["a list", "nothing", "a text"])
def test_an_answer_of_another_shape_is_botocores_to_read(content: bytes) -> None:
    ours, theirs = a_patterned_client(), a_client()
    answers = []
    for client in (ours, theirs):
        on_the_wire(client, answered(200, content))
        answers.append(outcome_of(lambda client=client: client.get_item(TableName="records", Key=KEY)))
    assert answers[0] == answers[1]


def outcome_of(call: Any) -> Any:
    try:
        return without_metadata(call())
    except Exception as error:  # noqa: BLE001 - whatever botocore makes of it
        return type(error)
