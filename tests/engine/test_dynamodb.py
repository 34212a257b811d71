"""Table settings of a template, expiry, and functions that read a stream."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.cloud import Cloud, eventually, unique
from tests.engine.test_http_api import deploy

STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
# Notes each record it is given, and fails as the record's item says.
READER = """
import boto3, json, os
sqs = boto3.client("sqs")
def handler(event, context):
    names = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]
    sqs.send_message(QueueUrl=os.environ["SEEN"], MessageBody=json.dumps(names))
    if "raise" in names:
        raise ValueError("poison")
    failed = [r["dynamodb"]["SequenceNumber"] for r in event["Records"] if r["dynamodb"]["Keys"]["pk"]["S"] == "report"]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}
"""


def template(table: str) -> dict[str, Any]:
    properties = {
        "TableName": table,
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS"},
    }
    return {"Resources": {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": properties}}}


def global_template(table: str) -> dict[str, Any]:
    body = template(table)
    properties = body["Resources"]["Table"]["Properties"]
    recovery = properties.pop("PointInTimeRecoverySpecification")
    properties["Replicas"] = [{"Region": "us-east-1", "PointInTimeRecoverySpecification": recovery}]
    return {"Resources": {"Table": {"Type": "AWS::DynamoDB::GlobalTable", "Properties": properties}}}


def settings(cloud: Cloud, table: str) -> list[str]:
    tables = cloud.client("dynamodb")
    backups = tables.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    sse = tables.describe_table(TableName=table)["Table"].get("SSEDescription") or {}
    return [
        tables.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"],
        backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
        sse.get("Status", "DISABLED"),
    ]


@pytest.mark.parametrize("write", [template, global_template])
def test_settings_of_a_template_take_effect(cloud: Cloud, write: Callable[[str], dict[str, Any]]) -> None:
    table = unique("table")
    deploy(cloud, write(table))
    assert settings(cloud, table) == ["ENABLED", "ENABLED", "ENABLED"]


def test_uncorrected_engine_drops_them(uncorrected: Cloud) -> None:
    table = unique("table")
    deploy(uncorrected, template(table))
    assert settings(uncorrected, table) == ["DISABLED", "DISABLED", "DISABLED"]


def test_expired_item_leaves_through_the_stream(cloud: Cloud) -> None:
    table = unique("table")
    deploy(cloud, template(table))
    now = int(time.time())
    cloud.put(table, "expired", expires_at=now - 10)
    cloud.put(table, "kept", expires_at=now + 1000)
    by_service = json.dumps({"eventName": ["REMOVE"], "userIdentity": {"type": ["Service"]}})
    reader = Reader(cloud, table=table, FilterCriteria={"Filters": [{"Pattern": by_service}]})
    assert reader.until(["expired"]) == [["expired"]]
    assert cloud.item(table, "expired") == {}
    assert cloud.item(table, "kept")


class Reader:
    """A function that reads a new table's stream, or another one's, and what it was given."""

    def __init__(self, cloud: Cloud, *items: str, table: str | None = None, **mapping: Any) -> None:
        self.cloud = cloud
        self.table = table or cloud.table(StreamSpecification=STREAM)
        for item in items:
            cloud.put(self.table, item)
        self._seen, _ = cloud.queue()
        self.failures, failures_arn = cloud.queue()
        arn = cloud.client("dynamodb").describe_table(TableName=self.table)["Table"]["LatestStreamArn"]
        # The items are there before the mapping is: TRIM_HORIZON delivers them all the same.
        cloud.client("lambda").create_event_source_mapping(
            EventSourceArn=arn,
            FunctionName=cloud.function(READER, Environment={"Variables": {"SEEN": self._seen}}),
            StartingPosition="TRIM_HORIZON",
            DestinationConfig={"OnFailure": {"Destination": failures_arn}},
            FunctionResponseTypes=["ReportBatchItemFailures"],
            **{"BatchSize": 10, **mapping},
        )
        self.batches: list[list[str]] = []

    def until(self, last: list[str]) -> list[list[str]]:
        """All batches up to the one given last."""

        def arrived() -> bool:
            messages = self.cloud.client("sqs").receive_message(QueueUrl=self._seen, MaxNumberOfMessages=10)
            self.batches.extend(json.loads(message["Body"]) for message in messages.get("Messages", []))
            return last in self.batches

        eventually(arrived)
        return self.batches


def test_reported_record_is_retried_then_handed_on(cloud: Cloud) -> None:
    reader = Reader(cloud, "a", "report", "b", MaximumRetryAttempts=2)
    failure = eventually(lambda: cloud.receive(reader.failures))
    cloud.put(reader.table, "c")
    assert reader.until(["c"]) == [["a", "report", "b"], ["report", "b"], ["report", "b"], ["c"]]
    assert failure["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert failure["requestContext"]["approximateInvokeCount"] == 3
    info = failure["DDBStreamBatchInfo"]
    assert info["batchSize"] == 2
    # What the description points at can be read from the stream.
    streams = cloud.client("dynamodbstreams")
    iterator = streams.get_shard_iterator(
        StreamArn=info["streamArn"],
        ShardId=info["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=info["startSequenceNumber"],
    )["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator, Limit=info["batchSize"])["Records"]
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in records] == ["report", "b"]


def test_raising_batch_is_bisected_down_to_the_poison(cloud: Cloud) -> None:
    reader = Reader(cloud, "a", "b", "raise", "c", MaximumRetryAttempts=1, BisectBatchOnFunctionError=True)
    failure = eventually(lambda: cloud.receive(reader.failures))
    assert failure["DDBStreamBatchInfo"]["batchSize"] == 1
    assert reader.until(["c"]) == [
        ["a", "b", "raise", "c"],
        ["a", "b"],
        ["raise", "c"],
        ["raise"],
        ["raise"],
        ["c"],
    ]


def test_filter_passes_records_over(cloud: Cloud) -> None:
    pattern = '{"dynamodb": {"Keys": {"pk": {"S": [{"prefix": "order-"}]}}}}'
    reader = Reader(cloud, "hash-1", "order-1", "hash-2", FilterCriteria={"Filters": [{"Pattern": pattern}]})
    reader.until(["order-1"])
    cloud.put(reader.table, "order-2")
    assert reader.until(["order-2"]) == [["order-1"], ["order-2"]]


def test_batch_without_a_limit_is_retried_until_it_succeeds(cloud: Cloud) -> None:
    reader = Reader(cloud, "report", BatchSize=1)
    cloud.put(reader.table, "after")
    eventually(lambda: reader.until(["report"]).count(["report"]) >= 4)
    assert ["after"] not in reader.batches


def test_uncorrected_engine_loses_reported_records(uncorrected: Cloud) -> None:
    reader = Reader(uncorrected, "a", "report", "b", MaximumRetryAttempts=2)
    reader.until(["a", "report", "b"])
    uncorrected.put(reader.table, "c")
    assert reader.until(["c"]) == [["a", "report", "b"], ["c"]]
