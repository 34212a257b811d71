"""Logger and metrics, created once per process.

Only ids of an order are logged (design, promise 7): pass `order_id`, `action`, `reason`, never the order.
Tracing is the service's own active tracing. No tracer is imported: it costs 190 ms of start time.
"""

import logging
import os
import traceback
from collections.abc import Mapping

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit


def level_of(environment: Mapping[str, str]) -> str | None:
    """The level in place of one that Python does not know: DEBUG for Lambda's TRACE, else INFO. None: the configured one."""
    named = (environment.get("POWERTOOLS_LOG_LEVEL") or environment.get("LOG_LEVEL") or "").upper()
    if not named or named in logging.getLevelNamesMapping():
        return None
    return "DEBUG" if named == "TRACE" else "INFO"


def metric_service(service: str) -> str:
    """`actions` for `actions.generate_invoice`; any other service as it is."""
    return "actions" if service.startswith("actions.") else service


logger = Logger(level=level_of(os.environ))
# A metric is billed per name and service. All actions are one service, so more actions cost no more.
metrics = Metrics(service=metric_service(os.environ.get("POWERTOOLS_SERVICE_NAME", "service_undefined")))

__all__ = ["MetricUnit", "log_unexpected", "logger", "metrics"]


def log_unexpected(what: str, error: Exception, **facts: str) -> None:
    """Log the class of an unexpected error and where it arose. Its text is left out: it may quote an order's data."""
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    logger.error(what, extra={"error_class": type(error).__name__, "where": where[-8:], **facts})
