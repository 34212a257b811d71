"""The retries of a machine: for which errors, how often, and after which wait.

Only an error that may pass is retried. An action's `retry` in its queue sets how patient its machine is. Step Functions
waits `first_seconds`, then twice as long each time, 60 seconds at most, and shortens each wait at random.
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from typing import Any

from lambdas.orders.model.queue import Action
from lambdas.runtime.aws_errors import LAMBDA_THROTTLED, OF_LAMBDA, retried_by_machines

_MORE_PATIENT = {"standard": 1, "patient": 2}


def retry(errors: list[str], *, first_seconds: int, attempts: int) -> dict[str, Any]:
    """One rule of a state's `Retry`."""
    return {
        "ErrorEquals": errors,
        "IntervalSeconds": first_seconds,
        "BackoffRate": 2.0,
        "MaxAttempts": attempts,
        "MaxDelaySeconds": 60,
        "JitterStrategy": "FULL",
    }


OF_TABLE = [retry(retried_by_machines(), first_seconds=1, attempts=8)]  # calls to the order table without a Lambda


def of_action(action: Action) -> list[dict[str, Any]]:
    """The rules for a run of the action. `never` still tries again what never reached the module."""
    of_lambda = retry([*OF_LAMBDA, LAMBDA_THROTTLED], first_seconds=2, attempts=6)
    busy = retry(["ActionBusy"], first_seconds=2, attempts=8)
    if action.retry == "never":
        return [busy, of_lambda]
    more = _MORE_PATIENT[action.retry]
    return [
        retry(["TransientError"], first_seconds=2 * more, attempts=6 * more),
        retry(["ThrottledError"], first_seconds=5 * more, attempts=6 * more),
        busy,
        of_lambda,
    ]
