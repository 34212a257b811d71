"""Calls of the guard table that fail open: if the table does not answer, nobody is refused (docs/decisions.md)."""

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.runtime.telemetry import MetricUnit, log_unexpected, metrics

T = TypeVar("T")


def ask_guard_table(ask: Callable[[], T]) -> T | None:
    """Return the table's answer; None if it does not answer."""
    try:
        return ask()
    except (BotoCoreError, ClientError) as error:
        log_guard_failure(error)
        return None


def log_guard_failure(error: Exception) -> None:
    """Log the error and count it in the metric GuardFailures."""
    metrics.add_metric("GuardFailures", MetricUnit.Count, 1)
    log_unexpected("the guard table did not answer", error)
