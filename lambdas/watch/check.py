"""Checks the promises of the design on live data, once a night. A run continues where the last one stopped.

Each violation is logged with its place and how to fix it, and stands on the worklist until a later pass finds it fixed. What
was found in a whole pass is counted, and rings.
"""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from lambdas.orders.machine import StepFunctionsMachine
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue, load_queues
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.gateways import gateways_of
from lambdas.payments.several.choice import GatewayChoice, choice_of
from lambdas.records.history_anchor import LastAnchor, days_not_anchored
from lambdas.records.step_counts import StepCounts
from lambdas.records.table import RecordTable
from lambdas.runtime.aws import step_functions
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.settings import TableSettings
from lambdas.runtime.telemetry import MetricUnit, logger, metrics
from lambdas.watch.findings import Findings
from lambdas.watch.invariants.check import Check
from lambdas.watch.invariants.progress import Progress, ProgressRecord
from lambdas.watch.invariants.stage import Stage

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient

NIGHT_HOUR = 2  # UTC, from which on a day's pass begins
MOST_RUNNING = 200_000  # names of executions that are kept in memory
_ENOUGH_MILLISECONDS = 90_000  # for one more page, and what comes after it


class CheckSettings(TableSettings):
    """`machines`: JSON map of order_queue_id -> state machine ARN."""

    machines: str = "{}"
    history_anchored: bool = False


@cache
def _stage() -> Stage:
    settings = CheckSettings.from_environment()
    return stage_of(
        DynamoOrderStore(settings.order_table),
        RecordTable(settings.record_table),
        gateways=choice_of(settings),
        machines=json.loads(settings.machines),
        history_anchored=settings.history_anchored,
    )


def stage_of(
    orders: DynamoOrderStore,
    records: RecordTable,
    *,
    gateways: GatewayChoice,
    machines: Mapping[str, str],
    queues: Mapping[int, Queue] | None = None,
    client: "SFNClient | None" = None,
    history_anchored: bool = False,
) -> Stage:
    """The data of a deployed stage. `machines`: order_queue_id -> state machine ARN. `queues`: None for ours."""
    return Stage(
        orders=orders,
        executions=StepFunctionsMachine(machines, client=client),
        running=lambda: running_executions(client or step_functions(), machines),
        records=records,
        gateway=gateways_of(gateways, records),
        queues=load_queues() if queues is None else queues,
        now=lambda: int(time.time()),
        pause=time.sleep,
        history_anchored=history_anchored,
    )


def running_executions(client: "SFNClient", machines: Mapping[str, str]) -> frozenset[str]:
    """Names of running executions. One that is missing here is asked after by its name."""
    pages = client.get_paginator("list_executions")
    limit = {"MaxItems": MOST_RUNNING // max(1, len(machines)), "PageSize": 1_000}
    return frozenset(
        execution["name"]
        for arn in machines.values()
        for page in pages.paginate(stateMachineArn=arn, statusFilter="RUNNING", PaginationConfig=limit)  # type: ignore[arg-type]
        for execution in page["executions"]
    )


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Continue the night's pass, or begin it. `{"begin": true}` begins one at once."""
    stage = _stage()
    record = ProgressRecord(stage.records)
    known = record.read()
    begun = pass_to_continue(known, stage.now(), at_once=bool(event.get("begin")))
    if begun is None:
        return {"is_over": True, "found": known.found}
    findings = Findings(stage, begun)
    check = Check(
        stage=stage,
        report=findings.report,
        on_lapsing=_report_lapsing,
        has_time=lambda: context.get_remaining_time_in_millis() > _ENOUGH_MILLISECONDS,
        keep=record.write,
        settle=findings.settle,
    )
    after = check.run(begun)
    if after.is_over:
        _count(after, stage)
    return {"is_over": after.is_over, "found": after.found, "checked": after.checked}


def pass_to_continue(known: Progress, now: int, *, at_once: bool) -> Progress | None:
    """The pass to continue or to begin; None: this day's is over, or its hour has not come. `now`: Unix seconds."""
    moment = datetime.fromtimestamp(now, UTC)
    day = moment.strftime("%Y-%m-%d")
    if not known.is_over and not at_once:
        return known
    if not at_once and (known.day == day or moment.hour < NIGHT_HOUR):
        return None
    return Progress(
        day=day,
        begun_at=max(now, known.begun_at + 1),
        is_over=False,
        canceled_behind=known.canceled_behind,
        version=known.version,
    )


def _report_lapsing(order: Order) -> None:
    logger.warning("hold lapses soon", order_id=order.order_id)


def _count(progress: Progress, stage: Stage) -> None:
    """Count the whole pass, and log how many orders are in each step: the dashboard shows both."""
    metrics.add_metric("PromisesBroken", MetricUnit.Count, progress.found)
    metrics.add_metric("HoldsLapsing", MetricUnit.Count, progress.lapsing)
    metrics.add_metric("OldestWait", MetricUnit.Seconds, progress.oldest_wait_seconds)
    if stage.history_anchored:
        last_day, _ = LastAnchor(stage.records).read()
        metrics.add_metric("DaysNotAnchored", MetricUnit.Count, days_not_anchored(last_day, stage.now()))
    counts = StepCounts(stage.records)
    for queue in stage.queues.values():
        counted = counts.of_queue(queue.order_queue_id)
        for step in queue.steps:
            if orders := counted.get(step.id, 0):
                logger.info("orders in step", queue=queue.key, step=step.name, orders=orders)


prepare(_stage)
