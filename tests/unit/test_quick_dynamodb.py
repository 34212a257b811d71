"""What the quick way to moto answers is what the way through HTTP answers, errors and all."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, HTTPClientError
from moto import mock_aws

from tests.support.quick_dynamodb import through_http
from tests.support.tables import KEY_SCHEMA, KEY_TYPES, make_order_table, make_table

Call = tuple[str, dict[str, Any]]

ROW = {"pk": {"S": "a"}, "sk": {"S": "1"}}
FULL = {
    **ROW,
    "n": {"N": "12.50"},
    "queue_step": {"S": "q#1"},
    "received": {"S": "2026"},
    "deep": {"M": {"list": {"L": [{"S": "x"}, {"BOOL": True}, {"NULL": True}]}, "empty": {"M": {}}}},
    "set": {"SS": ["x"]},
}
PUT: Call = ("put_item", {"TableName": "orders", "Item": FULL})


def rows(count: int, **more: Any) -> list[Call]:
    return [
        ("put_item", {"TableName": "orders", "Item": {**FULL, "sk": {"S": f"{number:03}"}, **more}})
        for number in range(count)
    ]


def updated(**more: Any) -> Call:
    update = {"UpdateExpression": "SET #n = #n + :one REMOVE deep.#e ADD c :one", "ExpressionAttributeNames": NAMES}
    return "update_item", {"TableName": "orders", "Key": ROW, "ExpressionAttributeValues": ONE, **update, **more}


NAMES = {"#n": "n", "#e": "empty"}
ONE = {":one": {"N": "1"}}
LATER = {":q": {"S": "q#1"}, ":r": {"S": "2026"}}
BY_STEP = {
    "TableName": "orders",
    "IndexName": "by_step",
    "KeyConditionExpression": "queue_step = :q AND received >= :r",
    "ExpressionAttributeValues": LATER,
}
IN_ORDER = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "a"}}}
NEW = "attribute_not_exists(pk)"


def put(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": "orders", "Item": item, **more}}


CASES: dict[str, list[Call]] = {
    "put": [PUT, ("get_item", {"TableName": "orders", "Key": ROW, "ConsistentRead": True})],
    "nothing": [("get_item", {"TableName": "orders", "Key": ROW})],
    "part": [PUT, ("get_item", {"TableName": "orders", "Key": ROW, "ProjectionExpression": "deep.list[1], n"})],
    "before": [PUT, (PUT[0], {**PUT[1], "ReturnValues": "ALL_OLD"})],
    "refused": [PUT, (PUT[0], {**PUT[1], "ConditionExpression": NEW})],
    "refused and shown": [
        PUT,
        (PUT[0], {**PUT[1], "ConditionExpression": NEW, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}),
    ],
    **{
        f"update {told}": [PUT, updated(ReturnValues=told)]
        for told in ("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")
    },
    "update of nothing": [updated(ReturnValues="ALL_NEW")],
    "update refused": [PUT, updated(ConditionExpression="c > :one")],
    "update unclear": [PUT, updated(UpdateExpression="SET n ? :one")],
    "delete": [PUT, ("delete_item", {"TableName": "orders", "Key": ROW, "ReturnValues": "ALL_OLD"})],
    "query": [*rows(3), ("query", {"TableName": "orders", **IN_ORDER, "Limit": 2, "ScanIndexForward": False})],
    "query from there": [
        *rows(4),
        ("query", {"TableName": "orders", **IN_ORDER, "ExclusiveStartKey": {**ROW, "sk": {"S": "001"}}}),
    ],
    "query of an index": [*rows(3), ("query", BY_STEP), ("query", {**BY_STEP, "Limit": 1})],
    "query of no index": [("query", {**BY_STEP, "IndexName": "none"})],
    "count": [*rows(3), ("scan", {"TableName": "orders", "Select": "COUNT"})],
    "scan": [*rows(5), ("scan", {"TableName": "orders", "Limit": 2, "ReturnConsumedCapacity": "TOTAL"})],
    "large": [*rows(4, text={"S": "x" * 300_000}), ("query", {"TableName": "orders", **IN_ORDER})],
    "too large": rows(1, text={"S": "x" * 410_000}),
    "transaction": [
        (
            "transact_write_items",
            {
                "TransactItems": [
                    put(FULL, ConditionExpression=NEW),
                    {"Update": {**updated()[1], "Key": {**ROW, "sk": ROW["pk"]}}},
                ]
            },
        ),
        ("transact_get_items", {"TransactItems": [{"Get": {"TableName": "orders", "Key": ROW}}]}),
        ("scan", {"TableName": "orders"}),
    ],
    "transaction refused": [
        PUT,
        (
            "transact_write_items",
            {
                "TransactItems": [
                    put({**ROW, "sk": {"S": "2"}}),
                    {"Update": {key: value for key, value in updated()[1].items() if key != "ReturnValues"}},
                    put({**FULL, "pk": {"S": "b"}}, ConditionExpression="attribute_exists(pk)"),
                ]
            },
        ),
        ("scan", {"TableName": "orders"}),
    ],
    "transaction of one twice": [PUT, ("transact_write_items", {"TransactItems": [put(ROW), put(ROW)]})],
    "many": [
        ("batch_write_item", {"RequestItems": {"orders": [{"PutRequest": {"Item": FULL}}]}}),
        ("batch_get_item", {"RequestItems": {"orders": {"Keys": [ROW, {**ROW, "sk": {"S": "9"}}]}}}),
    ],
    "bytes": [
        ("put_item", {"TableName": "orders", "Item": {**ROW, "b": {"B": b"\0\xff"}, "bs": {"BS": [b"1"]}}}),
        ("get_item", {"TableName": "orders", "Key": ROW}),
        ("query", {"TableName": "orders", **IN_ORDER}),
    ],
    "no table": [("get_item", {"TableName": "none", "Key": ROW})],
    "no key": [("get_item", {"TableName": "orders", "Key": {"other": {"S": "a"}}})],
    "an empty key": [("put_item", {"TableName": "orders", "Item": {**ROW, "sk": {"S": ""}}})],
    "tables": [("list_tables", {}), ("describe_time_to_live", {"TableName": "orders"})],
    "a table twice": [
        ("create_table", {"TableName": "orders", "KeySchema": KEY_SCHEMA, "AttributeDefinitions": KEY_TYPES})
    ],
}


@pytest.mark.parametrize("make", [make_order_table, make_table])
def test_a_table_that_was_made_is_told_of_in_one_way(make: Any) -> None:
    assert _table_made(make, within=True) == _table_made(make, within=False)


@pytest.mark.parametrize("case", CASES)
def test_both_ways_have_one_answer(case: str) -> None:
    through_http = _answers(CASES[case], within=False)
    assert _answers(CASES[case], within=True) == through_http
    assert not all("Error" in answer for answer in through_http) or len(CASES[case]) == 1


def test_a_described_table_is_the_same() -> None:
    within, through_http = (
        _answers([("describe_table", {"TableName": "orders"})], within=True),
        _answers([("describe_table", {"TableName": "orders"})], within=False),
    )
    for (answer,) in (within, through_http):
        for name in ("CreationDateTime", "TableId", "LatestStreamLabel"):
            answer["Table"].pop(name, None)
    assert within == through_http


def test_what_was_answered_is_apart_from_what_is_kept() -> None:
    with mock_aws():
        client = _client(within=True)
        make_table(client, "records")
        client.put_item(TableName="records", Item=FULL)
        client.get_item(TableName="records", Key=ROW)["Item"]["set"]["SS"].append("y")
        assert client.get_item(TableName="records", Key=ROW)["Item"] == FULL


def test_a_transaction_that_is_refused_leaves_every_row_as_it_was() -> None:
    with mock_aws():
        client = _client(within=True)
        make_order_table(client, "orders")
        kept = {**FULL, "sk": {"S": "kept"}}
        for item in (FULL, {**FULL, "sk": {"S": "gone"}}, kept):
            client.put_item(TableName="orders", Item=item)
        before = client.scan(TableName="orders")["Items"]
        with pytest.raises(ClientError, match="TransactionCanceled"):
            client.transact_write_items(
                TransactItems=[
                    {"Update": updated()[1]},
                    {"Delete": {"TableName": "orders", "Key": {**ROW, "sk": {"S": "gone"}}}},
                    put({**ROW, "sk": {"S": "new"}}),
                    put({**ROW, "pk": {"S": "another"}}),
                    put(kept, ConditionExpression=NEW),
                ]
            )
        assert client.scan(TableName="orders")["Items"] == before
        client.transact_write_items(TransactItems=[{"Update": updated()[1]}, put({**ROW, "sk": {"S": "new"}})])
        after = client.scan(TableName="orders")["Items"]
        assert after[0]["n"] == {"N": "13.50"}
        assert [item["sk"]["S"] for item in after] == ["1", "gone", "kept", "new"]


def test_without_a_mock_nothing_is_answered() -> None:
    with pytest.raises(HTTPClientError, match="socket"):
        _client(within=True).list_tables()


def _table_made(make: Any, *, within: bool) -> dict[str, Any]:
    """As the answer has it, without what is another in each."""
    told: list[Any] = []
    with mock_aws():
        client = _client(within=within)
        client.meta.events.register("after-call.dynamodb.CreateTable", lambda parsed, **_: told.append(parsed))
        make(client, "orders")
    (answer,) = told
    return {
        name: value
        for name, value in answer["TableDescription"].items()
        if name not in {"CreationDateTime", "TableId", "LatestStreamLabel"}
    }


def _answers(calls: list[Call], *, within: bool) -> list[dict[str, Any]]:
    with mock_aws():
        client = _client(within=within)
        make_order_table(client, "orders")
        return [_answer(client, *call) for call in calls]


def _client(*, within: bool) -> Any:
    client: Any = boto3.client("dynamodb", region_name="us-east-1")
    return client if within else through_http(client)


def _answer(client: Any, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = getattr(client, name)(**parameters)
    except ClientError as error:
        answer = {"class": type(error).__name__, **error.response}
    answer["status"] = answer.pop("ResponseMetadata")["HTTPStatusCode"]
    return answer
