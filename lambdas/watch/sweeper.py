"""Runs every few minutes. It marks overdue waits (event `OrderActionOverdue`) and cancels leads that were not submitted in time.
An action that waits for a bank is asked to look for its answer.

It also marks orders without an execution (missing_executions.py), and wakes what waited for pauses that are over. It reads a
sparse index of orders with a due date. Each write is conditional: two sweeps at once report once, and a submit that comes
first wins.
"""

import json
import time
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from lambdas.orders.decisions.await_payment import with_looks_due
from lambdas.orders.decisions.deadlines import with_overdue_marked
from lambdas.orders.decisions.lead import deployed_checklist, lead_expiry
from lambdas.orders.decisions.paused import resumed
from lambdas.orders.machine import StepFunctionsMachine
from lambdas.orders.model.modules import load_modules
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import load_queues
from lambdas.orders.ports import OrderStore
from lambdas.orders.store import DynamoOrderStore, save
from lambdas.orders.table.entries import UnreadableOrder
from lambdas.records.pauses.pause import PauseRecords
from lambdas.records.pauses.waking import wake_all
from lambdas.records.table import RecordTable
from lambdas.runtime.aws import step_functions
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.settings import Settings
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics
from lambdas.watch.missing_executions import ExecutionCheck

MOST_RESUMED = 300  # actions that waited for the end of a pause, by one sweep

AsDeployed = Callable[[Order], Order]


class SweeperSettings(Settings):
    """JSON maps. `machine_hashes`: order_queue_id -> hash of the deployed machine's definition.

    `machines`: order_queue_id -> state machine ARN.
    """

    order_table: str
    record_table: str
    machine_hashes: str = "{}"
    machines: str = "{}"


@cache
def _settings() -> SweeperSettings:
    return SweeperSettings.from_environment()


@cache
def _orders() -> OrderStore:
    return DynamoOrderStore(_settings().order_table)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    now = int(time.time())
    without_execution = _execution_check(now).mark()  # first: it does not need the index of deadlines
    metrics.add_metric("MachinesStopped", MetricUnit.Count, without_execution)
    found = sweep(_orders(), now, _as_deployed)
    metrics.add_metric("OrdersFoundOverdue", MetricUnit.Count, found["overdue"])
    metrics.add_metric("LeadsExpired", MetricUnit.Count, found["expired"])
    return {**found, "without_execution": without_execution, "resumed": _resume_paused(now)}


def _resume_paused(now: int) -> int:
    """Wake what waited for pauses that are over. A failure is logged, and stops nothing else of the sweep."""
    try:
        pauses = PauseRecords(RecordTable(_settings().record_table), lambda: now)
        return wake_all(pauses, partial(_resume, now=now), now, most=MOST_RESUMED)
    except Exception as error:  # noqa: BLE001 - the next sweep tries again
        log_unexpected("nothing woken after a pause", error)
        return 0


def _resume(order_id: str, action_id: int, *, now: int) -> Order:
    def change(order: Order) -> Order:
        again = resumed(order, action_id, now=now)
        return again if again is order else again.changed(changed_by="", changed_how="resume", changed_because="")

    return save(_orders(), _orders().get(order_id), change)


def _execution_check(now: int) -> ExecutionCheck:
    machines = json.loads(_settings().machines)
    executions = StepFunctionsMachine(machines)
    return ExecutionCheck(_orders(), executions, step_functions(), machines, load_queues(), now)


def sweep(orders: OrderStore, now: int, as_deployed: AsDeployed) -> dict[str, int]:
    """Mark overdue waits and cancel expired leads; return how many of each were found.

    An order that cannot be written stops no other: the next sweep finds it again.
    `as_deployed`: returns a lead with its queue's checklist.
    """
    found = {"overdue": 0, "expired": 0}
    for order in orders.due(now):
        if isinstance(order, UnreadableOrder):
            continue
        try:
            after = save(orders, order, partial(_swept, now=now, as_deployed=as_deployed))
        except Exception as error:  # noqa: BLE001 - the other orders have deadlines too
            log_unexpected("order not swept", error, order_id=order.order_id)
            continue
        if order.is_lead and after.canceled_at and not after.is_lead:
            found["expired"] += 1
            logger.info("lead expired", order_id=order.order_id)
        fresh = [key for key, wait in after.waits.items() if wait.overdue and not _was_overdue(order.waits, key)]
        found["overdue"] += len(fresh)
        for key in fresh:
            logger.warning("overdue", order_id=order.order_id, wait=key, owner=after.waits[key].owner)
    return found


def _swept(order: Order, now: int, as_deployed: AsDeployed) -> Order:
    """The order with overdue waits marked, or the expired lead. A lead that is being submitted is left to the next sweep."""
    if order.is_being_submitted(now):
        return order
    if lead_expiry.is_over(order, now):
        return lead_expiry.expired(as_deployed(order) if order.attempt else order, now=now)
    looked = with_looks_due(order, now)
    if looked is order:
        return with_overdue_marked(order, now)
    return looked.changed(changed_by="", changed_how="look_for_money", changed_because="")


def _as_deployed(lead: Order) -> Order:
    hashes, queue_id = json.loads(_settings().machine_hashes), lead.order_queue_id
    queue, machine_hash = load_queues().get(queue_id), hashes.get(str(queue_id), "")
    return deployed_checklist.as_deployed(lead, queue, load_modules(), machine_hash=machine_hash)


def _was_overdue(waits: Any, key: str) -> bool:
    return key in waits and bool(waits[key].overdue)


prepare(_orders)
