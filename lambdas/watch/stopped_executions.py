"""Notices from status events that an execution was stopped, failed, timed out or was redriven (in the console, for example).

https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
"""

import time
from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.orders.decisions.operator.restart import machine_goes_on, machine_stopped
from lambdas.orders.errors import OrderNotFoundError
from lambdas.orders.model.executions import order_id_in, stopped_because
from lambdas.orders.ports import OrderStore
from lambdas.orders.store import DynamoOrderStore, save
from lambdas.runtime.aws import step_functions
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.settings import Settings
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics


class WatchSettings(Settings):
    order_table: str


@cache
def _orders() -> OrderStore:
    return DynamoOrderStore(WatchSettings.from_environment().order_table)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> None:
    """Take a `Step Functions Execution Status Change` event."""
    notice(event["detail"], _orders(), int(time.time()), ask=_error_and_cause)


def _error_and_cause(execution_arn: str) -> tuple[str, str]:
    """Ask Step Functions, because the event has neither. If it does not answer, the stop is written on the order without them."""
    try:
        found = step_functions().describe_execution(executionArn=execution_arn)
    except (BotoCoreError, ClientError) as error:
        log_unexpected("the cause of an execution's end is unknown", error)
        return "", ""
    return found.get("error", ""), found.get("cause", "")


def notice(detail: dict[str, Any], orders: OrderStore, now: int, *, ask: Callable[[str], tuple[str, str]]) -> None:
    """Write the new status of the execution on its order, if it is the order's present execution and the order is not final.

    `ask`: returns error and cause of an execution, by its ARN.
    """
    execution, status = str(detail["name"]), str(detail["status"])
    order_id = order_id_in(execution)
    if order_id is None:
        return
    try:
        order = orders.get(order_id)
    except OrderNotFoundError:
        return
    if status == "RUNNING":
        save(orders, order, lambda current: machine_goes_on(current, execution=execution, at=now))
        return
    because = stopped_because(status, *ask(str(detail["executionArn"])))
    after = save(orders, order, lambda current: machine_stopped(current, execution=execution, because=because, at=now))
    if after.machine_stopped_at is not None:
        metrics.add_metric("MachinesStopped", MetricUnit.Count, 1)
        logger.warning("machine ended before its order", order_id=order.order_id, status=status)


prepare(_orders)
