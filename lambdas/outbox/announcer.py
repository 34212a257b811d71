"""The announcer: order table stream -> events on the bus, counts of orders per step.

It reads the same stream as the relay, for itself: while the bus does not answer, machines go on, and what was not sent waits in
the stream. It goes out later, that of one order in its order. Counting and sending do not wait for each other either, and both
can be repeated.
"""

import os
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

from lambdas.orders.events import OrderEvent, changes
from lambdas.orders.model.order import Order
from lambdas.outbox.bus import Bus, EventBridgeBus
from lambdas.outbox.changes import Aside, Change, Nowhere, Record, begin_again_at, may_pass, pass_on_each
from lambdas.outbox.dead_letters import DeadLetters
from lambdas.records.step_counts import CountsBusyError, StepCounts
from lambdas.records.table import RecordTable
from lambdas.runtime.observe import MetricUnit, log_unexpected, logger, metrics
from lambdas.runtime.settings import Settings
from lambdas.runtime.starting import prepare

_REMEMBERED = 5_000


class Counts(Protocol):
    """Orders per step; a change of an order may be told again, and in any order."""

    def follow(self, old: Order | None, new: Order | None) -> None: ...


class AnnouncerSettings(Settings):
    event_bus: str
    record_table: str
    dead_letters: str


class Sent:
    """Ids of the events that this process sent lately. A batch comes again when something else of it was not taken."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}

    def add(self, events: Sequence[OrderEvent]) -> None:
        self._ids |= dict.fromkeys(event.event_id for event in events)
        while len(self._ids) > _REMEMBERED:
            del self._ids[next(iter(self._ids))]

    def without(self, events: Sequence[OrderEvent]) -> list[OrderEvent]:
        return [event for event in events if event.event_id not in self._ids]


@cache
def _outside() -> tuple[Bus, Counts, Aside, Sent]:
    settings = AnnouncerSettings.from_environment()
    aside = DeadLetters(settings.dead_letters, os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""))
    return EventBridgeBus(settings.event_bus), StepCounts(RecordTable(settings.record_table)), aside, Sent()


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of stream records in, the first one to send again out (`ReportBatchItemFailures`). `retold`: by `make retell`."""
    records = event["Records"]
    bus, counts, aside, sent = _outside()
    again = announce(records, bus, counts, Nowhere() if event.get("retold") else aside, sent)
    return begin_again_at(records, again)


def announce(records: Sequence[Record], bus: Bus, counts: Counts, aside: Aside, sent: Sent) -> list[str]:
    """Count and tell what the records say; returns the sequence numbers of those that have to come again."""
    told: list[tuple[str, OrderEvent]] = []
    uncounted: list[str] = []

    def follow(change: Change) -> None:
        # A lead that its time to live removed was told of when it expired; what an order merely is happened before.
        if change.new is not None and not change.as_it_stands:
            told.extend((change.sequence, happened) for happened in changes(change.old, change.new))
        if not _is_counted(change, counts):
            uncounted.append(change.sequence)

    again = pass_on_each(records, follow, aside)
    events = sent.without([event for _, event in told])
    kept = bus.put(events)
    late = {event.event_id for event in kept}
    sent.add([event for event in events if event.event_id not in late])
    if kept:
        logger.error("events not accepted by the bus", extra={"events": len(kept)})
        metrics.add_metric("EventsKept", MetricUnit.Count, len(kept))
    return [*again, *uncounted, *(sequence for sequence, event in told if event.event_id in late)]


def _is_counted(change: Change, counts: Counts) -> bool:
    """A count that cannot be written now comes again, and holds up no event. Raises what no repeating will mend."""
    try:
        counts.follow(change.old, change.new)
    except Exception as error:
        if not (isinstance(error, CountsBusyError) or may_pass(error)):
            raise
        log_unexpected("order not counted", error, sequence_number=change.sequence)
        return False
    return True


prepare(_outside)
