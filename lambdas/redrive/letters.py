"""Reads dead letters of the order table's stream, and the records that they stand for."""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from lambdas.runtime.models import Frozen

_GONE = ("TrimmedDataAccessException", "ResourceNotFoundException")
_NOT_OF_THIS_SHARD = "ValidationException"


class Letter(Frozen):
    """`function`: the reader that gave the records up. `shard_id`: "" in a letter from the reader itself."""

    function: str
    stream_arn: str
    shard_id: str
    first: str
    last: int
    named: str

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Letter":
        place = body["DDBStreamBatchInfo"]
        order = f" of order {body['orderId']} ({body.get('why', '')})" if "orderId" in body else ""
        return cls(
            function=str(body.get("requestContext", {}).get("functionArn", "")),
            stream_arn=place["streamArn"],
            shard_id=place.get("shardId", ""),
            first=place["startSequenceNumber"],
            last=int(place["endSequenceNumber"]),
            named=f"{place['batchSize']} changes{order} of {place['approximateArrivalOfFirstRecord']}",
        )


def records_of(streams: Any, letter: Letter) -> list[dict[str, Any]]:
    """The letter's records of orders, from the stream; none if the stream no longer has them. `streams`: a client."""
    for shard_id in [letter.shard_id] if letter.shard_id else _shards(streams, letter):
        found = [record for record in _read(streams, letter, shard_id) if _number(record) <= letter.last]
        if found:
            return [record for record in found if record["dynamodb"]["Keys"]["sk"] == {"S": "order"}]
    return []


def _shards(streams: Any, letter: Letter) -> Iterator[str]:
    """The shards that may have the letter's first record."""
    page: dict[str, Any] = {}
    while True:
        more = {"ExclusiveStartShardId": page["LastEvaluatedShardId"]} if page else {}
        page = streams.describe_stream(StreamArn=letter.stream_arn, **more)["StreamDescription"]
        for shard in page["Shards"]:
            numbers = shard["SequenceNumberRange"]
            last = numbers.get("EndingSequenceNumber")
            if int(numbers["StartingSequenceNumber"]) <= int(letter.first) <= int(last or letter.first):
                yield str(shard["ShardId"])
        if "LastEvaluatedShardId" not in page:
            return


def _read(streams: Any, letter: Letter, shard_id: str) -> list[dict[str, Any]]:
    found = list[dict[str, Any]]()
    try:
        iterator = streams.get_shard_iterator(
            StreamArn=letter.stream_arn,
            ShardId=shard_id,
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=letter.first,
        )["ShardIterator"]
        while iterator:
            page = streams.get_records(ShardIterator=iterator)
            found += page["Records"]
            is_over = not page["Records"] or _number(page["Records"][-1]) >= letter.last
            iterator = None if is_over else page.get("NextShardIterator")
    except ClientError as error:
        if error.response["Error"]["Code"] not in (*_GONE, _NOT_OF_THIS_SHARD):
            raise
    return found


def _number(record: Mapping[str, Any]) -> int:
    return int(record["dynamodb"]["SequenceNumber"])
