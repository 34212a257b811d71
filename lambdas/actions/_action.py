"""The frame around every action: claim, run, settle. It knows nothing of any module.

*Claim* is one conditional write that also returns the order; an action that is done or skipped answers at once. *Run* is the
module's; its effects can be repeated without harm. *Settle* writes the outcome if the claim is still this run's. An order
that was canceled or moved meanwhile keeps the record of an effect that landed late, and what can be undone is undone.

The machine calls with `{"order_id": "1001", "action_id": 101}`, or with `"undo": true` beside it, and knows the exceptions by
class name.
"""

import time
from collections.abc import Callable
from functools import cache
from typing import Any, Protocol

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError
from pydantic import ValidationError

from lambdas.actions._module import (
    ActionError,
    Done,
    Module,
    PermanentError,
    ThrottledError,
    Tools,
    TransientError,
    UnexpectedError,
)
from lambdas.orders import progress
from lambdas.orders.order import ActionState, Order
from lambdas.orders.progress import ActionBusy, OrderCanceled, OrderMoved
from lambdas.orders.queue import StepStatus
from lambdas.orders.store import DynamoOrderStore, save
from lambdas.payments.gateways import gateway_named
from lambdas.records.table import RecordTable
from lambdas.runtime.observe import MetricUnit, log_unexpected, logger, metrics
from lambdas.runtime.settings import TableSettings

GRACE_SECONDS = 5  # between a Lambda's time-out and the moment its claim lapses
_THROTTLES = {"ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"}


class Context(Protocol):
    """What is used of a Lambda context."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int: ...


Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def action_handler(module: Module[Any]) -> Handler:
    """The Lambda handler of a module."""

    @metrics.log_metrics
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        logger.append_keys(action=module.name, order_id=event["order_id"], action_id=event["action_id"])
        metrics.add_dimension("action", module.name)
        act = undo_action if event.get("undo") else run_action
        return act(module, str(event["order_id"]), int(event["action_id"]), context, tools())

    return handler


@cache
def tools() -> Tools:
    """The real ones, made once per process."""
    settings = TableSettings.from_environment()
    records = RecordTable(settings.record_table)
    return Tools(
        orders=DynamoOrderStore(settings.order_table),
        records=records,
        gateway=gateway_named(settings.gateway, records),
        now=lambda: int(time.time()),
    )


def run_action(module: Module[Any], order_id: str, action_id: int, context: Context, use: Tools) -> dict[str, Any]:
    """Claim, run, settle one action. Returns nothing of the order: machines get ids only."""
    now = use.now()
    ends_at = now + context.get_remaining_time_in_millis() // 1000 + GRACE_SECONDS
    claimed = use.orders.claim(order_id, action_id, claim=context.aws_request_id, now=now, ends_at=ends_at)
    if claimed is None:
        return {"settled_before": True}
    try:
        outcome = module.run(claimed, _config(module, claimed, action_id), use)
    except Exception as error:  # noqa: BLE001 - `_classed` decides what it is
        failure = _classed(error)
        settled = _settle(claimed, action_id, use, lambda order: _failed(order, action_id, use, failure))
        metrics.add_metric("ActionFailed", MetricUnit.Count, 1)
        logger.warning("action failed", reason=str(failure), kind=type(failure).__name__)
        _leave_if_gone(claimed, settled)
        raise failure from None
    settled = _settle(claimed, action_id, use, lambda order: _done(order, action_id, use, outcome))
    metrics.add_metric("ActionDone", MetricUnit.Count, 1)
    logger.info("action done", reason=outcome.reason)
    if settled.step_status is StepStatus.CANCELED:
        undo_action(module, order_id, action_id, context, use)
    _leave_if_gone(claimed, settled)
    return {"settled_before": False}


def undo_action(module: Module[Any], order_id: str, action_id: int, context: Context, use: Tools) -> dict[str, Any]:
    """Take back what the action did to a canceled order. Waits (ActionBusy) for a run that may still have an effect."""
    order = use.orders.get(order_id)
    action = order.actions[str(action_id)]
    if order.step_status is not StepStatus.CANCELED or module.undo is None:
        return {"undone": False}
    if action.state is ActionState.RUNNING and (action.claim_ends_at or 0) >= use.now():
        raise ActionBusy(f"action {action_id} of order {order_id} is still running")
    try:
        undone = module.undo(order, _config(module, order, action_id), use)
    except Exception as error:  # noqa: BLE001 - `_classed` decides what it is
        failure = _classed(error)
        save(use.orders, order, lambda current: _failed(current, action_id, use, failure))
        logger.warning("undo failed", reason=str(failure), kind=type(failure).__name__)
        raise failure from None
    if undone:
        now = use.now()
        save(use.orders, order, lambda current: progress.undone(current, action_id, now=now, reason=undone))
        logger.info("action undone", reason=undone)
    return {"undone": bool(undone)}


def _config(module: Module[Any], order: Order, action_id: int) -> Any:
    try:
        return module.config.model_validate(order.actions[str(action_id)].config)
    except ValidationError as error:
        raise PermanentError(
            f"the settings of this action do not fit {module.name}: {error.error_count()} wrong"
        ) from None


def _settle(claimed: Order, action_id: int, use: Tools, change: Callable[[Order], Order]) -> Order:
    """Write the outcome, unless another run took the action over after this one's time was up."""
    key = str(action_id)
    claim = claimed.actions[key].claim
    return save(use.orders, claimed, lambda now: change(now) if now.actions[key].claim == claim else now)


def _done(order: Order, action_id: int, use: Tools, outcome: Done) -> Order:
    return progress.done(
        order,
        action_id,
        now=use.now(),
        reason=outcome.reason,
        result=outcome.result,
        client_id=outcome.client_id,
    )


def _failed(order: Order, action_id: int, use: Tools, failure: Exception) -> Order:
    return progress.failed(order, action_id, now=use.now(), reason=str(failure))


def _leave_if_gone(claimed: Order, settled: Order) -> None:
    if settled.step_status is StepStatus.CANCELED:
        raise OrderCanceled(f"order {claimed.order_id} was canceled while the action ran")
    if settled.epoch != claimed.epoch:
        raise OrderMoved(f"order {claimed.order_id} was moved while the action ran")


def _classed(error: Exception) -> ActionError:
    """Errors are classed once, here (order-systems reference, P5)."""
    if isinstance(error, ActionError):
        return error
    if isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") in _THROTTLES:
        return ThrottledError("the database asked for a pause; this is tried again by itself")
    if isinstance(error, BotoConnectionError | HTTPClientError):
        return TransientError("a service could not be reached; this is tried again by itself")
    log_unexpected("unexpected error in an action", error)
    return UnexpectedError(f"unexpected {type(error).__name__}; the function's log of this order has the details")
