"""`make retell STAGE=dev`: passes on what the relay gave up on.

A dead letter of the relay has no record in it, only its place in the order table's stream, which keeps records for 24 hours
(https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailinfo.html). The records are read there and told to the
relay, which takes each as often as it comes. A letter is deleted once all of it was taken.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.local_engine import EngineError
from infra.reach import NotDeployedError, client_options, output_of
from infra.settings import StageError

BATCH = 20  # records told at a time: a call of a function takes 6 MB
_OURS_SECONDS = 300
_GONE = ("TrimmedDataAccessException", "ResourceNotFoundException")
_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)


@dataclass(frozen=True)
class Relay:
    """Clients are of the AWS services; `dead_letters` is a queue's URL, `function` a name."""

    sqs: Any
    streams: Any
    functions: Any
    dead_letters: str
    function: str


def retell(relay: Relay, console: Console) -> int:
    """Print what became of each dead letter; 1 if any of them is still there."""
    left = 0
    for letter in list(_letters(relay)):
        message = {"QueueUrl": relay.dead_letters, "ReceiptHandle": letter["ReceiptHandle"]}
        place = json.loads(letter["Body"])["DDBStreamBatchInfo"]
        if said := _told(relay, place):
            relay.sqs.delete_message(**message)
            _say(console, said)
        else:
            left += 1
            relay.sqs.change_message_visibility(**message, VisibilityTimeout=0)  # for whoever asks next
            _say(console, _why_left(relay, place))
    _say(console, f"left: {left}" if left else "nothing is left to be passed on")
    return 1 if left else 0


def _letters(relay: Relay) -> Iterator[dict[str, Any]]:
    while found := relay.sqs.receive_message(
        QueueUrl=relay.dead_letters, MaxNumberOfMessages=10, VisibilityTimeout=_OURS_SECONDS
    ).get("Messages"):
        yield from found


def _told(relay: Relay, place: Mapping[str, Any]) -> str:
    """What was passed on; empty if the records are gone or were not taken."""
    records = _records(relay.streams, place)
    if not records or not all(_is_taken(relay, records[at : at + BATCH]) for at in range(0, len(records), BATCH)):
        return ""
    orders = sorted({str(record["dynamodb"]["Keys"]["pk"]["S"]) for record in records})
    return f"passed on: {len(records)} changes of {'order' if len(orders) == 1 else 'orders'} {', '.join(orders)}"


def _records(streams: Any, place: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The batch's records of orders, as the stream has them; none if it keeps them no longer."""
    last, found = int(place["endSequenceNumber"]), list[dict[str, Any]]()
    try:
        iterator = streams.get_shard_iterator(
            StreamArn=place["streamArn"],
            ShardId=place["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=place["startSequenceNumber"],
        )["ShardIterator"]
        while iterator:
            page = streams.get_records(ShardIterator=iterator)
            found += page["Records"]
            is_over = not page["Records"] or int(page["Records"][-1]["dynamodb"]["SequenceNumber"]) >= last
            iterator = None if is_over else page.get("NextShardIterator")
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
    batch = (record for record in found if int(record["dynamodb"]["SequenceNumber"]) <= last)
    return [record for record in batch if record["dynamodb"]["Keys"]["sk"] == {"S": "order"}]


def _is_taken(relay: Relay, records: Sequence[dict[str, Any]]) -> bool:
    payload = json.dumps({"Records": records}, default=lambda moment: moment.timestamp())
    answer = relay.functions.invoke(FunctionName=relay.function, Payload=payload)
    return bool(json.loads(answer["Payload"].read()) == {"batchItemFailures": []})


def _why_left(relay: Relay, place: Mapping[str, Any]) -> str:
    where = f"{place['batchSize']} changes of {place['approximateArrivalOfFirstRecord']}"
    if not _records(relay.streams, place):
        return f"{where} are no longer in the stream: docs/operating.md says what to look for, then delete the letter"
    return f"{where} were not taken: the log of {relay.function} says why; mend that, and tell them again"


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Pass on what the relay gave up on.")
    parser.add_argument("--stage", required=True)
    stage, console = parser.parse_args(arguments).stage, Console()
    try:
        options = client_options(stage)
        relay = Relay(
            sqs=boto3.client("sqs", **options),
            streams=boto3.client("dynamodbstreams", **options),
            functions=boto3.client("lambda", **options),
            dead_letters=output_of(stage, "OrderDeadLetters", options),
            function=output_of(stage, "Relay", options),
        )
        return retell(relay, console)
    except _REFUSALS as error:
        _say(console, f"{type(error).__name__}: {error}")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
