"""All corrections, in the order in which they are applied, and the engine release they were written for."""

from collections.abc import Callable
from importlib.metadata import version

from infra.engine import (
    dynamodb_streams,
    dynamodb_tables,
    dynamodb_writes,
    http_api,
    http_permissions,
    iam_roles,
    lambda_concurrency,
    lambda_environment,
    lambda_errors,
    lambda_logs,
    secret_names,
    states_errors,
    states_executions,
    states_isolated,
    states_parallel,
    states_tasks,
    states_tokens,
)

MINISTACK_VERSION = "1.5.33"

CORRECTIONS: tuple[Callable[[], None], ...] = (
    lambda_environment.apply,
    lambda_errors.apply,
    lambda_logs.apply,
    lambda_concurrency.apply,
    states_errors.apply,
    states_executions.apply,
    states_isolated.apply,
    states_parallel.apply,
    states_tasks.apply,
    states_tokens.apply,
    http_api.apply,
    http_permissions.apply,
    dynamodb_tables.apply,
    dynamodb_streams.apply,
    dynamodb_writes.apply,
    iam_roles.apply,
    secret_names.apply,
)


class WrongEngineVersionError(RuntimeError):
    """The engine environment holds another MiniStack than the one the corrections were written for."""


def apply_all() -> None:
    """Correct the engine in this process. Raises when the engine is not the one the corrections were written for."""
    found = version("ministack")
    if found != MINISTACK_VERSION:
        raise WrongEngineVersionError(
            f"The corrections in infra/engine were written for ministack {MINISTACK_VERSION}, but {found} is "
            f"installed. Either install the pinned release (`make engine`), or run tests/engine against {found}, mend "
            f"or drop the corrections that fail, and set MINISTACK_VERSION in infra/engine/corrections.py."
        )
    for apply in CORRECTIONS:
        apply()
