"""The announcer: reads the order table's stream, publishes events on the bus, and counts orders per step.

It is a second reader of the stream beside the relay. If the bus does not answer, machines continue and unsent events wait in the
stream. They go out later, in order for each order. Counting and sending do not wait for each other, and both can be repeated.
"""

import os
from collections.abc import Sequence
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
from lambdas.records.step_counts import CountsBusyError, StepCounts
from lambdas.records.table import RecordTable
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.settings import Settings
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics

_REMEMBERED = 5_000


class Counts(Protocol):
    """Orders per step. The same change may be counted again, and changes in any order."""

    def follow(self, old: Order | None, new: Order | None) -> None: ...


class AnnouncerSettings(Settings):
    event_bus: str
    record_table: str
    dead_letters: str


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


@cache
def _outside() -> tuple[Bus, Counts, DeadLetterQueue, SentEvents]:
    settings = AnnouncerSettings.from_environment()
    dead_letters = DeadLetters(settings.dead_letters, os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""))
    return (
        EventBridgeBus(settings.event_bus),
        StepCounts(RecordTable(settings.record_table)),
        dead_letters,
        SentEvents(),
    )


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take a batch of stream records; return the first one to deliver again. `redriven` is set by `make redrive`."""
    records = event["Records"]
    bus, counts, dead_letters, sent = _outside()
    again = announce(records, bus, counts, NoDeadLetters() if event.get("redriven") else dead_letters, sent)
    return batch_response(records, again)


def announce(
    records: Sequence[Record], bus: Bus, counts: Counts, dead_letters: DeadLetterQueue, sent: SentEvents
) -> list[str]:
    """Count the changes and publish their events. Return the sequence numbers of those to deliver again."""
    happened: list[tuple[str, OrderEvent]] = []
    uncounted: list[str] = []

    def follow(change: Change) -> None:
        # The event of an expired lead went out when it expired. An order as it stands has no new events.
        if change.new is not None and not change.as_it_stands:
            happened.extend((change.sequence, event) for event in changes(change.old, change.new))
        if not _count(change, counts):
            uncounted.append(change.sequence)

    again = pass_on_each(records, follow, dead_letters)
    events = sent.without([event for _, event in happened])
    unsent = bus.put(events)
    late = {event.event_id for event in unsent}
    sent.add([event for event in events if event.event_id not in late])
    if unsent:
        logger.error("events not accepted by the bus", extra={"events": len(unsent)})
        metrics.add_metric("EventsKept", MetricUnit.Count, len(unsent))
    return [*again, *uncounted, *(sequence for sequence, event in happened if event.event_id in late)]


def _count(change: Change, counts: Counts) -> bool:
    """Count the change. Return False if the count must be repeated; it holds up no event. Raises if no retry can help."""
    try:
        counts.follow(change.old, change.new)
    except Exception as error:
        if not (isinstance(error, CountsBusyError) or may_succeed_later(error)):
            raise
        log_unexpected("order not counted", error, sequence_number=change.sequence)
        return False
    return True


prepare(_outside)
