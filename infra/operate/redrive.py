"""`make redrive STAGE=dev`: sends the records that a reader of the order table's stream gave up on to that reader again.

A dead letter holds no record, only its place in the stream, which keeps records for 24 hours:
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailinfo.html. The command reads the records there and sends
them order by order. An order that is refused again holds up no other. A letter is deleted once all its records were accepted.
Late or repeated records do no harm. Exits with 1 while any letter remains, with 2 if the stage cannot be reached.
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

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.dead_letters import Letter, records_of
from infra.operate.deployed_stage import NotDeployedError, client_options, output_of
from infra.operate.output import say
from infra.stages.errors import StageError
from lambdas.orders.events import AS_IT_STANDS
from lambdas.orders.table.entries import UnreadableOrder
from lambdas.orders.table.indexes import read_order

BATCH = 20  # records in one call: a function takes 6 MB
_HIDDEN_SECONDS = 300
_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)
Records = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Readers:
    """`sqs`, `streams`, `functions`, `dynamodb`: AWS clients. `dead_letters`: the queue's URL. `names`: of the
    readers' functions, the relay first."""

    sqs: Any
    streams: Any
    functions: Any
    dynamodb: Any
    dead_letters: str
    names: tuple[str, ...]
    order_table: str

    def of(self, letter: Letter) -> str:
        return next((name for name in self.names if name and name in letter.function), self.names[0])


def redrive(readers: Readers, console: Console) -> int:
    """Send each dead letter's records again and print the result. Return 1 if any letter remains."""
    left = 0
    for message in list(_messages(readers)):
        letter = Letter.of(json.loads(message["Body"]))
        ours = {"QueueUrl": readers.dead_letters, "ReceiptHandle": message["ReceiptHandle"]}
        if _send_again(readers, letter, console):
            readers.sqs.delete_message(**ours)
        else:
            left += 1
            readers.sqs.change_message_visibility(**ours, VisibilityTimeout=0)  # visible to the next run
    say(
        console,
        f"{left} dead {'letter remains' if left == 1 else 'letters remain'}" if left else "no dead letters remain",
    )
    return 1 if left else 0


def _messages(readers: Readers) -> Iterator[dict[str, Any]]:
    """Each message once. A message that comes again is left to the next run."""
    seen = set[str]()
    while found := readers.sqs.receive_message(
        QueueUrl=readers.dead_letters, MaxNumberOfMessages=10, VisibilityTimeout=_HIDDEN_SECONDS
    ).get("Messages"):
        fresh = [message for message in found if message["MessageId"] not in seen]
        if not fresh:
            return
        seen |= {message["MessageId"] for message in fresh}
        yield from fresh


def _send_again(readers: Readers, letter: Letter, console: Console) -> bool:
    """Send the letter's records to their reader, order by order. Return whether all were accepted."""
    records = records_of(readers.streams, letter)
    if not records:
        text = "are no longer in the stream: check the orders as docs/operating.md says, then delete the letter"
        say(console, f"{letter.named} {text}")
        return False
    function = readers.of(letter)
    orders = dict[str, list[dict[str, Any]]]()
    for record in records:
        orders.setdefault(str(record["dynamodb"]["Keys"]["pk"]["S"]), []).append(record)
    refused = [order_id for order_id, theirs in orders.items() if not _send_order(readers, function, theirs, console)]
    if taken := [order_id for order_id in orders if order_id not in refused]:
        count = sum(len(orders[order_id]) for order_id in taken)
        say(console, f"sent again: {count} changes of {_orders(taken)}")
    if refused:
        count = sum(len(orders[order_id]) for order_id in refused)
        reason = f"the log of {function} says why; fix that, then run this command again"
        say(console, f"{count} changes of {_orders(refused)} were refused: {reason}")
    return not refused


def _send_order(readers: Readers, function: str, records: Records, console: Console) -> bool:
    """Send one order's changes. If they are unreadable and the order is not, send the order as it is now. Return whether the
    reader accepted."""
    batches = (records[at : at + BATCH] for at in range(0, len(records), BATCH))
    if all(is_accepted(readers.functions, function, batch) for batch in batches):
        return True
    if all(_is_readable(record) for record in records):
        return False
    key = {**records[0]["dynamodb"]["Keys"]}
    row = readers.dynamodb.get_item(TableName=readers.order_table, Key=key, ConsistentRead=True).get("Item")
    if row is None or isinstance(read_order(row), UnreadableOrder):
        return False
    change = {"Keys": key, "SequenceNumber": records[-1]["dynamodb"]["SequenceNumber"], "NewImage": row}
    if not is_accepted(readers.functions, function, [{"eventName": AS_IT_STANDS, "dynamodb": change}]):
        return False
    say(
        console,
        f"order {key['pk']['S']}: its changes are unreadable, so its present state was sent; check that it continues",
    )
    return True


def _is_readable(record: Mapping[str, Any]) -> bool:
    change = record["dynamodb"]
    images = [change[name] for name in ("OldImage", "NewImage") if name in change]
    return not any(isinstance(read_order({**image, "pk": change["Keys"]["pk"]}), UnreadableOrder) for image in images)


def is_accepted(functions: Any, function: str, records: Records) -> bool:
    """Send records to a reader; return whether it accepted all. `functions`: a Lambda client."""
    payload = json.dumps({"Records": records, "redriven": True}, default=lambda moment: moment.timestamp())
    answer = functions.invoke(FunctionName=function, Payload=payload)
    return bool(json.loads(answer["Payload"].read()) == {"batchItemFailures": []})


def _orders(order_ids: Sequence[str]) -> str:
    return f"{'order' if len(order_ids) == 1 else 'orders'} {', '.join(sorted(order_ids))}"


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
    parser = argparse.ArgumentParser(
        description="Send records that a reader of the order table's stream gave up on to it again."
    )
    parser.add_argument("--stage", required=True)
    stage, console = parser.parse_args(arguments).stage, Console()
    try:
        return redrive(readers_of(stage, client_options(stage)), console)
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
