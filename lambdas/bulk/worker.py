"""The function of a run's machine: acts on one page of orders, or closes the run when all pages were come to.

Its input names the run and the page, nothing of an order.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from lambdas.bulk.pages import PageWork
from lambdas.bulk.run import GOING, Run, RunState
from lambdas.bulk.run_records import RunRecords
from lambdas.composition.parts import PartsSettings, parts_of
from lambdas.orders.service import OrderService
from lambdas.records.users.api_user import ApiUserRecords
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.retry_budget import retry_budget
from lambdas.runtime.telemetry import MetricUnit, logger, metrics

_MARGIN_MS = 30_000  # of the function's time, for the order that was begun last


class WorkerSettings(PartsSettings):
    """`pace_seconds`: at least as long between two orders."""

    pace_seconds: float = 0.0


@cache
def _parts() -> tuple[OrderService, RunRecords, ApiUserRecords, float]:
    settings = WorkerSettings.from_environment()
    parts = parts_of(settings)
    return parts.service, RunRecords(parts.records), ApiUserRecords(parts.records), settings.pace_seconds


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Take `run_id` and `page`, or `run_id` and `start` to close the run as it was started then."""
    service, runs, users, pace_seconds = _parts()
    run_id = str(event["run_id"])
    if "page" not in event:
        end(runs, run_id, int(event["start"]), service.now())
        return {}

    def has_time() -> bool:
        return bool(context.get_remaining_time_in_millis() > _MARGIN_MS)

    with retry_budget(context):
        work = PageWork(service, runs, users, service.now, has_time, pace_seconds)
        counts = work.act_on_page(run_id, int(event["page"]))
    for outcome, count in counts.items():
        metrics.add_metric(f"BulkOrders{outcome.capitalize()}", MetricUnit.Count, count)
    return {}


def end(runs: RunRecords, run_id: str, start: int, now: int) -> None:
    """Close the run: it is done if each of its orders has an outcome."""
    counted = sum(runs.counts(run_id).values())
    run = runs.change(run_id, ended(counted, start, now))
    logger.info("bulk run ended", run=run_id, state=run.state.value if run else "gone")


def ended(counted: int, start: int, now: int) -> Callable[[Run], Run]:
    """The run after the end of this start of its machine. `counted`: orders that have an outcome."""

    def change(run: Run) -> Run:
        if run.state not in GOING or run.starts != start:
            return run
        if counted >= run.orders:
            return run.changed(state=RunState.DONE, ended_at=now)
        state = RunState.STOPPED if run.state is RunState.STOPPING else RunState.UNFINISHED
        return run.changed(state=state, ended_at=now)

    return change


prepare(_parts)
