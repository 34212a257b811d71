"""The relay: reads the order table's stream, starts machines, answers their waiting states, and runs actions beside them.

Every record may come twice: starting and answering can be repeated. Events and counts have a reader of their own (announcer.py),
so a silent event bus holds up no order. If a requested module has no function any more, no retry helps. The relay writes that on
the order, and a person decides.
"""

import json
import os
import time
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

from lambdas.orders.decisions.operator.restart import needs_machine
from lambdas.orders.decisions.outcomes import not_run
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
from lambdas.outbox.changes import Change, DeadLetterQueue, NoDeadLetters, Record, batch_response, pass_on_each
from lambdas.outbox.dead_letters import DeadLetters
from lambdas.outbox.execution_starts import ExecutionStarter
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.settings import Settings
from lambdas.runtime.telemetry import MetricUnit, logger, metrics


class RelaySettings(Settings):
    """JSON maps. `machines`: order_queue_id -> state machine ARN. `functions`: module -> function ARN.

    `machine_hashes`: order_queue_id -> hash of the machine's definition.
    """

    machines: str
    machine_hashes: str = "{}"
    functions: str
    order_table: str
    dead_letters: str


@cache
def _outside() -> tuple[ExecutionStarter, DeadLetterQueue]:
    settings = RelaySettings.from_environment()
    machine = StepFunctionsMachine(json.loads(settings.machines), json.loads(settings.functions))
    dead_letters = DeadLetters(settings.dead_letters, os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""))
    orders, hashes = DynamoOrderStore(settings.order_table), json.loads(settings.machine_hashes)
    return ExecutionStarter(machine, orders, lambda: int(time.time()), hashes), dead_letters


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take a batch of stream records; return the first one to deliver again. `redriven` is set by `make redrive`."""
    records = event["Records"]
    starter, dead_letters = _outside()
    again = relay(records, starter, NoDeadLetters() if event.get("redriven") else dead_letters)
    metrics.add_metric("RelayedRecords", MetricUnit.Count, len(records))
    return batch_response(records, again)


def relay(records: Sequence[Record], starter: ExecutionStarter, dead_letters: DeadLetterQueue) -> list[str]:
    """Pass on the changes in the records. Return the sequence numbers of those to deliver again."""
    return pass_on_each(records, partial(_pass_on, starter=starter), dead_letters)


def _pass_on(change: Change, starter: ExecutionStarter) -> None:
    """Start, answer and run. If no state waited for a decision, the order may have no execution any more."""
    old, new = change.old, change.new
    if new is None:
        return
    if starts(old, new):
        starter.start(new)
    if old is None:
        return
    answered = [starter.machine.answer(token, answer) for token, answer in answers(old, new).items()]
    for action in requests(old, new):
        _run(new, action, starter.machine, starter.orders)
    is_unheard = not all(answered) if answered else is_decided(old, new)
    if is_unheard and not starts(old, new) and needs_machine(new) and new.machine_stopped_at is None:
        starter.restart_ended(new)


def _run(order: Order, action: ChecklistAction, machine: Machine, orders: OrderStore) -> None:
    """Start a run of the action. If its module has no function any more, the action waits for a person and says so."""
    try:
        machine.run(order, action)
    except ModuleGoneError:
        facts = {"order_id": order.order_id, "action_id": action.action_id, "action": action.module}
        logger.error("module has no function", extra=facts)
        action_id, now, reason = action.action_id, int(time.time()), _GONE.format(action.module)
        save(orders, orders.get(order.order_id), lambda current: not_run(current, action_id, now=now, reason=reason))


_GONE = "the module {} is not deployed any more; deploy it again and process this action, or skip this action"


prepare(_outside)
