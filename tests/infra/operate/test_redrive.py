"""A dead letter whose records the stream has no longer stays, and says where to read on."""

import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.operate.redrive import main
from lambdas.redrive.redriving import Readers, redrive

PLACE = {
    "shardId": "shardId-1",
    "startSequenceNumber": "7",
    "endSequenceNumber": "9",
    "batchSize": 2,
    "approximateArrivalOfFirstRecord": "2026-11-20T10:00:00Z",
    "streamArn": "arn:aws:dynamodb:us-east-1:000000000000:table/orders/stream/1",
}


class Streams:
    """Of a stream that has lost what is older than a day, or that has these records."""

    def __init__(self, records: list[dict[str, Any]] | None) -> None:
        self._records = records

    def get_shard_iterator(self, **_: Any) -> dict[str, str]:
        if self._records is None:
            raise ClientError({"Error": {"Code": "TrimmedDataAccessException"}}, "GetShardIterator")
        return {"ShardIterator": "0"}

    def get_records(self, *, ShardIterator: str) -> dict[str, Any]:
        at = int(ShardIterator)
        return {"Records": (self._records or [])[at : at + 2], "NextShardIterator": str(at + 2)}


class Functions:
    def __init__(self) -> None:
        self.told: list[list[str]] = []

    def invoke(self, *, FunctionName: str, Payload: str) -> dict[str, Any]:
        records = json.loads(Payload)["Records"]
        self.told.append([record["dynamodb"]["SequenceNumber"] for record in records])
        return {"Payload": io.BytesIO(b'{"batchItemFailures": []}')}


@pytest.fixture
def sqs() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("sqs", region_name="us-east-1")


def letters(sqs: Any) -> str:
    url = str(sqs.create_queue(QueueName="dead")["QueueUrl"])
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"DDBStreamBatchInfo": PLACE}))
    return url


def told(sqs: Any, streams: Streams, functions: Functions, url: str) -> tuple[int, str]:
    said = io.StringIO()
    readers = Readers(sqs, streams, functions, None, url, ("relay", "announcer"), "orders")
    return redrive(readers, lambda text: print(text, file=said)), said.getvalue()


def record(sequence: int, sk: str = "order") -> dict[str, Any]:
    keys = {"pk": {"S": "1001"}, "sk": {"S": sk}}
    return {"dynamodb": {"SequenceNumber": str(sequence), "Keys": keys}}


def test_records_that_are_gone_leave_the_letter_and_say_where_to_read_on(sqs: Any) -> None:
    functions, url = Functions(), letters(sqs)

    for _ in range(2):  # it is there for whoever asks next
        code, said = told(sqs, Streams(None), functions, url)
        assert (code, functions.told) == (1, [])
        assert "no longer in the stream: check the orders as docs/operating.md" in said


def test_only_the_letters_own_records_of_orders_are_told(sqs: Any) -> None:
    functions, url = Functions(), letters(sqs)
    stream = Streams([record(7), record(8, "hash"), record(9), record(10)])

    assert told(sqs, stream, functions, url) == (
        0,
        "sent again: 2 changes of order 1001\nno dead letters remain\n",
    )
    assert functions.told == [["7", "9"]]


def test_a_stage_that_is_none_is_said_so_before_aws_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--stage", "nowhere"]) == 2
    assert "UnknownStageError" in capsys.readouterr().out
