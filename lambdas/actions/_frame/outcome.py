"""What run and undo have in common: the module's settings, and errors classed once."""

from typing import Any

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError
from pydantic import ValidationError

from lambdas.actions._frame.module import (
    ActionError,
    Module,
    PermanentError,
    ThrottledError,
    Tools,
    TransientError,
    UnexpectedError,
)
from lambdas.orders.decisions import progress
from lambdas.orders.errors import OrderChangedError
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.records.table import ConditionFailedError
from lambdas.runtime.aws_errors import Meaning, meaning_of
from lambdas.runtime.telemetry import log_unexpected

_AGAIN = "it may pass by itself; if this action still waits, process it again"
_UNDO_AGAIN = "it is tried again by itself, daily at the latest"
OUTSIDE_ERRORS = (ClientError, HTTPClientError, BotoConnectionError)


def config_of(module: Module[Any], order: Order, action_id: int) -> Any:
    try:
        return module.config.model_validate(order.actions[str(action_id)].config)
    except ValidationError as error:
        raise PermanentError(
            f"the settings of this action do not fit {module.name}: {error.error_count()} wrong"
        ) from None


def failed(order: Order, action_id: int, use: Tools, failure: Exception) -> Order:
    """The order, with why the action did not succeed. What may pass is told with what to do if it does not: how often it is
    still tried, nobody who reads it can see."""
    retryable = isinstance(failure, TransientError | ThrottledError)
    again = f"; {_UNDO_AGAIN if order.step_status is StepStatus.CANCELED else _AGAIN}" if retryable else ""
    return progress.failed(order, action_id, now=use.now(), reason=f"{failure}{again}", retryable=retryable)


def classed(error: Exception) -> ActionError:
    """Errors are classed once, here (order-systems reference, P5)."""
    if isinstance(error, ActionError):
        return error
    meaning = meaning_of(error.response) if isinstance(error, ClientError) else None
    if meaning is Meaning.THROTTLED:
        return ThrottledError("the database asked for a pause")
    if meaning is Meaning.PASSING or (isinstance(error, ConditionFailedError) and not error.failed):
        return TransientError("the database was busy with this record")
    if isinstance(error, OUTSIDE_ERRORS) and not isinstance(error, ClientError):
        return TransientError("a service could not be reached")
    if isinstance(error, OrderChangedError):
        return TransientError("too many wrote to this order at once")
    log_unexpected("unexpected error in an action", error)
    return UnexpectedError(f"unexpected {type(error).__name__}; the function's log of this order has the details")
