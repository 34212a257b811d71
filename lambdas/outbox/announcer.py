"""The announcer: reads the order table's stream, publishes events on the bus, and keeps what is read of orders.

It is a second reader of the stream beside the relay. If the bus or a table does not answer, machines continue and unsent events
wait in the stream. They go out later, in order for each order. The bus and the followers do not wait for each other, and all
can be repeated.
"""

import os
import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from lambdas.orders.events import OrderEvent, changes
from lambdas.orders.model.order import Order
from lambdas.outbox.bus import Bus, EventBridgeBus
from lambdas.outbox.changes import (
    Change,
    DeadLetterQueue,
    NoDeadLetters,
    Record,
    batch_response,
    may_succeed_later,
    pass_on_each,
)
from lambdas.outbox.dead_letters import DeadLetters
from lambdas.read_models.desk_followers import desk_followers
from lambdas.read_models.history.history import History
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.step_counts import StepCounts
from lambdas.records.table import BusyError, RecordTable
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.settings import Settings
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics

_REMEMBERED = 5_000


class Follower(Protocol):
    """Keeps something that is read of orders. It may meet a change again, and changes in any order."""

    def follow(self, old: Order | None, new: Order | None) -> None:
        """Take in a change. `old` None: the order was created, or comes as it stands. `new` None: it was removed."""


Followers = Mapping[str, Follower]
"""By name, for the log."""


class AnnouncerSettings(Settings):
    event_bus: str
    record_table: str
    history_table: str
    desk_table: str
    dead_letters: str
    history_anchored: bool = False


class SentEvents:
    """Ids of the events that this process sent recently. A batch may come again because of another event in it."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}

    def add(self, events: Sequence[OrderEvent]) -> None:
        self._ids |= dict.fromkeys(event.event_id for event in events)
        while len(self._ids) > _REMEMBERED:
            del self._ids[next(iter(self._ids))]

    def without(self, events: Sequence[OrderEvent]) -> list[OrderEvent]:
        return [event for event in events if event.event_id not in self._ids]


_LOGGED = frozenset({"OrderSubmitted", "OrderCompleted", "OrderCanceled"})


def followers_of(settings: AnnouncerSettings) -> Followers:
    history = HistoryTable(RecordTable(settings.history_table))
    return {
        "step counts": StepCounts(RecordTable(settings.record_table)),
        "history": History(history, lambda: int(time.time()), is_anchored=settings.history_anchored),
        **desk_followers(RecordTable(settings.desk_table)),
    }


@cache
def _outside() -> tuple[Bus, Followers, DeadLetterQueue, SentEvents]:
    settings = AnnouncerSettings.from_environment()
    dead_letters = DeadLetters(settings.dead_letters, os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""))
    return (
        EventBridgeBus(settings.event_bus),
        followers_of(settings),
        dead_letters,
        SentEvents(),
    )


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take a batch of stream records; return the first one to deliver again. `redriven` is set by `make redrive`."""
    records = event["Records"]
    bus, followers, dead_letters, sent = _outside()
    again = announce(records, bus, followers, NoDeadLetters() if event.get("redriven") else dead_letters, sent)
    return batch_response(records, again)


def announce(
    records: Sequence[Record], bus: Bus, followers: Followers, dead_letters: DeadLetterQueue, sent: SentEvents
) -> list[str]:
    """Have the changes followed and publish their events. Return the sequence numbers of those to deliver again."""
    happened: list[tuple[str, OrderEvent]] = []
    behind: list[str] = []

    def follow(change: Change) -> None:
        # The event of an expired lead went out when it expired. An order as it stands has no new events.
        if change.new is not None and not change.as_it_stands:
            happened.extend((change.sequence, event) for event in changes(change.old, change.new))
        if not _follow(change, followers):
            behind.append(change.sequence)

    again = pass_on_each(records, follow, dead_letters)
    events = sent.without([event for _, event in happened])
    unsent = bus.put(events)
    late = {event.event_id for event in unsent}
    sent.add(put := [event for event in events if event.event_id not in late])
    for event in put:
        if event.name in _LOGGED:  # the dashboard Orders counts them by day
            logger.info("order event", event=event.name, event_id=event.event_id, order_id=event.order_id)
    if unsent:
        logger.error("events not accepted by the bus", extra={"events": len(unsent)})
        metrics.add_metric("EventsKept", MetricUnit.Count, len(unsent))
    return [*again, *behind, *(sequence for sequence, event in happened if event.event_id in late)]


def _follow(change: Change, followers: Followers) -> bool:
    """Have each follower take in the change, whatever befalls the others. Return False if one of them must meet it again; it
    holds up no event. Raises the first error that no retry can help."""
    behind, hopeless = [], list[Exception]()
    for name, follower in followers.items():
        try:
            follower.follow(change.old, change.new)
        except Exception as error:  # noqa: BLE001 - the other followers continue
            if isinstance(error, BusyError) or may_succeed_later(error):
                log_unexpected("order not followed", error, sequence_number=change.sequence, follower=name)
                behind.append(name)
            else:
                hopeless.append(error)
    if hopeless and not behind:
        raise hopeless[0]
    return not behind


prepare(_outside)
