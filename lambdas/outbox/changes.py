"""Changes of orders as the order table's stream tells them, each order by itself.

A batch holds changes of many orders. One that cannot be passed on now (a service does not answer) comes again, and so do the
later ones of its order, which must not overtake it; those of all other orders are passed on. One that no repeating will mend is
set aside, and the stream goes on. https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
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
from lambdas.runtime.observe import log_unexpected

Record = dict[str, Any]

# What AWS says of the one machine, function, token or order that was named. All else may pass: a throttle, an outage, a role.
_OF_ITS_OWN = frozenset(
    {
        "InvalidArn", "InvalidExecutionInput", "InvalidName", "InvalidOutput", "InvalidParameterValueException", "InvalidToken",
        "ResourceNotFoundException", "StateMachineDeleting", "StateMachineDoesNotExist", "ValidationException",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One change of an order. `old` None: it was made; `new` None: its time to live removed it. `as_it_stands`: no change at
    all, but what the order is now, for its changes cannot be read any more (`make retell`)."""

    sequence: str
    old: Order | None
    new: Order | None
    as_it_stands: bool = False


class Aside(Protocol):
    """Where changes wait that no repeating will mend."""

    def put(self, record: Record, why: str) -> None:
        """Keep the record's place in the stream for `make retell`. May be repeated."""


class Nowhere:
    """For changes that are told again by hand: what cannot be passed on is said, and its letter stays where it is."""

    def put(self, record: Record, why: str) -> None:
        raise NotTakenError(why)


class NotTakenError(RuntimeError):
    """A change that is told again can still not be passed on."""


def pass_on_each(records: Sequence[Record], pass_on: Callable[[Change], None], aside: Aside) -> list[str]:
    """Pass on the changes, those of one order in their order; returns the sequence numbers of those that have to come again."""
    held, again = set[str](), list[str]()
    for record in records:
        change = record["dynamodb"]
        order_id, sequence = str(change["Keys"]["pk"]["S"]), str(change["SequenceNumber"])
        if order_id not in held and _is_settled(record, pass_on, aside, order_id):
            continue
        held.add(order_id)
        again.append(sequence)
    return again


def begin_again_at(records: Sequence[Record], again: Sequence[str]) -> dict[str, Any]:
    """What Lambda is answered (`ReportBatchItemFailures`): the first of these, from which it sends the batch again."""
    first = next((_sequence(record) for record in records if _sequence(record) in again), None)
    return {"batchItemFailures": [{"itemIdentifier": first}] if first else []}


def _is_settled(record: Record, pass_on: Callable[[Change], None], aside: Aside, order_id: str) -> bool:
    """The change was passed on, or set aside."""
    facts = {"order_id": order_id, "sequence_number": _sequence(record)}
    try:
        try:
            pass_on(change_of(record))
        except Exception as error:
            if may_pass(error):
                raise
            log_unexpected("change set aside", error, **facts)
            aside.put(record, str(error) if isinstance(error, OrderUnreadableError) else type(error).__name__)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on, and this one comes again
        log_unexpected("change not passed on", error, **facts)
        return False
    return True


def change_of(record: Record) -> Change:
    """What a record says. Raises OrderUnreadableError."""
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


def may_pass(error: Exception) -> bool:
    """Whether the same may succeed later, without anybody mending this order or its queue."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code") not in _OF_ITS_OWN
    return isinstance(error, (BotoCoreError, OrderChangedError, OSError))


def _sequence(record: Record) -> str:
    return str(record["dynamodb"]["SequenceNumber"])
