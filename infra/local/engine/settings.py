"""The environment variables of the launcher. The engine's own variables (GATEWAY_PORT, …) are MiniStack's."""

import os
from dataclasses import dataclass, field


def _text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def _number(name: str, default: str) -> int:
    return int(os.environ.get(name) or default)


@dataclass(frozen=True)
class Settings:
    """The launcher's settings; every variable begins with ORDERQ_."""

    gateway_port: int = field(default_factory=lambda: _number("GATEWAY_PORT", "4566"))
    bind_host: str = field(default_factory=lambda: _text("BIND_HOST", "127.0.0.1"))
    # 0: no front.
    front_port: int = field(default_factory=lambda: _number("ORDERQ_FRONT_PORT", "0"))
    # The HTTP API the front serves, by name; empty: the only one there is.
    api_name: str = field(default_factory=lambda: _text("ORDERQ_API_NAME"))
    lambda_concurrency: int = field(default_factory=lambda: _number("ORDERQ_LAMBDA_CONCURRENCY", "8"))
    lambda_function_concurrency: int = field(default_factory=lambda: _number("ORDERQ_LAMBDA_FUNCTION_CONCURRENCY", "4"))
    lambda_queue_seconds: int = field(default_factory=lambda: _number("ORDERQ_LAMBDA_QUEUE_SECONDS", "60"))
    ttl_sweep_seconds: int = field(default_factory=lambda: _number("ORDERQ_TTL_SWEEP_SECONDS", "5"))
    # How far behind now the latest moment is that a table can be restored to.
    recovery_lag_seconds: int = field(default_factory=lambda: _number("ORDERQ_RECOVERY_LAG_SECONDS", "300"))
    # Where the units of each request to a table are written down; empty: nowhere (dynamodb_meter).
    meter_file: str = field(default_factory=lambda: _text("ORDERQ_METER_FILE"))
    # For the tests that show each fault is still there.
    corrected: bool = field(default_factory=lambda: _text("ORDERQ_CORRECTED", "1") == "1")


SETTINGS = Settings()
