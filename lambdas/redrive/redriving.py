"""Sends the records that a reader of the order table's stream gave up on to that reader again.

A dead letter holds no record, only its place in the stream, which keeps records for 24 hours:
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailinfo.html. The records are read there and sent order by order.
An order that is refused again holds up no other. A letter is deleted once all its records were accepted. Late or repeated
records do no harm.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.orders.events import AS_IT_STANDS
from lambdas.orders.table.entries import UnreadableOrder
from lambdas.orders.table.indexes import read_order
from lambdas.redrive.letters import Letter, records_of

BATCH = 20  # records in one call: a function takes 6 MB
_HIDDEN_SECONDS = 300
Records = Sequence[dict[str, Any]]
Tell = Callable[[str], None]
"""Tells a person what was done, a sentence at a time."""
HasTime = Callable[[], bool]


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


def redrive(readers: Readers, tell: Tell, has_time: HasTime = lambda: True) -> int:
    """Send each dead letter's records again and tell the result. Return 1 if any letter remains."""
    left = 0
    for message in list(_messages(readers)):
        letter = Letter.of(json.loads(message["Body"]))
        ours = {"QueueUrl": readers.dead_letters, "ReceiptHandle": message["ReceiptHandle"]}
        if has_time() and _send_again(readers, letter, tell):
            readers.sqs.delete_message(**ours)
        else:
            left += 1
            readers.sqs.change_message_visibility(**ours, VisibilityTimeout=0)  # visible to the next run
    tell(f"{left} dead {'letter remains' if left == 1 else 'letters remain'}" if left else "no dead letters remain")
    return 1 if left else 0


def preview(readers: Readers, tell: Tell) -> None:
    """Tell which letters there are, and which of them the stream still has the changes of. Nothing is sent."""
    messages = list(_messages(readers))
    for message in messages:
        letter = Letter.of(json.loads(message["Body"]))
        found = len(records_of(readers.streams, letter))
        tell(f"{letter.named}: {found} are in the stream" if found else f"{letter.named} are no longer in the stream")
    for message in messages:
        ours = {"QueueUrl": readers.dead_letters, "ReceiptHandle": message["ReceiptHandle"]}
        readers.sqs.change_message_visibility(**ours, VisibilityTimeout=0)
    tell(f"{len(messages)} dead {'letter' if len(messages) == 1 else 'letters'}; nothing was sent")


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


def _send_again(readers: Readers, letter: Letter, tell: Tell) -> bool:
    """Send the letter's records to their reader, order by order. Return whether all were accepted."""
    records = records_of(readers.streams, letter)
    if not records:
        text = "are no longer in the stream: check the orders as docs/operating.md says, then delete the letter"
        tell(f"{letter.named} {text}")
        return False
    function = readers.of(letter)
    orders = dict[str, list[dict[str, Any]]]()
    for record in records:
        orders.setdefault(str(record["dynamodb"]["Keys"]["pk"]["S"]), []).append(record)
    refused = [order_id for order_id, theirs in orders.items() if not _send_order(readers, function, theirs, tell)]
    if taken := [order_id for order_id in orders if order_id not in refused]:
        count = sum(len(orders[order_id]) for order_id in taken)
        tell(f"sent again: {count} changes of {_orders(taken)}")
    if refused:
        count = sum(len(orders[order_id]) for order_id in refused)
        reason = f"the log of {function} says why; fix that, then run this command again"
        tell(f"{count} changes of {_orders(refused)} were refused: {reason}")
    return not refused


def _send_order(readers: Readers, function: str, records: Records, tell: Tell) -> bool:
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
    tell(f"order {key['pk']['S']}: its changes are unreadable, so its present state was sent; check that it continues")
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
