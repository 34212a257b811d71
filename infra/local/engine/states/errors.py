"""Matches errors with Retry and Catch, and computes how long a retry waits.

AWS: `States.ALL` matches every error except the terminal `States.DataLimitExceeded` and `States.Runtime`, and nothing
matches `States.Runtime`; `States.Timeout` also matches a missed heartbeat. A retry waits `IntervalSeconds` times
`BackoffRate` to the power of the retries made, at most `MaxDelaySeconds`. With `JitterStrategy` FULL it waits a
random part of that.
The engine lets `States.ALL` match everything, never waits longer than 60 s, and knows neither of the last two fields.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

import random
from typing import Any

from ministack.services import stepfunctions

from infra.local.engine.patching import replace, rewrite

RUNTIME = "States.Runtime"
DATA_LIMIT = "States.DataLimitExceeded"
_random = random.SystemRandom()


def apply() -> None:
    """Match errors and wait for retries as AWS does."""
    replace(stepfunctions, "_error_matches", matches)
    rewrite(
        stepfunctions,
        "_execute_task",
        ("_scaled_sleep(min(sleep_sec, 60))", "_scaled_sleep(_orderq_retry_delay(retrier, sleep_sec))"),
        _orderq_retry_delay=retry_delay,
    )
    rewrite(
        stepfunctions,
        "_with_retry_and_catch",
        (
            '_scaled_sleep(min(interval * (retrier.get("BackoffRate", 2.0) ** count), 60))',
            '_scaled_sleep(_orderq_retry_delay(retrier, interval * retrier.get("BackoffRate", 2.0) ** count))',
        ),
    )


def matches(error_equals: list[str], error: str) -> bool:
    """Whether one entry of `ErrorEquals` matches the error."""
    if error == RUNTIME:
        return False
    if error in error_equals:
        return True
    if error == "States.HeartbeatTimeout" and "States.Timeout" in error_equals:
        return True
    if "States.ALL" in error_equals:
        return error != DATA_LIMIT
    return "States.TaskFailed" in error_equals and error not in ("States.Timeout", DATA_LIMIT)


def retry_delay(retrier: dict[str, Any], backoff_seconds: float) -> float:
    """How long to wait before this retry."""
    delay = min(backoff_seconds, retrier.get("MaxDelaySeconds", backoff_seconds))
    return _random.uniform(0, delay) if retrier.get("JitterStrategy") == "FULL" else delay
