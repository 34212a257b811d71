"""Changes of orders from the order table's stream, passed on order by order.

A batch holds changes of many orders. If one cannot be passed on now (a service does not answer), the stream delivers it again.
The later changes of its order come again too, because they must not overtake it. All other orders continue. A change that no
retry can pass on becomes a dead letter. https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.orders.errors import OrderChangedError, OrderUnreadableError
from lambdas.orders.events import AS_IT_STANDS
from lambdas.orders.model.order import Order
from lambdas.orders.table.entries import UnreadableOrder
from lambdas.orders.table.indexes import read_order
from lambdas.runtime.telemetry import log_unexpected

Record = dict[str, Any]

# Errors about the one machine, function, token or order of the call. Any other may pass: a throttle, an outage, a missing right.
_PERMANENT = frozenset(
    {
        "InvalidArn", "InvalidExecutionInput", "InvalidName", "InvalidOutput", "InvalidParameterValueException", "InvalidToken",
        "ResourceNotFoundException", "StateMachineDeleting", "StateMachineDoesNotExist", "ValidationException",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One change of an order. `old` is None if the order was created, `new` if its time to live removed it.

    `as_it_stands`: no change, but the order as it is now, because its changes are no longer readable (`make redrive`).
    """

    sequence: str
    old: Order | None
    new: Order | None
    as_it_stands: bool = False


class DeadLetterQueue(Protocol):
    """Keeps changes that no retry can pass on."""

    def send(self, record: Record, why: str) -> None:
        """Keep the record's place in the stream for `make redrive`. May be repeated."""


class NoDeadLetters:
    """For a redrive: refuse a change that cannot be passed on. Its dead letter stays where it is."""

    def send(self, record: Record, why: str) -> None:
        raise RedriveRefusedError(why)


class RedriveRefusedError(RuntimeError):
    """A redriven change can still not be passed on."""


def pass_on_each(
    records: Sequence[Record], pass_on: Callable[[Change], None], dead_letters: DeadLetterQueue
) -> list[str]:
    """Pass on the changes, in order for each order. Return the sequence numbers of those to deliver again."""
    held, again = set[str](), list[str]()
    for record in records:
        change = record["dynamodb"]
        order_id, sequence = str(change["Keys"]["pk"]["S"]), str(change["SequenceNumber"])
        if order_id not in held and _is_finished(record, pass_on, dead_letters, order_id):
            continue
        held.add(order_id)
        again.append(sequence)
    return again


def batch_response(records: Sequence[Record], again: Sequence[str]) -> dict[str, Any]:
    """The answer to Lambda (`ReportBatchItemFailures`): the first of these, from which Lambda sends the batch again."""
    first = next((_sequence(record) for record in records if _sequence(record) in again), None)
    return {"batchItemFailures": [{"itemIdentifier": first}] if first else []}


def _is_finished(
    record: Record, pass_on: Callable[[Change], None], dead_letters: DeadLetterQueue, order_id: str
) -> bool:
    """Pass the change on, or make it a dead letter. Return False if neither was possible now."""
    facts = {"order_id": order_id, "sequence_number": _sequence(record)}
    try:
        try:
            pass_on(change_of(record))
        except Exception as error:
            if may_succeed_later(error):
                raise
            log_unexpected("change set aside", error, **facts)
            dead_letters.send(record, str(error) if isinstance(error, OrderUnreadableError) else type(error).__name__)
    except Exception as error:  # noqa: BLE001 - the other orders continue, and this change comes again
        log_unexpected("change not passed on", error, **facts)
        return False
    return True


def change_of(record: Record) -> Change:
    """The change in a record. Raises OrderUnreadableError."""
    as_it_stands = record.get("eventName") == AS_IT_STANDS
    return Change(_sequence(record), _image(record, "OldImage"), _image(record, "NewImage"), as_it_stands)


def _image(record: Record, name: str) -> Order | None:
    change = record["dynamodb"]
    if name not in change:
        return None
    found = read_order({**change[name], "pk": change["Keys"]["pk"]})
    if isinstance(found, UnreadableOrder):
        raise OrderUnreadableError(found.order_id, found.why)
    return found


def may_succeed_later(error: Exception) -> bool:
    """Whether the same call may succeed later, without a fix of this order or its queue."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code") not in _PERMANENT
    return isinstance(error, (BotoCoreError, OrderChangedError, OSError))


def _sequence(record: Record) -> str:
    return str(record["dynamodb"]["SequenceNumber"])
