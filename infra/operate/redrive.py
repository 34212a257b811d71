"""`make redrive STAGE=dev`: passes on what the readers of the order table's stream gave up on.

A dead letter has no record in it, only its place in the stream, which keeps records for 24 hours
(https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailinfo.html). The records are read there and told to the reader
that gave them up, order by order: one that is still not taken holds up no other. A letter is deleted once all of it was taken.
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

from infra.account import because
from infra.local.engine_process import EngineError
from infra.operate.dead_letters import Letter, records_of
from infra.operate.reach import NotDeployedError, client_options, output_of
from infra.stages.settings import StageError
from lambdas.orders.events import AS_IT_STANDS
from lambdas.orders.table.entries import UnreadableOrder
from lambdas.orders.table.indexes import read_order

BATCH = 20  # records told at a time: a call of a function takes 6 MB
_OURS_SECONDS = 300
_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)
Records = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Readers:
    """Clients are of the AWS services; `dead_letters` is a queue's URL, `names` the readers' functions, the relay first."""

    sqs: Any
    streams: Any
    functions: Any
    dynamodb: Any
    dead_letters: str
    names: tuple[str, ...]
    order_table: str

    def of(self, letter: Letter) -> str:
        return next((name for name in self.names if name and name in letter.function), self.names[0])


def retell(readers: Readers, console: Console) -> int:
    """Print what became of each dead letter; 1 if any of them is still there."""
    left = 0
    for message in list(_messages(readers)):
        letter = Letter.of(json.loads(message["Body"]))
        ours = {"QueueUrl": readers.dead_letters, "ReceiptHandle": message["ReceiptHandle"]}
        if _all_taken(readers, letter, console):
            readers.sqs.delete_message(**ours)
        else:
            left += 1
            readers.sqs.change_message_visibility(**ours, VisibilityTimeout=0)  # for whoever asks next
    _say(console, f"left: {left}" if left else "nothing is left to be passed on")
    return 1 if left else 0


def _messages(readers: Readers) -> Iterator[dict[str, Any]]:
    """Each once: one that was made anew meanwhile is left to the next run."""
    seen = set[str]()
    while found := readers.sqs.receive_message(
        QueueUrl=readers.dead_letters, MaxNumberOfMessages=10, VisibilityTimeout=_OURS_SECONDS
    ).get("Messages"):
        fresh = [message for message in found if message["MessageId"] not in seen]
        if not fresh:
            return
        seen |= {message["MessageId"] for message in fresh}
        yield from fresh


def _all_taken(readers: Readers, letter: Letter, console: Console) -> bool:
    """Whether the letter is done with; says which orders were told of, and which were not taken."""
    records = records_of(readers.streams, letter)
    if not records:
        text = "are no longer in the stream: docs/operating.md says what to look for, then delete the letter"
        _say(console, f"{letter.named} {text}")
        return False
    function = readers.of(letter)
    orders = dict[str, list[dict[str, Any]]]()
    for record in records:
        orders.setdefault(str(record["dynamodb"]["Keys"]["pk"]["S"]), []).append(record)
    refused = [order_id for order_id, theirs in orders.items() if not _is_told(readers, function, theirs, console)]
    if taken := [order_id for order_id in orders if order_id not in refused]:
        count = sum(len(orders[order_id]) for order_id in taken)
        _say(console, f"passed on: {count} changes of {_orders(taken)}")
    if refused:
        count = sum(len(orders[order_id]) for order_id in refused)
        reason = f"the log of {function} says why; mend that, and tell them again"
        _say(console, f"{count} changes of {_orders(refused)} were not taken: {reason}")
    return not refused


def _is_told(readers: Readers, function: str, records: Records, console: Console) -> bool:
    """Whether one order's changes were taken, or what it is now, where they cannot be read any more but it can."""
    batches = (records[at : at + BATCH] for at in range(0, len(records), BATCH))
    if all(is_taken(readers.functions, function, batch) for batch in batches):
        return True
    if all(_is_readable(record) for record in records):
        return False
    key = {**records[0]["dynamodb"]["Keys"]}
    row = readers.dynamodb.get_item(TableName=readers.order_table, Key=key, ConsistentRead=True).get("Item")
    if row is None or isinstance(read_order(row), UnreadableOrder):
        return False
    change = {"Keys": key, "SequenceNumber": records[-1]["dynamodb"]["SequenceNumber"], "NewImage": row}
    if not is_taken(readers.functions, function, [{"eventName": AS_IT_STANDS, "dynamodb": change}]):
        return False
    _say(
        console,
        f"order {key['pk']['S']}: its changes cannot be read, so what it is now was told; look whether it goes on",
    )
    return True


def _is_readable(record: Mapping[str, Any]) -> bool:
    change = record["dynamodb"]
    images = [change[name] for name in ("OldImage", "NewImage") if name in change]
    return not any(isinstance(read_order({**image, "pk": change["Keys"]["pk"]}), UnreadableOrder) for image in images)


def is_taken(functions: Any, function: str, records: Records) -> bool:
    """Whether a reader takes these records, told again by hand. `functions`: a client of Lambda."""
    payload = json.dumps({"Records": records, "retold": True}, default=lambda moment: moment.timestamp())
    answer = functions.invoke(FunctionName=function, Payload=payload)
    return bool(json.loads(answer["Payload"].read()) == {"batchItemFailures": []})


def _orders(order_ids: Sequence[str]) -> str:
    return f"{'order' if len(order_ids) == 1 else 'orders'} {', '.join(sorted(order_ids))}"


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def readers_of(stage: str, options: dict[str, Any]) -> Readers:
    """The readers of a deployed stage."""
    return Readers(
        sqs=boto3.client("sqs", **options),
        streams=boto3.client("dynamodbstreams", **options),
        functions=boto3.client("lambda", **options),
        dynamodb=boto3.client("dynamodb", **options),
        dead_letters=output_of(stage, "OrderDeadLetters", options),
        names=(output_of(stage, "Relay", options), output_of(stage, "Announcer", options)),
        order_table=output_of(stage, "OrderTable", options),
    )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Pass on what the readers of the order table's stream gave up on.")
    parser.add_argument("--stage", required=True)
    stage, console = parser.parse_args(arguments).stage, Console()
    try:
        return retell(readers_of(stage, client_options(stage)), console)
    except _REFUSALS as error:
        _say(console, because(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
