"""The relay: order table stream -> machine starts, answers to waiting states, runs beside the machine.

Every record may come twice; starting and answering can be repeated. It waits for nothing else: events and counts have a reader of
their own (announcer.py), so that a silent event bus holds up no order. What no repeating would mend, a run of a module that is
gone, is written on the order instead: a person has to decide.
"""

import json
import os
import time
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

from lambdas.orders.decisions.progress import not_run
from lambdas.orders.decisions.restart import needs_machine
from lambdas.orders.machine import (
    Machine,
    ModuleGoneError,
    StepFunctionsMachine,
    answers,
    is_decided,
    requests,
    starts,
)
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.ports import OrderStore
from lambdas.orders.store import DynamoOrderStore, save
from lambdas.outbox.aftercare import Aftercare
from lambdas.outbox.changes import Aside, Change, Nowhere, Record, begin_again_at, pass_on_each
from lambdas.outbox.dead_letters import DeadLetters
from lambdas.runtime.observe import MetricUnit, logger, metrics
from lambdas.runtime.settings import Settings
from lambdas.runtime.starting import prepare


class RelaySettings(Settings):
    """`machines`: JSON map of order_queue_id -> state machine ARN; `functions`: of module -> function ARN; `machine_hashes`: of
    order_queue_id -> hash of its machine's definition."""

    machines: str
    machine_hashes: str = "{}"
    functions: str
    order_table: str
    dead_letters: str


@cache
def _outside() -> tuple[Aftercare, Aside]:
    settings = RelaySettings.from_environment()
    machine = StepFunctionsMachine(json.loads(settings.machines), json.loads(settings.functions))
    aside = DeadLetters(settings.dead_letters, os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""))
    orders, hashes = DynamoOrderStore(settings.order_table), json.loads(settings.machine_hashes)
    return Aftercare(machine, orders, lambda: int(time.time()), hashes), aside


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of stream records in, the first one to send again out (`ReportBatchItemFailures`). `retold`: by `make retell`."""
    records = event["Records"]
    care, aside = _outside()
    again = relay(records, care, Nowhere() if event.get("retold") else aside)
    metrics.add_metric("RelayedRecords", MetricUnit.Count, len(records))
    return begin_again_at(records, again)


def relay(records: Sequence[Record], care: Aftercare, aside: Aside) -> list[str]:
    """Pass on what the records say; returns the sequence numbers of those that have to come again."""
    return pass_on_each(records, partial(_passed_on, care=care), aside)


def _passed_on(change: Change, care: Aftercare) -> None:
    """Start, wake, run. Where nobody waited for what was decided, the order may have no execution any more."""
    old, new = change.old, change.new
    if new is None:
        return
    if starts(old, new):
        care.start(new)
    if old is None:
        return
    told = [care.machine.answer(token, answer) for token, answer in answers(old, new).items()]
    for action in requests(old, new):
        _run(new, action, care.machine, care.orders)
    unheard = not all(told) if told else is_decided(old, new)
    if unheard and not starts(old, new) and needs_machine(new) and new.machine_stopped_at is None:
        care.look_after(new)


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
