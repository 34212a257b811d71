"""The relay: order table stream -> machine starts, answers to waiting states, counts per step, events on the bus.

Every record may come twice; starting, answering, counting and sending can all be repeated. Records are taken in order, and the
first that fails is reported, so that the stream begins again there: later changes never overtake it. What no repeating would
mend, a run of a module that is gone, is written on the order instead: a person has to decide, and the stream goes on.
"""

import json
import time
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

from lambdas.orders.checklist import ChecklistAction
from lambdas.orders.events import OrderEvent, changes
from lambdas.orders.machine import Machine, ModuleGoneError, StepFunctionsMachine, answers, requests, starts
from lambdas.orders.order import Order
from lambdas.orders.ports import OrderStore
from lambdas.orders.progress import not_run
from lambdas.orders.store import DynamoOrderStore, save
from lambdas.orders.stored import restored
from lambdas.outbox.bus import Bus, EventBridgeBus
from lambdas.records.step_counts import StepCounts
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item
from lambdas.runtime.observe import MetricUnit, log_unexpected, logger, metrics
from lambdas.runtime.settings import Settings
from lambdas.runtime.starting import prepare


class Counts(Protocol):
    """Orders per step; a change of an order may be told again."""

    def follow(self, old: Order | None, new: Order | None) -> None: ...


class RelaySettings(Settings):
    """`machines`: JSON map of order_queue_id -> state machine ARN; `functions`: of module -> function ARN."""

    machines: str
    functions: str
    event_bus: str
    order_table: str
    record_table: str


@cache
def _outside() -> tuple[Machine, Bus, OrderStore, Counts]:
    settings = RelaySettings.from_environment()
    machine = StepFunctionsMachine(json.loads(settings.machines), json.loads(settings.functions))
    counts = StepCounts(RecordTable(settings.record_table))
    return machine, EventBridgeBus(settings.event_bus), DynamoOrderStore(settings.order_table), counts


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of stream records in, the first one to send again out (`ReportBatchItemFailures`)."""
    again = relay(event["Records"], *_outside())
    metrics.add_metric("RelayedRecords", MetricUnit.Count, len(event["Records"]))
    return {"batchItemFailures": [{"itemIdentifier": again}] if again else []}


def relay(
    records: Sequence[dict[str, Any]], machine: Machine, bus: Bus, orders: OrderStore, counts: Counts
) -> str | None:
    """Pass on what the records say; returns the sequence number to begin again at, None if all went out."""
    told: list[tuple[str, OrderEvent]] = []
    failed: str | None = None
    for record in records:
        sequence = str(record["dynamodb"]["SequenceNumber"])
        try:
            told.extend((sequence, happened) for happened in _passed_on(record["dynamodb"], machine, orders, counts))
        except Exception as error:  # noqa: BLE001 - whatever it is, the record must come again, or end in the dead-letter queue
            log_unexpected("record not relayed", error, sequence_number=sequence)
            failed = sequence
            break
    unsent = bus.put([happened for _, happened in told])
    if unsent is not None:
        logger.error("events not accepted by the bus", sequence_number=told[unsent][0])
        return told[unsent][0]
    return failed


def _passed_on(change: dict[str, Any], machine: Machine, orders: OrderStore, counts: Counts) -> tuple[OrderEvent, ...]:
    old, new = _image(change, "OldImage"), _image(change, "NewImage")
    if new is not None:
        _wake(old, new, machine, orders)
    counts.follow(old, new)
    return changes(old, new) if new else ()  # a lead that its time to live removed was told of when it expired


def _image(change: dict[str, Any], name: str) -> Order | None:
    return restored(change["Keys"]["pk"]["S"], from_item(change[name])) if name in change else None


def _wake(old: Order | None, new: Order, machine: Machine, orders: OrderStore) -> None:
    if starts(old, new):
        machine.start(new)
    if old is not None:
        for token, answer in answers(old, new).items():
            machine.answer(token, answer)
    for action in requests(old, new):
        _run(new, action, machine, orders)


def _run(order: Order, action: ChecklistAction, machine: Machine, orders: OrderStore) -> None:
    """Have the action run; if its module has no function any more, the action waits for a person and says so."""
    try:
        machine.run(order, action)
    except ModuleGoneError:
        facts = {"order_id": order.order_id, "action_id": action.action_id, "action": action.module}
        logger.error("module has no function", extra=facts)
        action_id, now, reason = action.action_id, int(time.time()), _GONE.format(action.module)
        save(orders, orders.get(order.order_id), lambda current: not_run(current, action_id, now=now, reason=reason))


_GONE = "the module {} is not deployed any more; deploy it again and process this action, or skip this action"


prepare(_outside)
