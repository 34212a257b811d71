"""Makes the Lambda handler of a module, and the tools it works with.

The machine calls with `{"order_id": "1001", "action_id": 101}`, or with `"undo": true` beside it, and knows exceptions by
class name. The relay calls with `"requested": true` for a run beside the machine.
"""

import time
from collections.abc import Callable
from functools import cache
from typing import Any

from lambdas.actions._frame.module import Module, Tools
from lambdas.actions._frame.requested import run_requested
from lambdas.actions._frame.run import run_action
from lambdas.actions._frame.undo import undo_action
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.gateways import gateways_of
from lambdas.payments.several.choice import choice_of
from lambdas.records.pauses.pause import PauseRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.retry_budget import retry_budget
from lambdas.runtime.settings import TableSettings
from lambdas.runtime.telemetry import logger, metrics

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def action_handler(module: Module[Any]) -> Handler:
    """The Lambda handler of a module."""

    @metrics.log_metrics
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        logger.append_keys(action=module.name, order_id=event["order_id"], action_id=event["action_id"])
        order_id, action_id = str(event["order_id"]), int(event["action_id"])
        if event.get("undo"):
            with retry_budget(context):
                return undo_action(module, order_id, action_id, tools())
        if event.get("requested"):
            return run_requested(module, order_id, action_id, context, tools())
        return run_action(module, order_id, action_id, context, tools())

    prepare(tools)
    return handler


@cache
def tools() -> Tools:
    """The tools of this installation, made once per process."""
    settings = TableSettings.from_environment()
    records = RecordTable(settings.record_table)
    pauses, choice = PauseRecords(records, _now), choice_of(settings)
    return Tools(
        orders=DynamoOrderStore(settings.order_table),
        records=records,
        gateway=gateways_of(choice, records, pauses),
        now=_now,
        pauses=pauses,
        choice=choice,
    )


def _now() -> int:
    return int(time.time())
