"""Asking the guard table without depending on it: where it does not answer, nobody is refused (docs/decisions.md)."""

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.runtime.observe import MetricUnit, log_unexpected, metrics

T = TypeVar("T")


def attempt(ask: Callable[[], T]) -> T | None:
    """What the guard table answers; None if it does not."""
    try:
        return ask()
    except (BotoCoreError, ClientError) as error:
        guard_failed(error)
        return None


def guard_failed(error: Exception) -> None:
    """Logged, and counted in the metric GuardFailures."""
    metrics.add_metric("GuardFailures", MetricUnit.Count, 1)
    log_unexpected("the guard table did not answer", error)
