"""Classes the errors of run and undo once, and writes a failure on the order."""

from typing import Any

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError
from pydantic import ValidationError

from lambdas.actions._frame.module import (
    ActionError,
    Module,
    PermanentError,
    ThrottledError,
    TransientError,
    UnexpectedError,
)
from lambdas.orders.decisions import outcomes
from lambdas.orders.errors import OrderChangedError
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.records.table import ConditionFailedError
from lambdas.runtime.aws_errors import Meaning, meaning_of
from lambdas.runtime.telemetry import log_unexpected

_AGAIN = "it may pass; if this action still waits, process it again"
_UNDO_AGAIN = "it is tried again automatically, daily at the latest"
OUTSIDE_ERRORS = (ClientError, HTTPClientError, BotoConnectionError)


def config_of(module: Module[Any], order: Order, action_id: int) -> Any:
    """The module's settings for this action. Raises PermanentError if they do not fit the module."""
    try:
        return module.config.model_validate(order.actions[str(action_id)].config)
    except ValidationError as error:
        raise PermanentError(
            f"the settings of this action do not fit {module.name}: {error.error_count()} wrong"
        ) from None


def failed(order: Order, action_id: int, failure: Exception, *, now: int) -> Order:
    """The order, with why the action did not succeed.

    An error that may pass says what to do if it does not. A reader of the order cannot see how many tries are left.
    """
    retryable = isinstance(failure, TransientError | ThrottledError)
    again = f"; {_UNDO_AGAIN if order.step_status is StepStatus.CANCELED else _AGAIN}" if retryable else ""
    return outcomes.failed(order, action_id, now=now, reason=f"{failure}{again}", retryable=retryable)


def classed(error: Exception) -> ActionError:
    """The error as the machine knows it (docs/reference/order-systems.md, P5)."""
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
