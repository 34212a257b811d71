"""The relay: order table stream -> machine starts, answers to waiting states, events on the bus.

Every record may come twice; starting, answering and sending can all be repeated. Records are taken in order, and the first
that fails is reported, so that the stream begins again there: later changes never overtake it.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from lambdas.orders.events import OrderEvent, changes
from lambdas.orders.machine import Machine, StepFunctionsMachine, answers, requests
from lambdas.orders.order import Order
from lambdas.outbox.bus import Bus, EventBridgeBus
from lambdas.runtime.items import from_item
from lambdas.runtime.observe import MetricUnit, log_unexpected, logger, metrics
from lambdas.runtime.settings import Settings


class RelaySettings(Settings):
    """`machines`: JSON map of order_queue_id -> state machine ARN; `functions`: of module -> function ARN."""

    machines: str
    functions: str
    event_bus: str


@cache
def _outside() -> tuple[Machine, Bus]:
    settings = RelaySettings.from_environment()
    machine = StepFunctionsMachine(json.loads(settings.machines), json.loads(settings.functions))
    return machine, EventBridgeBus(settings.event_bus)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of stream records in, the first one to send again out (`ReportBatchItemFailures`)."""
    machine, bus = _outside()
    again = relay(event["Records"], machine, bus)
    metrics.add_metric("RelayedRecords", MetricUnit.Count, len(event["Records"]))
    return {"batchItemFailures": [{"itemIdentifier": again}] if again else []}


def relay(records: Sequence[dict[str, Any]], machine: Machine, bus: Bus) -> str | None:
    """Pass on what the records say; returns the sequence number to begin again at, None if all went out."""
    told: list[tuple[str, OrderEvent]] = []
    failed: str | None = None
    for record in records:
        sequence = str(record["dynamodb"]["SequenceNumber"])
        try:
            told.extend((sequence, happened) for happened in _passed_on(record["dynamodb"], machine))
        except Exception as error:  # noqa: BLE001 - whatever it is, the record must come again, or end in the dead-letter queue
            log_unexpected("record not relayed", error, sequence_number=sequence)
            failed = sequence
            break
    unsent = bus.put([happened for _, happened in told])
    if unsent is not None:
        logger.error("events not accepted by the bus", sequence_number=told[unsent][0])
        return told[unsent][0]
    return failed


def _passed_on(change: dict[str, Any], machine: Machine) -> tuple[OrderEvent, ...]:
    if "NewImage" not in change:  # an expired lead that its TTL removed; it was told of when it expired
        return ()
    new = Order.model_validate(from_item(change["NewImage"]))
    old = Order.model_validate(from_item(change["OldImage"])) if "OldImage" in change else None
    if old is None or old.machine_run != new.machine_run:
        machine.start(new)
    if old is not None:
        for token, answer in answers(old, new).items():
            machine.answer(token, answer)
    for action in requests(old, new):
        machine.run(new, action)
    return changes(old, new)
