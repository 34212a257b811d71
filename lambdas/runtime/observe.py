"""Logger and metrics, made once per process.

Nothing of an order but its ids is ever logged (design, promise 7): pass `order_id`, `action`, `reason`, never the order.
Tracing is the service's own active tracing; no tracer is imported (190 ms of start time, reference model-codebases 3.2).
"""

import logging
import os
import traceback
from collections.abc import Mapping

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit


def level_of(environment: Mapping[str, str]) -> str | None:
    """In place of a level that Python does not know: DEBUG for Lambda's TRACE, else INFO. None: the one that is set."""
    named = (environment.get("POWERTOOLS_LOG_LEVEL") or environment.get("LOG_LEVEL") or "").upper()
    if not named or named in logging.getLevelNamesMapping():
        return None
    return "DEBUG" if named == "TRACE" else "INFO"


def metric_service(service: str) -> str:
    """`actions.generate_invoice` -> `actions`; any other stays what it is."""
    return "actions" if service.startswith("actions.") else service


logger = Logger(level=level_of(os.environ))
# Each name is paid for once per service, so actions are one service: their number is no cost of its own.
metrics = Metrics(service=metric_service(os.environ.get("POWERTOOLS_SERVICE_NAME", "service_undefined")))

__all__ = ["MetricUnit", "log_unexpected", "logger", "metrics"]


def log_unexpected(what: str, error: Exception, **facts: str) -> None:
    """An error nobody thought of: its class and where it arose. Not its text, which may quote an order's data."""
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    logger.error(what, extra={"error_class": type(error).__name__, "where": where[-8:], **facts})
